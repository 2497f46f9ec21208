import { NANOS, SECONDS, TCP_SEQUENCE } from "@trafmon/packet";
import {
  ACKNOWLEDGED,
  BASE,
  DATA_SEGMENTS,
  IN_FLIGHT_MAX,
  LARGEST,
  NEXT,
  SIDE_FLAGS,
  SIDE_FLIGHT_MEASURED,
  SIDE_HAS_ACKNOWLEDGED,
  SIDE_HAS_NEXT,
  SIDE_HAS_SYN,
  SIDE_HAS_WINDOW,
  SIDE_PROBED,
  SMALLEST,
  SRTT,
  TROUBLE,
  UNIQUE,
  WINDOW,
} from "./connection-record.ts";
import type { SegmentVerdict } from "./segment-verdict.ts";
import { FIN, RST, SYN } from "./tcp-flags.ts";
import type { TcpTables } from "./tcp-tables.ts";
import {
  CAUSE_UNKNOWN,
  EXTENT,
  KEEP_ALIVES,
  OUT_OF_ORDER,
  RETRANSMITTED,
  RETRANSMITTED_BYTES,
  TROUBLE_STRIDE,
  UPSTREAM_LOSS,
  ZERO_WINDOW_PROBES,
} from "./trouble-record.ts";

/** A segment further off than the largest window (RFC 7323 section 2.3) belongs to another stretch of the stream. */
const LARGEST_WINDOW = 1 << 30;
/** A hole filled this late, or this part of the round trip, was filled by a retransmission. */
const LEAST_RETRANSMISSION_NS = 3e6;
const RETRANSMISSION_SHARE_OF_RTT = 0.8;
/** Duplicate or SACK ACKs that make a sender retransmit (RFC 5681 section 3.2). */
const FAST_RETRANSMIT_SIGNALS = 3;

/** Follows the sequence numbers of one side: what is new, sent again, out of order, or a probe. */
export class SequenceAnalysis {
  readonly #tables: TcpTables;
  readonly #verdict: SegmentVerdict;

  constructor(tables: TcpTables, verdict: SegmentVerdict) {
    this.#tables = tables;
    this.#verdict = verdict;
  }

  /** Takes a segment of `side`. `length`: payload bytes. */
  take(words: Int32Array, at: number, side: number, other: number, tcpFlags: number, length: number): void {
    const sides = this.#tables.connections.pool.words;
    const start = (words[at + TCP_SEQUENCE]! + (tcpFlags & SYN ? 1 : 0)) | 0;
    const isPlain = (tcpFlags & (SYN | FIN | RST)) === 0;
    if ((sides[side + SIDE_FLAGS]! & SIDE_HAS_NEXT) === 0) {
      // A reset may carry any sequence number.
      if (tcpFlags & RST && length === 0) return;
      sides[side + SIDE_FLAGS]! |= SIDE_HAS_NEXT;
      sides[side + BASE] = sides[side + NEXT] = start;
    }
    const ahead = (start - sides[side + NEXT]!) | 0;
    if (length <= 1 && isPlain && (ahead === -1 || ahead === 0) && this.#isProbe(side, other, ahead, length)) return;
    if (length === 0) return;

    sides[side + DATA_SEGMENTS]! += 1;
    if (length > sides[side + LARGEST]!) sides[side + LARGEST] = length;
    if (length < sides[side + SMALLEST]! || sides[side + SMALLEST] === 0) sides[side + SMALLEST] = length;
    const s = words[at + SECONDS]!;
    const nanos = words[at + NANOS]!;
    if (ahead < 0 && ahead >= -LARGEST_WINDOW) {
      this.#behind(side, other, start, length, s, nanos);
    } else {
      if (ahead !== 0) this.#leave(side, start, ahead, s, nanos);
      this.#extend(side, other, start, length, s, nanos, false);
      this.#unique(side, length);
    }
  }

  /**
   * Whether a segment of no more than a byte is a probe: of a zero window, or a keep-alive. A byte below what is all
   * acknowledged already is a keep-alive; as long as it is not, it is sent again.
   */
  #isProbe(side: number, other: number, ahead: number, length: number): boolean {
    const sides = this.#tables.connections.pool.words;
    if (ahead === 0 && length === 0) return false;
    const isClosed = (sides[other + SIDE_FLAGS]! & SIDE_HAS_WINDOW) !== 0 && sides[other + WINDOW] === 0;
    if (isClosed) {
      if (ahead === 0) sides[side + SIDE_FLAGS]! |= SIDE_PROBED;
      this.#tables.countTrouble(side, ZERO_WINDOW_PROBES);
      return true;
    }
    if (ahead === 0) return false;
    const isAllAcknowledged =
      (sides[side + SIDE_FLAGS]! & SIDE_HAS_ACKNOWLEDGED) === 0 || sides[side + ACKNOWLEDGED] === sides[side + NEXT];
    // A pure ACK below unacknowledged payload was overtaken by it.
    if (!isAllAcknowledged) return false;
    this.#tables.countTrouble(side, KEEP_ALIVES);
    return true;
  }

