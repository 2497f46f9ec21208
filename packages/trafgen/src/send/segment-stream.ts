import { once } from "node:events";
import type { Socket } from "node:net";
import { addressText } from "@trafmon/observation";
import { runOf } from "../craft/packet-mark.ts";
import { streamPayload } from "../craft/stream-payload.ts";
import { streamSchedule } from "../craft/stream-schedule.ts";
import type { FlowKey } from "../ledger/flow-table.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { FATE } from "../ledger/packet-kind.ts";
import type { RateGuard } from "../plan/rate-cap.ts";
import type { RunClock } from "../play/run-clock.ts";
import { waitUntil } from "../play/wait-until.ts";
import type { StreamTraffic } from "../scenario/scenario.ts";
import { RecordedConnection } from "./recorded-connection.ts";
import type { RunTally } from "./run-tally.ts";

export interface SegmentParts {
  readonly seed: number;
  readonly clock: RunClock;
  readonly ledger: Pick<Ledger, "connection">;
  readonly tally: RunTally;
  readonly guard: RateGuard;
  readonly stopping: AbortSignal;
}

/** How long a connection, and at the end the server's goodbye, is waited for. */
const TIMEOUT_MS = 5000;

/** Connections open at the same time; the oldest makes room. */
const MOST_OPEN = 256;

/**
 * Sends one cycle of a TCP stream through sockets: a connection for each pair of ends, and what would be the payload of
 * a crafted segment written into it at its instant. The system makes the segments, so the ledger has the connection, and
 * the tally counts writes.
 */
export class SegmentStream {
  readonly #stream: StreamTraffic;
  readonly #parts: SegmentParts;
  readonly #open = new Map<string, Promise<RecordedConnection>>();
  /** Writes are numbered from 1, through all cycles. */
  #number = 0;

  constructor(stream: StreamTraffic, parts: SegmentParts) {
    this.#stream = stream;
    this.#parts = parts;
  }

  /** Resolves when the cycle's last connection is closed. What goes wrong with one is its ending in the ledger. */
  async run(cycle: number, beginNs: number): Promise<void> {
    const { seed, clock, guard, stopping } = this.#parts;
    for (const packet of streamSchedule(this.#stream, seed, cycle, beginNs)) {
      if (!(await waitUntil(clock, packet.dueNs, stopping))) break;
      guard.add(packet.dueNs, packet.ipBytes);
      await this.#write(packet.key, packet.dueNs, packet.ipBytes, packet.payloadBytes);
    }
    await Promise.all([...this.#open.values()].map((opening) => end(opening)));
    this.#open.clear();
  }

  async #write(key: FlowKey, dueNs: number, ipBytes: number, payloadBytes: number): Promise<void> {
    const { clock, tally } = this.#parts;
    const number = ++this.#number;
    let fate: number = FATE.SENT;
    let atNs = clock.nowNs();
    try {
      const connection = await this.#connection(key);
      atNs = clock.nowNs();
      const sent = clock.instant(atNs);
      await written(connection.socket, streamPayload(this.#stream, payloadBytes, number, sent, runOf(clock.start)));
    } catch {
      fate = FATE.REFUSED;
    }
    tally.count(this.#stream.number, fate, dueNs, ipBytes, atNs);
  }

  #connection(key: FlowKey): Promise<RecordedConnection> {
    const open = this.#open;
    const name = `${addressText(key.source)} ${key.sourcePort} ${addressText(key.destination)} ${key.destinationPort}`;
    const known = open.get(name);
    if (known !== undefined) return known;
    if (open.size >= MOST_OPEN) {
      const [oldest, opening] = open.entries().next().value!;
      open.delete(oldest);
      void end(opening);
    }
    const { clock, ledger, stopping } = this.#parts;
    const opening = RecordedConnection.open(key, this.#stream.tos, { clock, ledger, stopping, timeoutMs: TIMEOUT_MS });
    open.set(name, opening);
    const forget = () => {
      if (open.get(name) === opening) open.delete(name);
    };
    // A connection that failed, or that the server ended, is made anew for the next write.
    opening.then(({ socket }) => socket.once("close", forget), forget);
    return opening;
  }
}

async function end(opening: Promise<RecordedConnection>): Promise<void> {
  // One that failed to open is in the ledger already.
  const connection = await opening.catch(() => null);
  await connection?.end(TIMEOUT_MS);
}

async function written(socket: Socket, payload: Buffer): Promise<void> {
  if (socket.destroyed || !socket.writable) throw new Error("the server ended the connection");
  if (!socket.write(payload)) await Promise.race([once(socket, "drain"), once(socket, "close")]);
}
