import { INSTANCE_PINS, INSTANCE_STRIDE } from "../../classify/instance-record.ts";
import type { StreamAnalyser, StreamConnection } from "../../reassemble/stream-protocol.ts";
import type { StreamEnd, StreamReader } from "../../reassemble/stream-reader.ts";
import type { RecordPool } from "../../tables/record-pool.ts";
import { ControlLines } from "./control-lines.ts";
import { DataAgreement } from "./data-agreement.ts";
import type { DataConnections } from "./data-connections.ts";
import type { OfferOwner } from "./data-offer.ts";
import { readCommand } from "./ftp-command.ts";
import type { FtpCounters, FtpEvent } from "./ftp-counters.ts";
import { FtpSession } from "./ftp-session.ts";
import type { FtpTransfers } from "./ftp-transfers.ts";
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

/** What was given up because there was too much of it. */
export interface FtpLosses {
  commands: number;
  transfers: number;
}

export interface FtpControlParts {
  readonly connection: StreamConnection;
  readonly sessionId: number;
  readonly members: readonly SessionMember[];
  readonly instances: RecordPool;
  readonly data: DataConnections;
  readonly writer: FtpTransfers;
  readonly losses: FtpLosses;
  readonly windowS: number;
  readonly clock: { readonly s: number };
  readonly onEncrypted: (connection: StreamConnection) => void;
  /** It has ended, and nothing of it is pending any more. */
  readonly onDone: (control: FtpControl) => void;
}

/** An FTP control connection: its two directions read into a session, and the flow instances that are told of it. */
export class FtpControl implements StreamAnalyser, OfferOwner {
  readonly client: StreamReader;
  readonly server: StreamReader;
  readonly #parts: FtpControlParts;
  readonly #session: FtpSession;
  readonly #transfers: SessionTransfers;
  #isOpened = false;
  #isEncrypted = false;
  /** Directions that go on. */
  #open = 2;
  #isDone = false;

  constructor(parts: FtpControlParts) {
    const { connection, members, data, writer, losses, windowS, clock } = parts;
    this.#parts = parts;
    const reporting = members.find(({ asksTransfers }) => asksTransfers);
    this.#transfers = new SessionTransfers({
      origin: reporting === undefined ? null : { ...connection, flowId: reporting.flowId, sessionId: parts.sessionId },
      data,
      writer,
      windowS,
      clock,
      onLoss: () => {
        losses.transfers++;
      },
    });
    this.#session = new FtpSession({
      agreement: new DataAgreement(connection, data, this),
      transfers: this.#transfers,
      happened: (event, s) => this.#happened(event, s),
      onLoss: () => {
        losses.commands++;
      },
      onEncrypted: () => this.#encrypted(),
    });
    const replies = new ReplyLines((reply) => {
      if (!this.#isEncrypted) this.#session.reply(reply);
    });
    this.client = this.#reader((line) => {
      const command = readCommand(line);
      if (command !== null) this.#session.command(command);
    });
    this.server = this.#reader((line) => replies.line(line));
    // What is written late still needs its instances.
    this.#pin(1);
  }

  /** A silent control connection is usual while a data connection works. */
  isBusy(): boolean {
    return this.#parts.data.isBusy(this);
  }

  dataBytes(isFromServer: boolean, bytes: number, s: number): void {
    if (this.#isDone) return;
    for (const { slot, counters, isClientForward } of this.#parts.members) {
      counters?.addBytes(slot, s, isFromServer === isClientForward ? 1 : 0, bytes);
    }
  }

  dataEnded(): void {
    this.settle();
  }

  /** Writes what has come to be settled. */
  settle(): void {
    this.#transfers.settle();
    if (this.#open > 0 || this.#isDone || !this.#transfers.isEmpty) return;
    this.#isDone = true;
    this.#pin(-1);
    this.#parts.onDone(this);
  }

  /** Writes everything as it stands. */
  finish(): void {
    this.#transfers.writeAll();
    this.settle();
  }

  #reader(take: (line: Parameters<typeof readCommand>[0]) => void): StreamReader {
    const lines = new ControlLines({
      line: (line) => {
        if (!this.#isEncrypted) take(line);
      },
      encrypted: () => this.#encrypted(),
    });
    return {
      bytes: (data, seconds, nanos) => {
        if (!this.#isOpened) this.#opened(seconds);
        if (!this.#isEncrypted) lines.bytes(data, seconds, nanos);
      },
      gap: (length, seconds, nanos) => lines.gap(length, seconds, nanos),
      end: (how, seconds) => this.#ended(how, seconds),
    };
  }

  #opened(s: number): void {
    this.#isOpened = true;
    if (this.#parts.connection.isWhole) this.#happened("session_opened", s);
  }

  #encrypted(): void {
    if (this.#isEncrypted) return;
    this.#isEncrypted = true;
    this.#session.close(false, this.#parts.clock.s);
    this.#parts.onEncrypted(this.#parts.connection);
  }

  #ended(how: StreamEnd, s: number): void {
    if (--this.#open > 0) return;
    this.#session.close(how !== "stop" && how !== "evicted", s);
    this.settle();
  }

  #happened(event: FtpEvent, s: number): void {
    for (const { slot, counters } of this.#parts.members) counters?.happened(slot, s, event);
  }

  #pin(by: 1 | -1): void {
    for (const { slot } of this.#parts.members) {
      this.#parts.instances.words[slot * INSTANCE_STRIDE + INSTANCE_PINS]! += by;
    }
  }
}
