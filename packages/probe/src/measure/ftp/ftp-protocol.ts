import type { StreamAnalyser, StreamConnection, StreamProtocol } from "../../reassemble/stream-protocol.ts";
import type { StreamProtocolParts } from "../measurement.ts";
import type { ConnectionWatch } from "../tcp/connection-watch.ts";
import type { WatchedCount } from "../watched-count.ts";
import { DataConnections } from "./data-connections.ts";
import { EncryptedSessions } from "./encrypted-sessions.ts";
import { FtpControl, type SessionMember } from "./ftp-control.ts";
import { FtpCounters } from "./ftp-counters.ts";
import type { FtpFollowing, PendingSession } from "./ftp-following.ts";
import { FtpTransfers } from "./ftp-transfers.ts";

/** Window where no class asks for records of transfers. */
const USUAL_WINDOW_S = 5;

/** Sessions that have ended and wait for data connections; beyond, the oldest is written as it stands. */
const MOST_WAITING = 1024;

/** What a session takes, roughly, while it keeps to usual lines. */
const SESSION_BYTES = 4096;

/** FTP: control connections read, data connections tied to them. `ftpct` and `ftptf`. */
export class FtpProtocol implements StreamProtocol {
  readonly #parts: StreamProtocolParts;
  readonly #encrypted: EncryptedSessions;
  readonly #data: DataConnections;
  readonly #following: FtpFollowing;
  readonly #clock = { s: 0 };
  /** Sessions of which something is pending. */
  readonly #sessions = new Set<PendingSession>();
  /** Those of them that have ended, the oldest first. */
  readonly #waiting = new Set<PendingSession>();

  constructor(parts: StreamProtocolParts) {
    const { classes, instances, interfaces, connections, sink } = parts;
    this.#parts = parts;
    this.#encrypted = new EncryptedSessions(sink);
    const windows = classes.flatMap(({ settings }) => settings.measure.ftpTransfers?.windowS ?? []);
    const windowS = windows.length === 0 ? USUAL_WINDOW_S : Math.max(...windows);
    const tapGroups = [...new Set(interfaces.map(({ tapGroup }) => tapGroup))];
    this.#data = new DataConnections({
      classes,
      instances,
      connections,
      tapGroupOf: Int32Array.from(interfaces, ({ tapGroup }) => tapGroups.indexOf(tapGroup)),
      windowS,
    });
    this.#following = {
      data: this.#data,
      writer: new FtpTransfers(sink),
      instances,
      windowS,
      clock: this.#clock,
      losses: { commands: 0, transfers: 0, connections: 0 },
      onEncrypted: (encrypted) => this.#encrypted.add(encrypted),
      onWaiting: (session) => this.#wait(session),
      onDone: (session) => {
        this.#sessions.delete(session);
        this.#waiting.delete(session);
      },
    };
  }

  get bytes(): number {
    return this.#data.bytes + this.#sessions.size * SESSION_BYTES;
  }

  get watch(): ConnectionWatch {
    return this.#data;
  }

  get watched(): readonly WatchedCount[] {
    return [
      {
        code: "ftp_given_up",
        text: "parts of FTP sessions were not followed, for there was too much of them",
        counts: () => ({
          ...this.#following.losses,
          offers: this.#data.offersDropped,
        }),
      },
    ];
  }

  open(connection: StreamConnection): StreamAnalyser {
    const members = connection.members.map((member) => this.#member(member, connection.server.port));
    const control = new FtpControl(this.#following, connection, this.#parts.numbers.next++, members);
    this.#sessions.add(control);
    return control;
  }

  agreedService(words: Int32Array, at: number): string | null {
    return this.#data.isAgreed(words, at) ? "ftp-data" : null;
  }

  turnTo(clockS: number, clockNanos: number): void {
    this.#clock.s = clockS;
    this.#data.turnTo(clockS);
    for (const session of this.#sessions) session.settle();
    this.#encrypted.tell(clockS, clockNanos);
  }

  finish(clockS: number, clockNanos: number): void {
    for (const session of this.#sessions) session.finish();
    this.#encrypted.tellNow(clockS, clockNanos);
  }

  /** Keeps a session that has ended until its transfers are settled, unless too many are kept. */
  #wait(session: PendingSession): void {
    this.#waiting.add(session);
    if (this.#waiting.size <= MOST_WAITING) return;
    const [oldest] = this.#waiting;
    oldest!.giveUp();
  }

  #member(
    { flowClass, slot, flowId, isClientForward }: StreamConnection["members"][number],
    port: number,
  ): SessionMember {
    const { ftpCounters, ftpTransfers } = flowClass.settings.measure;
    const asks = (ports: readonly { from: number; to: number }[] | undefined) =>
      ports?.some(({ from, to }) => port >= from && port <= to) ?? false;
    return {
      slot,
      flowId,
      counters: asks(ftpCounters?.ports) ? this.#parts.measurementOf(flowClass, FtpCounters) : null,
      asksTransfers: asks(ftpTransfers?.ports),
      isClientForward,
    };
  }
}
