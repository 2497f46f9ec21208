import type { TcpConnectionSettings } from "@trafmon/settings";
import { TimerWheel } from "../../tables/timer-wheel.ts";
import type { ConnectionMembers } from "./connection-members.ts";
import {
  ACTIVE_NANOS,
  ACTIVE_S,
  CLOSED_NANOS,
  CLOSED_S,
  CONNECTION_BOUND,
  CONNECTION_CARRIES,
  CONNECTION_CLOSED,
  CONNECTION_ENDED,
  CONNECTION_ESTABLISHED,
  CONNECTION_FLAGS,
  CONNECTION_IN_USE,
  CONNECTION_OUTCOME,
  CONNECTION_WATCHED,
  RTTVAR,
  SIDE_FLAGS,
  SIDE_HAS_FIN,
  SIDE_WORDS,
  SIDES,
  SRTT,
  WHEEL_DUE_S,
  WHEEL_NEXT,
  WHEEL_PREVIOUS,
} from "./connection-record.ts";
import type { ConnectionWatch } from "./connection-watch.ts";
import type { ConnectionOutcome, ConnectionWriter } from "./connection-writer.ts";
import type { TcpTables } from "./tcp-tables.ts";

/** In the order of the codes in CONNECTION_OUTCOME. */
const OUTCOMES: readonly ConnectionOutcome[] = ["open", "closed", "reset", "refused", "timed_out", "evicted"];

/** Without a class that says so. */
export const USUAL_TIMEOUTS: TcpConnectionSettings = {
  idleS: 3600,
  synIdleS: 60,
  halfClosedIdleS: 120,
  closedLingerS: 5,
};

/**
 * Ends connections: when they are reset, when the linger time after their close is over, when they are silent too long,
 * and when there is no room. An ended connection is remembered for a while, so that what still comes makes a tail.
 */
export class ConnectionEnds {
  /** Connections given up because the table was full, with their records. */
  evicted = 0;
  /** Openings never completed that were given up because the table was full. They make no record. */
  attemptsEvicted = 0;
  readonly #tables: TcpTables;
  readonly #members: ConnectionMembers;
  readonly #writer: ConnectionWriter;
  readonly #watch: ConnectionWatch;
  readonly #timeouts: TcpConnectionSettings;
  readonly #wheel: TimerWheel;
  readonly #leastTimeoutS: number;

  constructor(
    tables: TcpTables,
    members: ConnectionMembers,
    writer: ConnectionWriter,
    watch: ConnectionWatch,
    timeouts: TcpConnectionSettings,
  ) {
    this.#tables = tables;
    this.#members = members;
    this.#writer = writer;
    this.#watch = watch;
    this.#timeouts = timeouts;
    this.#leastTimeoutS = Math.min(timeouts.idleS, timeouts.synIdleS, timeouts.halfClosedIdleS, timeouts.closedLingerS);
    const words = { next: WHEEL_NEXT, previous: WHEEL_PREVIOUS, dueS: WHEEL_DUE_S };
    this.#wheel = new TimerWheel(tables.connections.pool, words);
  }

  /** Sets the connection's timer for the state it is in. To be called when it changes to one that ends sooner. */
  schedule(slot: number, clockS: number): void {
    const { words, stride } = this.#tables.connections.pool;
    const base = slot * stride;
    const isClosed = this.#lingers(base);
    const fromS = words[base + (isClosed ? CLOSED_S : ACTIVE_S)]! >>> 0;
    // A second later than exact, so that what the wheel asks about is over.
    this.#wheel.setNoLater(slot, fromS + Math.ceil(this.#timeoutS(base)) + 1, clockS);
  }

