import type { ControlLine } from "./control-lines.ts";

/** A reply of the server, complete. */
export interface FtpReply {
  readonly code: number;
  /** Text of its first line, and of its last where it has several. */
  readonly text: string;
  readonly s: number;
  readonly nanos: number;
}

const SPACE = 32;
const HYPHEN = 45;

/**
 * Puts the server's lines together to replies (RFC 959 section 4.2): one line, or several from `ddd-` to the next line
 * that begins with the same code and a blank. Lines between may begin with anything, other codes included.
 */
export class ReplyLines {
  readonly #session: { reply(reply: FtpReply): void };
  /** Code of a reply that goes on; 0: none does. */
  #open = 0;
  #firstText = "";
  /** Something was missed since the open reply began: its last line perhaps. */
  #isTorn = false;

  constructor(session: { reply(reply: FtpReply): void }) {
    this.#session = session;
  }

  line(line: ControlLine): void {
    const { bytes, s, nanos } = line;
    if (line.isHeadless) this.#isTorn = true;
    const code = codeOf(bytes);
    const mark = bytes[3];
    const isLast = code !== 0 && (mark === SPACE || (bytes.length === 3 && line.moreBytes === 0));
    if (this.#open !== 0) {
      const isOwn = code === this.#open;
      if (!isOwn && !(this.#isTorn && code !== 0 && (isLast || mark === HYPHEN))) return;
      if (isOwn && !isLast) return;
      if (isOwn) {
        this.#open = 0;
        this.#session.reply({ code, text: `${this.#firstText}\n${textOf(bytes)}`, s, nanos });
        return;
      }
      // The end of the open reply was missed.
      this.#open = 0;
    }
    if (isLast) this.#session.reply({ code, text: textOf(bytes), s, nanos });
    else if (code !== 0 && mark === HYPHEN) {
      this.#open = code;
      this.#firstText = textOf(bytes);
      this.#isTorn = line.moreBytes === null;
    }
  }
}

/** The code a line begins with, 100 to 699 (RFC 959 section 4.2.1, RFC 2228 section 5); 0: with none. */
function codeOf(bytes: Uint8Array): number {
  if (bytes.length < 3) return 0;
  const [first, second, third] = [bytes[0]! - 48, bytes[1]! - 48, bytes[2]! - 48];
  if (first < 1 || first > 6 || second < 0 || second > 9 || third < 0 || third > 9) return 0;
  return 100 * first + 10 * second + third;
}

/** What is read out of replies is ASCII: addresses, ports, words. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(4)).toString("latin1");
}
