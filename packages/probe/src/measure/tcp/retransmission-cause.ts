import { NANOS, SECONDS } from "@trafmon/packet";
import {
  ACKNOWLEDGED,
  LAST_NANOS,
  LAST_S,
  LEAST_RTT_MICROS,
  NEXT,
  nanosBetween,
  PACKETS,
  RTTVAR,
  SIDE_FLAGS,
  SIDE_HAS_ACKNOWLEDGED,
  SIDE_HAS_WINDOW,
  SRTT,
  WINDOW,
} from "./connection-record.ts";
import type { TcpTables } from "./tcp-tables.ts";
import {
  LOSS_SIGNALS,
  RECOVERY,
  RECOVERY_FAST,
  RECOVERY_NONE,
  RECOVERY_POINT,
  RECOVERY_TIMEOUT,
  SIGNAL_TIMES,
  TROUBLE_STRIDE,
} from "./trouble-record.ts";

/** Causes of a retransmission, in the order of tstat's log_tcp_complete. */
export const CAUSES = ["rto", "fs", "reor", "dup", "unk", "fc", "unrto", "unfs"] as const;
export const CAUSE_RTO = 0;
export const CAUSE_FS = 1;
export const CAUSE_REOR = 2;
export const CAUSE_DUP = 3;
export const CAUSE_UNK = 4;
export const CAUSE_FC = 5;
export const CAUSE_UNRTO = 6;
export const CAUSE_UNFS = 7;

/** Duplicate or SACK ACKs that make a sender retransmit (RFC 5681 section 3.2). */
export const FAST_RETRANSMIT_SIGNALS = 3;
/** Before a round trip is known (RFC 6298 section 2.1), and the least a common sender waits (Linux). */
const INITIAL_TIMEOUT_NS = 1e9;
const LEAST_TIMEOUT_NS = 200e6;
/** What an answer to a packet takes at least, as a share of the least round trip ever seen. */
const SHARE_OF_LEAST_ROUND_TRIP = 0.8;

/** What is known of a segment that was sent again, or filled a hole late. */
export interface SentAgain {
  /** Its payload that was seen before or filled a hole: [start, end). */
  start: number;
  end: number;
  /** It filled a hole: nothing is known of an earlier copy, but that the hole opened so long ago. */
  isFill: boolean;
  /** Since the bytes were sent last, or the hole opened, nanoseconds. */
  sinceNs: number;
  /** Duplicate and SACK ACKs since then. */
  signals: number;
  /** The same bytes in a packet of the same identity were seen. */
  isCopy: boolean;
  /** The sender made it before a packet that was seen earlier. */
  isMadeBefore: boolean;
}

/**
 * Tells why a segment was sent again, with tstat's names: by a time-out of the sender (rto), by three duplicate ACKs (fs),
 * into a closed window (fc), either of the first two though all of it was acknowledged (unrto, unfs); or not at all, when
 * the network doubled it (dup) or delayed it (reor); unk when nothing says.
 */
export class RetransmissionCause {
  /** Of the last `judge`: the time-out of the sender as the tap can estimate it, nanoseconds. */
  timeoutNs = 0;
  readonly #tables: TcpTables;

  constructor(tables: TcpTables) {
    this.#tables = tables;
  }

  /** The cause of what `side` sent again; `other` is the side that acknowledges it. */
  judge(packet: Int32Array, at: number, side: number, other: number, segment: SentAgain): number {
    const sides = this.#tables.connections.pool.words;
    this.timeoutNs = this.timeoutOf(side, other);
    const isSignalled = segment.signals >= FAST_RETRANSMIT_SIGNALS;
    const isTimedOut = segment.sinceNs >= this.timeoutNs;
    if (segment.isCopy && !isSignalled && !isTimedOut) return CAUSE_DUP;
    if (segment.isMadeBefore) return CAUSE_REOR;
    if (segment.isFill && segment.sinceNs < SHARE_OF_LEAST_ROUND_TRIP * this.#leastRoundTrip(side, other)) {
      // The sender cannot have learned of the hole yet.
      return CAUSE_REOR;
    }
    if (sides[other + SIDE_FLAGS]! & SIDE_HAS_WINDOW && sides[other + WINDOW] === 0) return CAUSE_FC;
    const isAcknowledged =
      (sides[side + SIDE_FLAGS]! & SIDE_HAS_ACKNOWLEDGED) !== 0 &&
      ((segment.end - sides[side + ACKNOWLEDGED]!) | 0) <= 0;
    switch (this.#recovery(packet, at, side, other, segment, isSignalled, isTimedOut)) {
      case RECOVERY_TIMEOUT:
        return isAcknowledged ? CAUSE_UNRTO : CAUSE_RTO;
      case RECOVERY_FAST:
        return isAcknowledged ? CAUSE_UNFS : CAUSE_FS;
      default:
        return CAUSE_UNK;
    }
  }