  /** Whether the connection's time is over before a segment that comes now; then it is ended. */
  isOver(slot: number, clockS: number, clockNanos: number): boolean {
    const { words, stride } = this.#tables.connections.pool;
    const base = slot * stride;
    if (clockS - (words[base + ACTIVE_S]! >>> 0) < this.#leastTimeoutS && !this.#lingers(base)) return false;
    if (!this.#isDue(base, clockS, clockNanos)) return false;
    this.#expire(slot, clockS);
    return true;
  }

  /** Ends what is silent too long. */
  turnTo(clockS: number, clockNanos: number): void {
    this.#wheel.turnTo(clockS, (slot) => {
      if (this.#isDue(slot * this.#tables.connections.pool.stride, clockS, clockNanos)) this.#expire(slot, clockS);
      else this.schedule(slot, clockS);
    });
  }

  /** A reset ended the connection. */
  reset(slot: number, s: number, clockS: number): void {
    const flags = this.#flags(slot);
    if (flags & CONNECTION_CLOSED) {
      this.#end(slot, "closed");
    } else {
      const outcome = flags & (CONNECTION_ESTABLISHED | CONNECTION_IN_USE) ? "reset" : "refused";
      this.#members.happened(slot, s, outcome);
      this.#end(slot, outcome);
    }
    this.schedule(slot, clockS);
  }

  /** Another connection begins in its place. */
  superseded(slot: number, s: number): void {
    const flags = this.#flags(slot);
    if (flags & CONNECTION_ENDED) this.#writeTail(slot);
    else if (flags & CONNECTION_CLOSED) this.#end(slot, "closed");
    else this.#giveUp(slot, s);
  }

  /** Makes room for one connection in a full table. */
  evict(): void {
    const slot = this.#tables.connections.leastMissed();
    const flags = this.#flags(slot);
    if (flags & CONNECTION_ENDED) {
      this.#writeTail(slot);
    } else if (flags & CONNECTION_CLOSED) {
      this.#end(slot, "closed");
    } else if (flags & CONNECTION_CARRIES) {
      this.evicted++;
      this.#end(slot, "evicted");
    } else {
      // Record upon record of a flood of SYNs would push out what is worth keeping; the counters have its segments.
      this.attemptsEvicted++;
      this.#unwatch(slot);
      this.#startCountingAnew(slot);
    }
    this.#forget(slot);
  }

  /** Writes every connection as it stands, and forgets it. */
  finish(): void {
    const { connections } = this.#tables;
    for (let slot = 1; slot < connections.pool.end; slot++) {
      if (!connections.isLive(slot)) continue;
      const flags = this.#flags(slot);
      if ((flags & CONNECTION_ENDED) === 0) this.#end(slot, flags & CONNECTION_CLOSED ? "closed" : "open");
      else this.#writeTail(slot);
      this.#forget(slot);
    }
  }

  /**
   * Writes every connection as it stands, because its flow instances end. Connections stay in the table, for others to
   * count them on (`resume`).
   */
  suspend(): void {
    const { connections } = this.#tables;
    for (let slot = 1; slot < connections.pool.end; slot++) {
      if (!connections.isLive(slot)) continue;
      const flags = this.#flags(slot);
      if (flags & CONNECTION_ENDED) this.#writeTail(slot);
      else if (flags & CONNECTION_CLOSED) this.#end(slot, "closed");
      else if (flags & CONNECTION_BOUND) {
        this.#writer.write(slot, "open", false);
        this.#members.unbind(slot);
        for (const isB of [false, true]) this.#tables.clearCountersOnly(this.#tables.sideOf(slot, isB));
      }
    }
  }

  /** Takes charge of the connections that another one left in the table. */
  resume(clockS: number): void {
    const { connections } = this.#tables;
    const { words, stride } = connections.pool;
    for (let slot = 1; slot < connections.pool.end; slot++) {
      // Its timer hung on the other one's wheel.
      if (connections.isLive(slot)) words.fill(0, slot * stride + WHEEL_NEXT, slot * stride + WHEEL_DUE_S + 1);
    }
    for (let slot = 1; slot < connections.pool.end; slot++) {
      if (connections.isLive(slot)) this.schedule(slot, clockS);
    }
  }

  #flags(slot: number): number {
    return this.#tables.connections.pool.words[slot * this.#tables.connections.pool.stride + CONNECTION_FLAGS]!;
  }

