import { textOfBytes } from "@trafmon/observation";
import { type AwaitedCommand, CommandQueue, isAside } from "./command-queue.ts";
import { readExtendedPassiveReply, readExtendedPort, readPassiveReply, readPort } from "./data-address.ts";
import type { DataAgreement } from "./data-agreement.ts";
import type { FtpCommand } from "./ftp-command.ts";
import type { FtpEvent } from "./ftp-counters.ts";
import { type FtpTransfer, isTransferCommand, type TransferEnd } from "./ftp-transfer.ts";
import type { FtpReply } from "./reply-lines.ts";
import type { SessionTransfers } from "./session-transfers.ts";

/** Largest offset of REST that a record can hold exactly. */
const MOST_OFFSET = Number.MAX_SAFE_INTEGER;

/** Who is told of what happens in a session. */
export interface SessionListener {
  happened(event: FtpEvent, s: number): void;
  /** A command was given up because too many await their replies. */
  commandGivenUp(): void;
  /** What comes from now on is encrypted. */
  encrypted(): void;
}

/** The state of an FTP session, moved by commands and replies in the order captured (RFC 959 and its successors). */
export class FtpSession {
  readonly #listener: SessionListener;
  readonly #agreement: DataAgreement;
  readonly #transfers: SessionTransfers;
  readonly #queue = new CommandQueue(this);
  /** Logged in as; null: nobody, or not known. */
  #user: string | null = null;
  /** Named by USER, not logged in yet. */
  #claimedUser: string | null = null;
  /** Offset that the next transfer begins at. */
  #restartOffset = 0;
  /** Something of the server was seen. */
  #isServerSeen = false;
  /** The first command of the queue, once it has taken effect. */
  #reached: AwaitedCommand | null = null;

  constructor(listener: SessionListener, agreement: DataAgreement, transfers: SessionTransfers) {
    this.#listener = listener;
    this.#agreement = agreement;
    this.#transfers = transfers;
  }

  /** Whether a transfer is under way. */
  get isTransferring(): boolean {
    return this.#queue.transfers.length > 0;
  }

  command(command: FtpCommand): void {
    const { verb, s } = command;
    // Where no replies are seen, the next command tells that the one before was answered.
    if (!this.#isServerSeen) while (!this.#queue.isEmpty && !isAside(verb)) this.#queue.skip();
    let transfer: FtpTransfer | null = null;
    if (isTransferCommand(verb)) {
      transfer = newTransfer(verb, command);
      this.#listener.happened("transfer_started", s);
    }
    if (verb === "ABOR") for (const each of this.#queue.transfers) each.isAborting = true;
    const wasEmpty = this.#queue.isEmpty;
    if (this.#queue.add({ command, transfer })) {
      this.#listener.commandGivenUp();
      this.#reachFirst();
    } else if (wasEmpty) this.#reachFirst();
  }

  reply(reply: FtpReply): void {
    this.#isServerSeen = true;
    const { code, text } = reply;
    if (code === 227 || code === 229) {
      const address = code === 227 ? readPassiveReply(text) : readExtendedPassiveReply(text);
      if (address !== null) this.#agreement.agree(code === 227 ? "PASV" : "EPSV", address);
    }
    if (code < 200) this.#preliminary(reply);
    else {
      const awaited = this.#queue.answered(reply);
      if (awaited !== null) this.#answered(awaited, reply);
    }
    this.#reachFirst();
  }

  /** Nothing more comes: the session has ended, or nobody looks any more. */
  close(hasEnded: boolean, s: number): void {
    const end = hasEnded && this.#isServerSeen ? "aborted" : "unknown";
    for (const transfer of this.#queue.transfers) this.#over(transfer, end, s);
    this.#queue.clear();
    this.#agreement.withdraw();
  }

  /** The first command in the queue is the one the server works on: it takes effect. */
  #reachFirst(): void {
    const { first } = this.#queue;
    if (first === undefined || this.#reached === first) return;
    this.#reached = first;
    const { command, transfer } = first;
    const { verb, argument } = command;
    if (verb === "USER") this.#claimedUser = argument;
    else if (verb === "REST") this.#restartOffset = offsetOf(argument);
    else if (verb === "PORT" || verb === "EPRT") {
      const address = argument === null ? null : verb === "PORT" ? readPort(argument) : readExtendedPort(argument);
      if (address !== null) this.#agreement.agree(verb, address);
    }
    if (transfer !== null) this.#begin(transfer);
  }

  #begin(transfer: FtpTransfer): void {
    transfer.user = this.#isServerSeen ? this.#user : this.#claimedUser;
    transfer.restartOffset = this.#restartOffset;
    this.#restartOffset = 0;
    transfer.offer = this.#agreement.take();
  }

  #preliminary(reply: FtpReply): void {
    const transfer = this.#queue.underWay(reply);
    if (transfer === null) return;
    this.#reachFirst();
    transfer.isUnderWay = true;
    // RFC 1123 section 4.1.2.9: the name that the server chose.
    const name = transfer.command === "STOU" ? /^FILE: ?(.{1,512})/.exec(reply.text)?.[1] : undefined;
    if (name !== undefined) transfer.path = textOfBytes(Buffer.from(name.trimEnd(), "latin1"));
    if (transfer.offer === null && this.#agreement.isFresh) transfer.offer = this.#agreement.take();
  }

  #answered({ command: { verb }, transfer }: AwaitedCommand, reply: FtpReply): void {
    const { code, s } = reply;
    if (transfer !== null) {
      this.#transferAnswered(transfer, reply);
      return;
    }
    switch (verb) {
      case "USER":
      case "PASS":
      case "ACCT":
        this.#loginAnswered(verb, code, s);
        break;
      case "REIN":
        if (code < 300) {
          this.#user = this.#claimedUser = null;
          this.#agreement.withdraw();
        }
        break;
      case "PORT":
      case "EPRT":
        if (code >= 300) this.#agreement.refuse(verb);
        break;
      case "REST":
        if (code !== 350) this.#restartOffset = 0;
        break;
      case "AUTH":
      case "ADAT":
        if (code === 234 || code === 235) this.#listener.encrypted();
        break;
      case "ABOR":
        this.#abortAnswered(reply);
    }
  }

  #loginAnswered(verb: string, code: number, s: number): void {
    if (code === 230 || code === 232 || (code === 202 && verb !== "USER")) {
      this.#user = this.#claimedUser;
      this.#listener.happened("login_accepted", s);
    } else if (code >= 400 && (code < 500 || code > 504)) {
      this.#user = null;
      this.#listener.happened("login_refused", s);
    } else if (verb === "USER") this.#user = null;
  }

