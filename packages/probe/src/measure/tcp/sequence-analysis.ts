import { TCP_SEQUENCE } from "@trafmon/packet";
import {
  ACKNOWLEDGED,
  BASE,
  NEXT,
  SIDE_FLAGS,
  SIDE_FLIGHT_MEASURED,
  SIDE_HAS_ACKNOWLEDGED,
  SIDE_HAS_NEXT,
  SIDE_HAS_SYN,
  SIDE_HAS_WINDOW,
  SIDE_PROBED,
  TROUBLE,
  WINDOW,
} from "./connection-record.ts";
import {
  DATA_SEGMENTS,
  IN_FLIGHT_MAX,
  LARGEST,
  LAST_IDENTIFICATION,
  LAST_IS_BYTE,
  LAST_TIMESTAMP,
  SMALLEST,
  UNIQUE,
} from "./payload-record.ts";
import { RepeatedSegments } from "./repeated-segments.ts";
import { CAUSE_REOR } from "./retransmission-cause.ts";
import { identificationOf, timestampOf } from "./segment-identity.ts";
import type { SegmentVerdict } from "./segment-verdict.ts";
import { FIN, PSH, RST, SYN } from "./tcp-flags.ts";
import type { TcpTables } from "./tcp-tables.ts";
import {
  EXTENT,
  KEEP_ALIVES,
  N_REORDERING,
  OUT_OF_ORDER,
  TROUBLE_STRIDE,
  ZERO_WINDOW_PROBES,
} from "./trouble-record.ts";

/** A segment further off than the largest window (RFC 7323 section 2.3) belongs to another stretch of the stream. */
const LARGEST_WINDOW = 1 << 30;

/** Follows the sequence numbers of one side: what is new, sent again, out of order, or a probe. */
export class SequenceAnalysis {
  readonly #tables: TcpTables;
  readonly #verdict: SegmentVerdict;
  readonly #repeated: RepeatedSegments;

  constructor(tables: TcpTables, verdict: SegmentVerdict) {
    this.#tables = tables;
    this.#verdict = verdict;
    this.#repeated = new RepeatedSegments(tables, verdict);
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
    if (length <= 1 && isPlain && (ahead === -1 || ahead === 0)) {
      if (this.#isProbe(side, other, ahead, length, tcpFlags)) return;
    }
    if (length === 0) return;

    const payload = this.#tables.payloadOf(side);
    const payloads = this.#tables.payloads.words;
    if (length > payloads[payload + LARGEST]!) payloads[payload + LARGEST] = length;
    if (length < payloads[payload + SMALLEST]! || payloads[payload + SMALLEST] === 0)
      payloads[payload + SMALLEST] = length;
    if (ahead < 0 && ahead >= -LARGEST_WINDOW) {
      this.#behind(words, at, side, other, start, length);
    } else {
      if (ahead !== 0) this.#leave(words, at, side, start, ahead);
      this.#extend(words, at, side, other, start, length);
      this.#unique(side, length);
    }
  }

  /**
   * Whether a segment of no more than a byte is a probe: of a zero window, or a keep-alive. A byte below what is all
   * acknowledged already is a keep-alive; as long as it is not, it is sent again. So is one that is pushed, as no keep-alive
   * is, and repeats a segment that was this byte alone.
   */
  #isProbe(side: number, other: number, ahead: number, length: number, tcpFlags: number): boolean {
    const sides = this.#tables.connections.pool.words;
    if (ahead === 0 && length === 0) return false;
    const isClosed = (sides[other + SIDE_FLAGS]! & SIDE_HAS_WINDOW) !== 0 && sides[other + WINDOW] === 0;
    if (isClosed) {
      if (ahead === 0) sides[side + SIDE_FLAGS]! |= SIDE_PROBED;
      this.#verdict.isNotable = this.#verdict.isZeroWindowProbe = true;
      this.#tables.countTrouble(side, ZERO_WINDOW_PROBES);
      return true;
    }
    if (ahead === 0) return false;
    const isAllAcknowledged =
      (sides[side + SIDE_FLAGS]! & SIDE_HAS_ACKNOWLEDGED) === 0 || sides[side + ACKNOWLEDGED] === sides[side + NEXT];
    // A pure ACK below unacknowledged payload was overtaken by it.
    if (!isAllAcknowledged) return false;
    if (length === 1 && tcpFlags & PSH) {
      const last = this.#tables.payloads.words[this.#tables.payloadAt(side) + LAST_IDENTIFICATION]!;
      if (last & LAST_IS_BYTE) return false;
    }
    this.#verdict.isNotable = this.#verdict.isKeepAlive = true;
    this.#tables.countTrouble(side, KEEP_ALIVES);
    return true;
  }

