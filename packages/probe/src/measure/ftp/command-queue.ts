import type { FtpCommand } from "./ftp-command.ts";
import type { FtpTransfer } from "./ftp-transfer.ts";
import type { FtpReply } from "./reply-lines.ts";

/** A command that awaits its reply. */
export interface AwaitedCommand {
  readonly command: FtpCommand;
  /** Of a transfer command. */
  readonly transfer: FtpTransfer | null;
}

/** Most commands of a session that await their replies; a client that sends more at once is not followed through. */
const MOST_COMMANDS = 64;

/** Replies that only certain commands get (RFC 959 section 5.4, 2228, 2389, 2428, 3659). */
const ONLY_OF = new Map<number, ReadonlySet<string>>(
  (
    [
      [125, "RETR STOR APPE STOU LIST NLST MLSD"],
      [150, "RETR STOR APPE STOU LIST NLST MLSD"],
      [211, "STAT FEAT HELP SYST"],
      [212, "STAT"],
      [213, "STAT SIZE MDTM MFMT"],
      [214, "HELP SITE"],
      [215, "SYST"],
      [220, "REIN HOST"],
      [221, "QUIT"],
      [225, "ABOR"],
      [227, "PASV"],
      [228, "LPSV"],
      [229, "EPSV"],
      [230, "USER PASS ACCT"],
      [232, "USER PASS ADAT AUTH"],
      [234, "AUTH"],
      [235, "ADAT"],
      [257, "PWD XPWD MKD XMKD"],
      [331, "USER"],
      [332, "USER PASS"],
      [334, "AUTH"],
      [335, "ADAT"],
      [336, "ADAT AUTH"],
      [350, "REST RNFR"],
    ] as const
  ).map(([code, verbs]) => [code, new Set(verbs.split(" "))]),
);

/** What a server may answer while a transfer is under way. Another command's reply means that the transfer is over. */
const ASIDE: ReadonlySet<string> = new Set(["ABOR", "STAT", "NOOP", "HELP", "SITE", ""]);

/** Whether a client sends this while a transfer is under way. */
export function isAside(verb: string): boolean {
  return ASIDE.has(verb);
}

/** Replies that are no end of a transfer under way: another command was accepted, or not understood. */
const NEVER_OF_TRANSFER: ReadonlySet<number> = new Set([200, 202, 500, 501, 502, 503, 504]);

/**
 * The commands of a session that await their replies, in the order sent. Replies come in that order, but for those of
 * commands that a server answers while a transfer is under way (STAT, NOOP, ABOR), and but for what was missed: a reply
 * that only a later command can get means that the earlier ones' were.
 */
export class CommandQueue {
  readonly #commands: AwaitedCommand[] = [];
  readonly #session: { unanswered(command: AwaitedCommand): void };

  /** `session`: told of each command whose reply will not come. */
  constructor(session: { unanswered(command: AwaitedCommand): void }) {
    this.#session = session;
  }

  get first(): AwaitedCommand | undefined {
    return this.#commands[0];
  }

  get isEmpty(): boolean {
    return this.#commands.length === 0;
  }

  get transfers(): readonly FtpTransfer[] {
    return this.#commands.flatMap(({ transfer }) => transfer ?? []);
  }

  /** Returns whether an earlier command had to be given up. */
  add(command: AwaitedCommand): boolean {
    this.#commands.push(command);
    if (this.#commands.length <= MOST_COMMANDS) return false;
    this.#session.unanswered(this.#commands.shift()!);
    return true;
  }

  /** The transfer a preliminary reply is of; null: none. */
  underWay({ code }: FtpReply): FtpTransfer | null {
    const index = this.#placeOf(code);
    if (index < 0) return null;
    this.#skipTo(index);
    return this.#commands[0]!.transfer;
  }

  /** Takes the command that a final reply is of; null: none is awaited. */
  answered({ code }: FtpReply): AwaitedCommand | null {
    const index = this.#placeOf(code);
    if (index < 0) return null;
    if (this.#commands[0]!.transfer?.isUnderWay && isAside(this.#commands[index]!.command.verb)) {
      return this.#commands.splice(index, 1)[0]!;
    }
    this.#skipTo(index);
    return this.#commands.shift()!;
  }

  /** Takes the first command with this verb, wherever it stands. */
  take(verb: string): void {
    const index = this.#commands.findIndex(({ command }) => command.verb === verb);
    if (index >= 0) this.#commands.splice(index, 1);
  }

  /** Takes the command of a transfer. */
  takeTransfer(transfer: FtpTransfer): void {
    const index = this.#commands.findIndex((each) => each.transfer === transfer);
    if (index >= 0) this.#commands.splice(index, 1);
  }

  /** Takes the first command without its reply. */
  skip(): void {
    const first = this.#commands.shift();
    if (first !== undefined) this.#session.unanswered(first);
  }

  clear(): void {
    while (!this.isEmpty) this.skip();
  }

  #placeOf(code: number): number {
    const verbs = ONLY_OF.get(code);
    if (code === 125 || code === 150) {
      const fresh = this.#commands.findIndex(({ transfer }) => transfer?.isUnderWay === false);
      if (fresh >= 0) return fresh;
    }
    if (verbs !== undefined) return this.#commands.findIndex(({ command }) => verbs.has(command.verb));
    if (!this.#commands[0]?.transfer?.isUnderWay || !NEVER_OF_TRANSFER.has(code)) return this.isEmpty ? -1 : 0;
    return this.#commands.findIndex(({ transfer }) => transfer === null);
  }

  #skipTo(index: number): void {
    for (let skipped = 0; skipped < index; skipped++) this.skip();
  }
}