  #transferAnswered(transfer: FtpTransfer, { code, text, s, nanos }: FtpReply): void {
    transfer.replied = { s, nanos };
    transfer.replyCode = code;
    if (transfer.offer === null && this.#agreement.isFresh) transfer.offer = this.#agreement.take();
    const isAccepted = code < 300;
    // Some servers answer both the transfer and ABOR with this one reply.
    const isAbortTold = isAccepted && transfer.isAborting && /abor/i.test(text);
    if (isAbortTold) this.#queue.take("ABOR");
    const isAborted = code === 426 || isAbortTold || (!isAccepted && transfer.isAborting);
    this.#over(transfer, isAborted ? "aborted" : isAccepted ? "complete" : "failed", s);
  }

  /** With the reply to ABOR, no transfer is under way any more that was to be broken off. */
  #abortAnswered({ code, s }: FtpReply): void {
    if (code >= 300) return;
    for (const transfer of this.#queue.transfers) {
      if (!transfer.isAborting) continue;
      this.#queue.takeTransfer(transfer);
      this.#over(transfer, "aborted", s);
    }
  }

  /** A command's reply will not come. */
  unanswered({ transfer, command: { verb, s } }: AwaitedCommand): void {
    if (transfer?.end === null) this.#over(transfer, "unknown", s);
    if (!this.#isServerSeen && verb === "REIN") this.#claimedUser = null;
  }

  #over(transfer: FtpTransfer, end: TransferEnd, s: number): void {
    if (end === "complete") this.#listener.happened("transfer_completed", s);
    else if (end === "failed") this.#listener.happened("transfer_failed", s);
    else if (end === "aborted") this.#listener.happened("transfer_aborted", s);
    this.#transfers.add(transfer, end);
  }
}

function offsetOf(argument: string | null): number {
  if (argument === null || !/^\d{1,16}$/.test(argument.trim())) return 0;
  const offset = Number(argument);
  return offset <= MOST_OFFSET ? offset : 0;
}

function newTransfer(command: FtpTransfer["command"], { argument, s, nanos }: FtpCommand): FtpTransfer {
  return {
    command,
    path: argument,
    user: null,
    restartOffset: 0,
    commanded: { s, nanos },
    offer: null,
    isUnderWay: false,
    isAborting: false,
    end: null,
    replied: null,
    replyCode: null,
    endedS: 0,
  };
}
