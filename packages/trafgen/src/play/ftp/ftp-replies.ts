/** A reply of an FTP server, RFC 959 section 4.2. */
export interface FtpReply {
  /** 100 to 599. */
  readonly code: number;
  /** What follows the code, lines joined by newlines. */
  readonly text: string;
}

/** A server that says more without a line's or a reply's end is not one. */
const MOST_LINE_BYTES = 8192;
const MOST_LINES = 4096;

const LINE_FEED = 10;

/**
 * Takes the bytes of a control connection as they come, cut anywhere, and gives the replies that are complete. A reply is
 * one line `code text`, or lines from `code-text` to one that begins with the same code and a blank; what begins
 * otherwise in between belongs to it.
 */
export class FtpReplies {
  #line: Buffer[] = [];
  #lineBytes = 0;
  /** Code of the reply under way; 0 between replies. */
  #code = 0;
  #lines: string[] = [];

  /** @throws {Error} with code `not FTP` */
  push(chunk: Buffer): FtpReply[] {
    const replies: FtpReply[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      this.#keep(chunk.subarray(from, end));
      from = end + 1;
      const reply = this.#take(this.#endLine());
      if (reply !== null) replies.push(reply);
    }
    this.#keep(chunk.subarray(from));
    return replies;
  }

  #keep(part: Buffer): void {
    this.#lineBytes += part.length;
    if (this.#lineBytes > MOST_LINE_BYTES) throw notFtp();
    // A copy: the chunk's memory may be used again.
    if (part.length > 0) this.#line.push(Buffer.from(part));
  }

  #endLine(): string {
    const line = Buffer.concat(this.#line).toString();
    this.#line = [];
    this.#lineBytes = 0;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }

  #take(line: string): FtpReply | null {
    const [, digits, mark, text] = /^([1-5]\d\d)(?:([ -])(.*))?$/s.exec(line) ?? [];
    const code = Number(digits);
    if (this.#code === 0) {
      if (digits === undefined) {
        // Empty lines between replies are borne with.
        if (line.trim() === "") return null;
        throw notFtp();
      }
      if (mark !== "-") return { code, text: text ?? "" };
      this.#code = code;
      this.#lines = [text ?? ""];
      return null;
    }
    const isLast = digits !== undefined && code === this.#code && mark !== "-";
    this.#lines.push(isLast || (digits !== undefined && code === this.#code) ? (text ?? "") : line);
    if (this.#lines.length > MOST_LINES) throw notFtp();
    if (!isLast) return null;
    this.#code = 0;
    return { code, text: this.#lines.join("\n") };
  }
}

function notFtp(): Error {
  return Object.assign(new Error("the server does not speak FTP"), { code: "not FTP" });
}