  /** Takes note of a gap before the segment: a hole, or nothing in common with what was sent before. */
  #leave(words: Int32Array, at: number, side: number, start: number, ahead: number): void {
    const sides = this.#tables.connections.pool.words;
    // The byte left out is the one a zero-window probe carried, and the receiver took.
    if (ahead === 1 && sides[side + SIDE_FLAGS]! & SIDE_PROBED) return;
    if (ahead > 0 && ahead <= LARGEST_WINDOW) {
      const trouble = this.#tables.troubleOf(side);
      this.#verdict.isNotable = this.#verdict.opensHole = true;
      this.#tables.holes.open(trouble, sides[side + NEXT]!, start, words, at, this.#dataSegments(side) + 1);
      return;
    }
    const trouble = sides[side + TROUBLE]!;
    if (trouble !== 0) this.#tables.holes.clear(trouble);
    this.#tables.sent.clear(side);
    sides[side + BASE] = start;
  }

  /** Takes payload from `start` on as the highest sent. */
  #extend(words: Int32Array, at: number, side: number, other: number, start: number, length: number): void {
    const sides = this.#tables.connections.pool.words;
    const end = (start + length) | 0;
    sides[side + NEXT] = end;
    sides[side + SIDE_FLAGS]! &= ~SIDE_PROBED;
    const payload = this.#tables.payloadOf(side);
    const payloads = this.#tables.payloads.words;
    payloads[payload + DATA_SEGMENTS]! += 1;
    payloads[payload + LAST_IDENTIFICATION] = identificationOf(words, at) | (length === 1 ? LAST_IS_BYTE : 0);
    payloads[payload + LAST_TIMESTAMP] = timestampOf(words, at);
    if (((end - sides[side + BASE]!) | 0) < 0) this.#raiseBase(side, end);
    const isOtherSeen = (sides[other + SIDE_FLAGS]! & SIDE_HAS_NEXT) !== 0;
    this.#tables.sent.sent(side, start, end, words, at, false, false, isOtherSeen);
    if ((sides[side + SIDE_FLAGS]! & SIDE_HAS_ACKNOWLEDGED) === 0) return;
    const inFlight = (end - sides[side + ACKNOWLEDGED]!) | 0;
    if (inFlight > payloads[payload + IN_FLIGHT_MAX]!) payloads[payload + IN_FLIGHT_MAX] = inFlight;
    sides[side + SIDE_FLAGS]! |= SIDE_FLIGHT_MEASURED;
  }

  /** Forgets what lies further back than the largest window: soon it could not be told from what lies ahead. */
  #raiseBase(side: number, end: number): void {
    const sides = this.#tables.connections.pool.words;
    const base = (end - LARGEST_WINDOW) | 0;
    sides[side + BASE] = base;
    if (sides[side + TROUBLE] !== 0) this.#tables.holes.forgetBelow(sides[side + TROUBLE]!, base);
  }

  /** Takes payload that begins below the highest sent. */
  #behind(words: Int32Array, at: number, side: number, other: number, start: number, length: number): void {
    const tables = this.#tables;
    const sides = tables.connections.pool.words;
    const next = sides[side + NEXT]!;
    const end = (start + length) | 0;
    const above = Math.max(0, (end - next) | 0);
    const seenEnd = above > 0 ? next : end;
    const below = this.#takeBelow(words, at, side, start, end);
    tables.holes.fill(sides[side + TROUBLE]!, start, seenEnd, words, at, this.#dataSegments(side));
    const filled = tables.holes.filledBytes;
    const again = length - above - below - filled;
    const isLate = filled > 0 && this.#repeated.isLate(side, other);
    const verdict = this.#verdict;
    verdict.isNotable = true;
    if (again > 0 || isLate) {
      verdict.isRetransmission = true;
      verdict.retransmittedBytes = again + (isLate ? filled : 0);
      this.#repeated.take(words, at, side, other, start, seenEnd, again > 0, isLate);
    } else if (filled > 0) {
      verdict.isOutOfOrder = true;
      verdict.sinceNs = tables.holes.ageNs;
      verdict.signals = tables.holes.signals;
      this.#outOfOrder(side);
    }
    if (filled + below > 0) {
      const isOtherSeen = (sides[other + SIDE_FLAGS]! & SIDE_HAS_NEXT) !== 0;
      const wasOvertaken = verdict.isOutOfOrder || verdict.cause === CAUSE_REOR;
      tables.sent.sent(side, start, seenEnd, words, at, !wasOvertaken && again + filled > 0, wasOvertaken, isOtherSeen);
      if (above === 0) tables.payloads.words[tables.payloadOf(side) + DATA_SEGMENTS]! += 1;
    }
    if (above > 0) this.#extend(words, at, side, other, next, above);
    this.#unique(side, above + below + filled);
  }

  #outOfOrder(side: number): void {
    const { holes, troubles } = this.#tables;
    const { words } = troubles;
    const trouble = this.#tables.troubleOf(side) * TROUBLE_STRIDE;
    words[trouble + OUT_OF_ORDER]! += 1;
    words[trouble + EXTENT] = Math.max(words[trouble + EXTENT]!, holes.extent);
    words[trouble + N_REORDERING] = Math.max(words[trouble + N_REORDERING]!, holes.overtakers);
    this.#verdict.extent = holes.extent;
    this.#verdict.overtakers = holes.overtakers;
  }

  /**
   * Bytes below the lowest sequence number so far. Where the SYN was not seen, the capture began in the midst of the
   * connection and they are new; where it was, nothing lies below, and they count as sent again.
   */
  #takeBelow(words: Int32Array, at: number, side: number, start: number, end: number): number {
    const sides = this.#tables.connections.pool.words;
    const base = sides[side + BASE]!;
    if (((start - base) | 0) >= 0 || sides[side + SIDE_FLAGS]! & SIDE_HAS_SYN) return 0;
    sides[side + BASE] = start;
    if (((end - base) | 0) >= 0) return (base - start) | 0;
    const trouble = this.#tables.troubleOf(side);
    this.#tables.holes.openLowest(trouble, end, base, words, at, this.#dataSegments(side));
    return (end - start) | 0;
  }

  #unique(side: number, bytes: number): void {
    this.#verdict.uniqueBytes = bytes;
    this.#tables.payloads.numbers[(this.#tables.payloadOf(side) + UNIQUE) / 2]! += bytes;
  }

  #dataSegments(side: number): number {
    return this.#tables.payloads.words[this.#tables.payloadAt(side) + DATA_SEGMENTS]!;
  }
}
