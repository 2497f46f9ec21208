import { INSTANCE_PINS, INSTANCE_STRIDE } from "../../classify/instance-record.ts";
import type { StreamAnalyser, StreamConnection } from "../../reassemble/stream-protocol.ts";
import type { StreamEnd, StreamReader } from "../../reassemble/stream-reader.ts";
import { type ControlLine, ControlLines, type ControlLineTaker } from "./control-lines.ts";
import { DataAgreement } from "./data-agreement.ts";
import type { OfferOwner } from "./data-offer.ts";
import { readCommand } from "./ftp-command.ts";
import type { FtpCounters, FtpEvent } from "./ftp-counters.ts";
import type { FtpFollowing, PendingSession } from "./ftp-following.ts";
import { FtpSession, type SessionListener } from "./ftp-session.ts";
import { ReplyLines } from "./reply-lines.ts";
import { SessionTransfers } from "./session-transfers.ts";

/** A flow instance of a session. */
export interface SessionMember {
  readonly slot: number;
  readonly flowId: number;
  /** null: the class asks for no counters. */
  readonly counters: FtpCounters | null;
  readonly asksTransfers: boolean;
  readonly isClientForward: boolean;
}

/** An FTP control connection: its two directions read into a session, and the flow instances that are told of it. */
export class FtpControl implements StreamAnalyser, SessionListener, OfferOwner, PendingSession {
  readonly client: StreamReader;
  readonly server: StreamReader;
  isEncrypted = false;
  readonly #following: FtpFollowing;
  readonly #connection: StreamConnection;
  readonly #members: readonly SessionMember[];
  readonly #session: FtpSession;
  readonly #transfers: SessionTransfers;
  #isOpened = false;
  /** Directions that go on. */
  #open = 2;
  #isDone = false;

  constructor(
    following: FtpFollowing,
    connection: StreamConnection,
    sessionId: number,
    members: readonly SessionMember[],
  ) {
    this.#following = following;
    this.#connection = connection;
    this.#members = members;
    const reporting = members.find(({ asksTransfers }) => asksTransfers);
    const { client, server } = connection;
    const origin = reporting === undefined ? null : { flowId: reporting.flowId, sessionId, client, server };
    this.#transfers = new SessionTransfers(following, origin);
    this.#session = new FtpSession(this, new DataAgreement(connection, following.data, this), this.#transfers);
    this.client = new ControlReader(this, new CommandLines(this.#session));
    this.server = new ControlReader(this, new ReplyLines(this.#session));
    // What is written late still needs its instances.
    this.#pin(1);
  }

  /** A silent control connection is usual while a data connection works. */
  isBusy(): boolean {
    return this.#following.data.isBusy(this);
  }

  /** Bytes of the session were seen. */
  seen(s: number): void {
    if (this.#isOpened) return;
    this.#isOpened = true;
    if (this.#connection.isWhole) this.happened("session_opened", s);
  }

  happened(event: FtpEvent, s: number): void {
    for (const { slot, counters } of this.#members) counters?.happened(slot, s, event);
  }

  commandGivenUp(): void {
    this.#following.losses.commands++;
  }

  encrypted(): void {
    if (this.isEncrypted) return;
    this.isEncrypted = true;
    this.#session.close(false, this.#following.clock.s);
    this.#following.onEncrypted(this.#connection);
  }

  dataBytes(isFromServer: boolean, bytes: number, s: number): void {
    if (this.#isDone) return;
    for (const { slot, counters, isClientForward } of this.#members) {
      counters?.addBytes(slot, s, isFromServer === isClientForward ? 1 : 0, bytes);
    }
  }

  dataEnded(): void {
    this.settle();
  }

  settle(): boolean {
    this.#transfers.settle();
    if (this.#open > 0 || !this.#transfers.isEmpty) return false;
    if (!this.#isDone) {
      this.#isDone = true;
      this.#pin(-1);
      this.#following.onDone(this);
    }
    return true;
  }

  finish(): void {
    this.#transfers.writeAll();
    this.settle();
  }

  giveUp(): void {
    this.#following.losses.transfers += this.#transfers.count;
    this.finish();
  }

  ended(how: StreamEnd, s: number): void {
    if (--this.#open > 0) return;
    this.#session.close(how !== "stop" && how !== "evicted", s);
    if (!this.settle()) this.#following.onWaiting(this);
  }

  #pin(by: 1 | -1): void {
    for (const { slot } of this.#members) {
      this.#following.instances.words[slot * INSTANCE_STRIDE + INSTANCE_PINS]! += by;
    }
  }
}

/** One direction of a control connection. */
class ControlReader implements StreamReader, ControlLineTaker {
  readonly #control: FtpControl;
  readonly #taker: { line(line: ControlLine): void };
  readonly #lines = new ControlLines(this);

  constructor(control: FtpControl, taker: { line(line: ControlLine): void }) {
    this.#control = control;
    this.#taker = taker;
  }

  bytes(data: Uint8Array, seconds: number, nanos: number): void {
    this.#control.seen(seconds);
    if (!this.#control.isEncrypted) this.#lines.bytes(data, seconds, nanos);
  }

  gap(lengthBytes: number | null, seconds: number, nanos: number): void {
    this.#lines.gap(lengthBytes, seconds, nanos);
  }

  end(how: StreamEnd, seconds: number): void {
    this.#control.ended(how, seconds);
  }

  line(line: ControlLine): void {
    if (!this.#control.isEncrypted) this.#taker.line(line);
  }

  encrypted(): void {
    this.#control.encrypted();
  }
}

/** The client's lines, as commands. */
class CommandLines {
  readonly #session: FtpSession;

  constructor(session: FtpSession) {
    this.#session = session;
  }

  line(line: ControlLine): void {
    const command = readCommand(line);
    if (command !== null) this.#session.command(command);
  }
}