  /** Takes note of a gap before the segment: a hole, or nothing in common with what was sent before. */
  #leave(side: number, start: number, ahead: number, s: number, nanos: number): void {
    const sides = this.#tables.connections.pool.words;
    // The byte left out is the one a zero-window probe carried, and the receiver took.
    if (ahead === 1 && sides[side + SIDE_FLAGS]! & SIDE_PROBED) return;
    if (ahead > 0 && ahead <= LARGEST_WINDOW) {
      const trouble = this.#tables.troubleOf(side);
      this.#tables.holes.open(trouble, sides[side + NEXT]!, start, s, nanos, sides[side + DATA_SEGMENTS]!);
      return;
    }
    const trouble = sides[side + TROUBLE]!;
    if (trouble !== 0) this.#tables.holes.clear(trouble);
    this.#tables.sent.clear(side);
    sides[side + BASE] = start;
  }

  /** Takes payload from `start` on as the highest sent. */
  #extend(
    side: number,
    other: number,
    start: number,
    length: number,
    s: number,
    nanos: number,
    isSentTwice: boolean,
  ): void {
    const sides = this.#tables.connections.pool.words;
    const end = (start + length) | 0;
    sides[side + NEXT] = end;
    sides[side + SIDE_FLAGS]! &= ~SIDE_PROBED;
    this.#tables.sent.sent(side, start, end, s, nanos, isSentTwice, (sides[other + SIDE_FLAGS]! & SIDE_HAS_NEXT) !== 0);
    if ((sides[side + SIDE_FLAGS]! & SIDE_HAS_ACKNOWLEDGED) === 0) return;
    const inFlight = (end - sides[side + ACKNOWLEDGED]!) | 0;
    if (inFlight > sides[side + IN_FLIGHT_MAX]!) sides[side + IN_FLIGHT_MAX] = inFlight;
    sides[side + SIDE_FLAGS]! |= SIDE_FLIGHT_MEASURED;
  }

  /** Takes payload that begins below the highest sent. */
  #behind(side: number, other: number, start: number, length: number, s: number, nanos: number): void {
    const tables = this.#tables;
    const sides = tables.connections.pool.words;
    const next = sides[side + NEXT]!;
    const end = (start + length) | 0;
    const above = Math.max(0, (end - next) | 0);
    const below = this.#takeBelow(side, start, end, s, nanos);
    tables.holes.fill(sides[side + TROUBLE]!, start, above > 0 ? next : end, s, nanos, sides[side + DATA_SEGMENTS]!);
    const filled = tables.holes.filledBytes;
    const again = length - above - below - filled;
    const isLate = filled > 0 && this.#isRetransmission(side, other);
    const verdict = this.#verdict;
    if (again > 0 || isLate) {
      verdict.isNotable = verdict.isRetransmission = true;
      verdict.retransmittedBytes = again + (isLate ? filled : 0);
      tables.sent.sentAgain(side, start, above > 0 ? next : end);
      tables.countTrouble(side, RETRANSMITTED);
      tables.countTrouble(side, CAUSE_UNKNOWN);
      if (isLate) tables.countTrouble(side, UPSTREAM_LOSS);
      const trouble = tables.troubleOf(side);
      tables.troubles.numbers[(trouble * TROUBLE_STRIDE + RETRANSMITTED_BYTES) / 2]! += verdict.retransmittedBytes;
    } else if (filled > 0) {
      verdict.isNotable = verdict.isOutOfOrder = true;
      tables.countTrouble(side, OUT_OF_ORDER);
      const extent = tables.troubleOf(side) * TROUBLE_STRIDE + EXTENT;
      tables.troubles.words[extent] = Math.max(tables.troubles.words[extent]!, tables.holes.segments);
    }
    if (filled + below > 0) {
      const isOtherSeen = (sides[other + SIDE_FLAGS]! & SIDE_HAS_NEXT) !== 0;
      tables.sent.sent(side, start, above > 0 ? next : end, s, nanos, verdict.isRetransmission, isOtherSeen);
    }
    if (above > 0) this.#extend(side, other, next, above, s, nanos, false);
    this.#unique(side, above + below + filled);
  }

  /**
   * Bytes below the lowest sequence number so far. Where the SYN was not seen, the capture began in the midst of the
   * connection and they are new; where it was, nothing lies below, and they count as sent again.
   */
  #takeBelow(side: number, start: number, end: number, s: number, nanos: number): number {
    const sides = this.#tables.connections.pool.words;
    const base = sides[side + BASE]!;
    if (((start - base) | 0) >= 0 || sides[side + SIDE_FLAGS]! & SIDE_HAS_SYN) return 0;
    sides[side + BASE] = start;
    if (((end - base) | 0) >= 0) return (base - start) | 0;
    const trouble = this.#tables.troubleOf(side);
    this.#tables.holes.openLowest(trouble, end, base, s, nanos, sides[side + DATA_SEGMENTS]!);
    return (end - start) | 0;
  }

  /** Whether what just filled a hole had been lost before the tap and sent again, rather than overtaken. */
  #isRetransmission(side: number, other: number): boolean {
    const { holes, connections } = this.#tables;
    // The sender learns of the loss a whole round trip later: from the tap to the receiver and back, and to the sender.
    const roundTripNs = connections.pool.numbers[(side + SRTT) / 2]! + connections.pool.numbers[(other + SRTT) / 2]!;
    return (
      holes.ageNs >= Math.max(LEAST_RETRANSMISSION_NS, RETRANSMISSION_SHARE_OF_RTT * roundTripNs) ||
      holes.signals >= FAST_RETRANSMIT_SIGNALS
    );
  }

  #unique(side: number, bytes: number): void {
    this.#verdict.uniqueBytes = bytes;
    this.#tables.connections.pool.numbers[(side + UNIQUE) / 2]! += bytes;
  }
}