  /** Duplicate and SACK ACKs about the side's data in the last `sinceNs`, as far as they matter: 3 stands for more. */
  signalsSince(packet: Int32Array, at: number, side: number, sinceNs: number): number {
    const trouble = this.#tables.troubleOf(side) * TROUBLE_STRIDE;
    const { words } = this.#tables.troubles;
    const known = Math.min(FAST_RETRANSMIT_SIGNALS, words[trouble + LOSS_SIGNALS]!);
    let signals = 0;
    for (let age = 0; age < known; age++) {
      const time = trouble + SIGNAL_TIMES + 2 * (FAST_RETRANSMIT_SIGNALS - 1 - age);
      if (nanosBetween(words[time]!, words[time + 1]!, packet[at + SECONDS]!, packet[at + NANOS]!) > sinceNs) break;
      signals++;
    }
    return signals;
  }

  /**
   * What the sender is doing: a time-out or three ACKs begin it, and it goes on until what had been sent by then is
   * acknowledged and more is sent (the recovery point of RFC 6675 section 2).
   */
  #recovery(
    packet: Int32Array,
    at: number,
    side: number,
    other: number,
    segment: SentAgain,
    isSignalled: boolean,
    isTimedOut: boolean,
  ): number {
    const sides = this.#tables.connections.pool.words;
    const { words } = this.#tables.troubles;
    const trouble = this.#tables.troubleOf(side) * TROUBLE_STRIDE;
    const next = sides[side + NEXT]!;
    const point = words[trouble + RECOVERY_POINT]!;
    const isOver = ((sides[side + ACKNOWLEDGED]! - point) | 0) >= 0 && next !== point;
    const goesOn = words[trouble + RECOVERY]! !== RECOVERY_NONE && !isOver && ((segment.start - point) | 0) < 0;
    let recovery = goesOn ? words[trouble + RECOVERY]! : RECOVERY_NONE;
    // After a time-out nothing came from the receiver for long; what three ACKs caused follows one of them at once.
    const isAfterSilence = isTimedOut && this.#silence(packet, at, other) >= this.timeoutNs / 2;
    if (isAfterSilence || (isTimedOut && !isSignalled)) recovery = RECOVERY_TIMEOUT;
    else if (isSignalled && recovery === RECOVERY_NONE) recovery = RECOVERY_FAST;
    if (recovery !== RECOVERY_NONE && (!goesOn || isAfterSilence || recovery !== words[trouble + RECOVERY])) {
      words[trouble + RECOVERY] = recovery;
      words[trouble + RECOVERY_POINT] = next;
    }
    return recovery;
  }

  /** Time since the side was heard last, nanoseconds. */
  #silence(packet: Int32Array, at: number, side: number): number {
    const { words, numbers } = this.#tables.connections.pool;
    if (numbers[(side + PACKETS) / 2] === 0) return Number.POSITIVE_INFINITY;
    return nanosBetween(words[side + LAST_S]!, words[side + LAST_NANOS]!, packet[at + SECONDS]!, packet[at + NANOS]!);
  }

  /**
   * RFC 6298 section 2, from the tap's smoothed times. The way between tap and sender goes in with its least time, for
   * what the tap measures there also holds the sender's delay before it acknowledges, which its own timer does not see.
   */
  timeoutOf(side: number, other: number): number {
    const { words, numbers } = this.#tables.connections.pool;
    const smoothed = numbers[(side + SRTT) / 2]!;
    if (smoothed === 0) return INITIAL_TIMEOUT_NS;
    const roundTrip = smoothed + 1000 * words[other + LEAST_RTT_MICROS]!;
    return Math.max(LEAST_TIMEOUT_NS, roundTrip + 4 * numbers[(side + RTTVAR) / 2]!);
  }

  /** The least time in which a sender can answer to what happens behind the tap; 0 while a part of it is not known. */
  #leastRoundTrip(side: number, other: number): number {
    const { words } = this.#tables.connections.pool;
    const [there, here] = [words[side + LEAST_RTT_MICROS]!, words[other + LEAST_RTT_MICROS]!];
    return there === 0 || here === 0 ? 0 : 1000 * (there + here);
  }
}