  /** Whether the time since the close counts, rather than that since the last segment. */
  #lingers(base: number): boolean {
    const flags = this.#tables.connections.pool.words[base + CONNECTION_FLAGS]!;
    return (flags & (CONNECTION_CLOSED | CONNECTION_ENDED)) === CONNECTION_CLOSED;
  }

  #timeoutS(base: number): number {
    const { words } = this.#tables.connections.pool;
    const flags = words[base + CONNECTION_FLAGS]!;
    if (flags & CONNECTION_ENDED) return this.#timeouts.halfClosedIdleS;
    if (flags & CONNECTION_CLOSED) return this.#lingerS(base);
    const [a, b] = [base + SIDES, base + SIDES + SIDE_WORDS];
    if ((words[a + SIDE_FLAGS]! | words[b + SIDE_FLAGS]!) & SIDE_HAS_FIN) return this.#timeouts.halfClosedIdleS;
    const isOpening = (flags & (CONNECTION_ESTABLISHED | CONNECTION_IN_USE)) === 0;
    return isOpening ? this.#timeouts.synIdleS : this.#timeouts.idleS;
  }

  /** Twice the retransmission time-out (RFC 6298: smoothed round trip and four times its variation). */
  #lingerS(base: number): number {
    const { numbers } = this.#tables.connections.pool;
    let rtoNs = 0;
    for (const side of [base + SIDES, base + SIDES + SIDE_WORDS]) {
      rtoNs += numbers[(side + SRTT) / 2]! + 4 * numbers[(side + RTTVAR) / 2]!;
    }
    return Math.max(this.#timeouts.closedLingerS, (2 * rtoNs) / 1e9);
  }

  #isDue(base: number, clockS: number, clockNanos: number): boolean {
    const { words } = this.#tables.connections.pool;
    const isClosed = this.#lingers(base);
    const fromS = words[base + (isClosed ? CLOSED_S : ACTIVE_S)]! >>> 0;
    const fromNanos = words[base + (isClosed ? CLOSED_NANOS : ACTIVE_NANOS)]!;
    return clockS - fromS + (clockNanos - fromNanos) / 1e9 > this.#timeoutS(base);
  }

  /** The connection's time is over. */
  #expire(slot: number, clockS: number): void {
    const flags = this.#flags(slot);
    if (flags & CONNECTION_ENDED) {
      this.#writeTail(slot);
      this.#forget(slot);
      return;
    }
    const base = slot * this.#tables.connections.pool.stride;
    if (flags & CONNECTION_CLOSED) this.#end(slot, "closed");
    else
      this.#giveUp(
        slot,
        (this.#tables.connections.pool.words[base + ACTIVE_S]! + Math.trunc(this.#timeoutS(base))) | 0,
      );
    this.schedule(slot, clockS);
  }

  /** Ends a connection nobody closed; with both FINs seen it is closed, though the last ACK is missing. */
  #giveUp(slot: number, s: number): void {
    const { words, stride } = this.#tables.connections.pool;
    const base = slot * stride;
    const bothFins = words[base + SIDES + SIDE_FLAGS]! & words[base + SIDES + SIDE_WORDS + SIDE_FLAGS]! & SIDE_HAS_FIN;
    const outcome = bothFins ? "closed" : "timed_out";
    this.#members.happened(slot, s, outcome);
    this.#end(slot, outcome);
  }

  /** Writes the record; from now on the connection counts for a tail. */
  #end(slot: number, outcome: ConnectionOutcome): void {
    const { words, stride } = this.#tables.connections.pool;
    const base = slot * stride;
    this.#writer.write(slot, outcome, false);
    this.#unwatch(slot);
    words[base + CONNECTION_FLAGS]! |= CONNECTION_ENDED | (OUTCOMES.indexOf(outcome) << CONNECTION_OUTCOME);
    this.#startCountingAnew(slot);
  }

  /** Tells whoever watches the connection that it has ended, while its counters stand. */
  #unwatch(slot: number): void {
    const { words, stride } = this.#tables.connections.pool;
    const flags = slot * stride + CONNECTION_FLAGS;
    if ((words[flags]! & CONNECTION_WATCHED) === 0) return;
    words[flags]! &= ~CONNECTION_WATCHED;
    this.#watch.ended(slot);
  }

  /** Writes what came after the end, if anything did. */
  #writeTail(slot: number): void {
    const flags = this.#flags(slot);
    if ((flags & CONNECTION_BOUND) === 0) return;
    this.#writer.write(slot, OUTCOMES[(flags >> CONNECTION_OUTCOME) & 7]!, true);
    this.#startCountingAnew(slot);
  }

  #startCountingAnew(slot: number): void {
    this.#members.unbind(slot);
    for (const isB of [false, true]) {
      const side = this.#tables.sideOf(slot, isB);
      this.#tables.releaseSide(side);
      this.#tables.clearCounters(side);
    }
  }

  #forget(slot: number): void {
    this.#wheel.unset(slot);
    this.#tables.connections.remove(slot);
  }
}
