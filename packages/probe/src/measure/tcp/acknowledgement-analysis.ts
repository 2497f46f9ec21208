import {
  FLAG_BAD_TIME,
  FLAGS,
  NANOS,
  SECONDS,
  TCP_ACKNOWLEDGEMENT,
  TCP_FLAGS_WINDOW,
  TCP_OPTIONS,
  TCP_SACK,
} from "@trafmon/packet";
import {
  ACKNOWLEDGED,
  BASE,
  FIN_SEQUENCE,
  INITIAL_SEQUENCE,
  LEAST_RTT_MICROS,
  NEXT,
  RTTVAR,
  SIDE_FIN_ACKED,
  SIDE_FLAGS,
  SIDE_HAS_ACKNOWLEDGED,
  SIDE_HAS_FIN,
  SIDE_HAS_NEXT,
  SIDE_HAS_PAYLOAD,
  SIDE_HAS_RST,
  SIDE_HAS_SYN,
  SIDE_HAS_WINDOW,
  SIDE_PAYLOAD_ACKED,
  SIDE_PEAK_MEASURED,
  SIDE_SACKED,
  SIDE_SYN_ACKED,
  SIDE_WINDOW_MEASURED,
  SRTT,
  SYN_OPTIONS,
  WINDOW,
  WINDOW_MAX,
  WINDOW_MIN,
} from "./connection-record.ts";
import {
  IN_FLIGHT_INITIAL,
  IN_FLIGHT_MIN,
  RTT_MAX,
  RTT_MIN,
  RTT_SAMPLES,
  RTT_SPREAD,
  RTT_SUM,
} from "./payload-record.ts";
import type { SegmentVerdict } from "./segment-verdict.ts";
import { ACK, FIN, RST, SYN } from "./tcp-flags.ts";
import type { TcpTables } from "./tcp-tables.ts";
import {
  DSACK_BLOCKS,
  DUPLICATE_ACKS,
  HIGHEST_SACKED,
  LOSS_SIGNALS,
  SACK_BLOCKS,
  SIGNAL_TIMES,
  TROUBLE_STRIDE,
  ZERO_WINDOWS,
} from "./trouble-record.ts";

/** An acknowledgement further off than the largest window is none of this connection. */
const LARGEST_WINDOW = 1 << 30;
/** Longer round trips count as this one: a word of microseconds holds no more. */
const MOST_NS = 2e12;
/** No window scale option; RFC 7323 section 2.3 takes more than 14 as 14. */
const NO_SCALE = 255;
const LARGEST_SCALE = 14;

/** Follows what one side says of the other side's data: acknowledgements, SACK blocks and windows. */
export class AcknowledgementAnalysis {
  readonly #tables: TcpTables;
  readonly #verdict: SegmentVerdict;

  constructor(tables: TcpTables, verdict: SegmentVerdict) {
    this.#tables = tables;
    this.#verdict = verdict;
  }

  /** Takes a segment of `side`; `other` is the side it acknowledges. `length`: payload bytes. */
  take(words: Int32Array, at: number, side: number, other: number, tcpFlags: number, length: number): void {
    // A reset acknowledges nothing that was received, and closes no window.
    if (tcpFlags & RST) return;
    if (tcpFlags & ACK) this.#acknowledge(words, at, side, other, tcpFlags, length);
    this.#window(words, at, side, other, tcpFlags);
  }

  /** Takes a round-trip time of the side's data (RFC 6298 section 2 for the smoothed one). */
  sample(side: number, ns: number, isCounted: boolean): void {
    const { words, numbers } = this.#tables.connections.pool;
    const double = side / 2;
    const smoothed = numbers[double + SRTT / 2]!;
    const micros = Math.ceil(Math.min(ns, MOST_NS) / 1000);
    const least = words[side + LEAST_RTT_MICROS]!;
    if (least === 0 || micros < least) words[side + LEAST_RTT_MICROS] = Math.max(1, micros);
    if (smoothed === 0) {
      numbers[double + SRTT / 2] = ns;
      numbers[double + RTTVAR / 2] = ns / 2;
    } else {
      numbers[double + RTTVAR / 2] = 0.75 * numbers[double + RTTVAR / 2]! + 0.25 * Math.abs(smoothed - ns);
      numbers[double + SRTT / 2] = 0.875 * smoothed + 0.125 * ns;
    }
    if (isCounted) this.#count(this.#tables.payloadOf(side), ns);
  }

  /** Counts a round-trip time in a payload record. */
  #count(payload: number, ns: number): void {
    const { words, numbers } = this.#tables.payloads;
    const double = payload / 2;
    const before = words[payload + RTT_SAMPLES]!;
    const meanBefore = before === 0 ? 0 : numbers[double + RTT_SUM / 2]! / before;
    words[payload + RTT_SAMPLES] = before + 1;
    numbers[double + RTT_SUM / 2]! += ns;
    const mean = numbers[double + RTT_SUM / 2]! / (before + 1);
    numbers[double + RTT_SPREAD / 2]! += before === 0 ? 0 : (ns - meanBefore) * (ns - mean);
    if (before === 0 || ns < numbers[double + RTT_MIN / 2]!) numbers[double + RTT_MIN / 2] = ns;
    if (ns > numbers[double + RTT_MAX / 2]!) numbers[double + RTT_MAX / 2] = ns;
  }

  #acknowledge(words: Int32Array, at: number, side: number, other: number, tcpFlags: number, length: number): void {
    const sides = this.#tables.connections.pool.words;
    const acknowledgement = words[at + TCP_ACKNOWLEDGEMENT]!;
    const flags = sides[other + SIDE_FLAGS]!;
    if (flags & SIDE_HAS_NEXT && Math.abs((acknowledgement - sides[other + NEXT]!) | 0) > LARGEST_WINDOW) return;
    const isFirst = (flags & SIDE_HAS_ACKNOWLEDGED) === 0;
    const advance = isFirst ? 1 : (acknowledgement - sides[other + ACKNOWLEDGED]!) | 0;
    if (advance > 0) {
      if (!isFirst) this.#peak(other, acknowledgement);
      sides[other + SIDE_FLAGS]! |= SIDE_HAS_ACKNOWLEDGED;
      sides[other + ACKNOWLEDGED] = acknowledgement;
      const ns = this.#tables.sent.acknowledged(other, acknowledgement, words[at + SECONDS]!, words[at + NANOS]!);
      // An instant that was replaced measures nothing.
      if (ns >= 0 && (words[at + FLAGS]! & FLAG_BAD_TIME) === 0) {
        this.sample(other, ns, true);
        this.#verdict.isNotable = true;
        this.#verdict.rttNs = ns;
      }
      this.#endsCovered(other, acknowledgement);
    } else if (advance === 0 && this.#isDuplicate(words, at, side, other, tcpFlags, length)) {
      this.#verdict.isNotable = this.#verdict.isDuplicateAck = true;
      this.#tables.countTrouble(side, DUPLICATE_ACKS);
    }
    const blocks = words[at + TCP_OPTIONS]! >>> 24;
    if (blocks > 0) {
      const isDsack = this.#sack(words, at, side, blocks);
      const isNew = this.#isNewlySacked(words, at, other, isDsack ? 1 : 0, blocks);
      if (advance > 0 ? isNew : advance === 0 && !isDsack) this.#lossSignal(words, at, other);
    } else if (this.#verdict.isDuplicateAck) {
      this.#lossSignal(words, at, other);
    }
  }

  /**
   * Whether the newest block reports data above all that was reported before. Only then does an ACK that advances tell of
   * a loss (RFC 6675 section 2): an advance by what fills holes in order repeats the blocks there were.
   */
  #isNewlySacked(words: Int32Array, at: number, other: number, first: number, blocks: number): boolean {
    const sides = this.#tables.connections.pool.words;
    const highest = this.#tables.troubleOf(other) * TROUBLE_STRIDE + HIGHEST_SACKED;
    const troubles = this.#tables.troubles.words;
    if (first === blocks) return false;
    const right = words[at + TCP_SACK + 2 * first + 1]!;
    const isKnown = (sides[other + SIDE_FLAGS]! & SIDE_SACKED) !== 0;
    if (isKnown && ((right - troubles[highest]!) | 0) <= 0) return false;
    sides[other + SIDE_FLAGS]! |= SIDE_SACKED;
    troubles[highest] = right;
    return true;
  }

  /** Counts a sign that data of the side was lost, and keeps the instants of the last three. */
  #lossSignal(words: Int32Array, at: number, side: number): void {
    this.#verdict.isNotable = this.#verdict.isLossSignal = true;
    const trouble = this.#tables.troubleOf(side) * TROUBLE_STRIDE;
    const troubles = this.#tables.troubles.words;
    troubles[trouble + LOSS_SIGNALS]! += 1;
    const times = trouble + SIGNAL_TIMES;
    troubles.copyWithin(times, times + 2, times + 6);
    troubles[times + 4] = words[at + SECONDS]!;
    troubles[times + 5] = words[at + NANOS]!;
  }

  /** Notes the other side's SYN or FIN as acknowledged. */
  #endsCovered(other: number, acknowledgement: number): void {
    const sides = this.#tables.connections.pool.words;
    const flags = sides[other + SIDE_FLAGS]!;
    if (flags & SIDE_HAS_SYN && ((acknowledgement - sides[other + INITIAL_SEQUENCE]!) | 0) > 0) {
      sides[other + SIDE_FLAGS]! |= SIDE_SYN_ACKED;
    }
    if (flags & SIDE_HAS_FIN && ((acknowledgement - sides[other + FIN_SEQUENCE]!) | 0) > 0) {
      sides[other + SIDE_FLAGS]! |= SIDE_FIN_ACKED;
    }
  }

  /** Bytes in flight peak just before an ACK covers some of them. */
  #peak(other: number, acknowledgement: number): void {
    const sides = this.#tables.connections.pool.words;
    const flags = sides[other + SIDE_FLAGS]!;
    if ((flags & SIDE_HAS_PAYLOAD) === 0 || ((acknowledgement - sides[other + BASE]!) | 0) <= 0) return;
    const inFlight = (sides[other + NEXT]! - sides[other + ACKNOWLEDGED]!) | 0;
    if (inFlight <= 0) return;
    const payload = this.#tables.payloadOf(other);
    const payloads = this.#tables.payloads.words;
    if ((flags & SIDE_PEAK_MEASURED) === 0 || inFlight < payloads[payload + IN_FLIGHT_MIN]!) {
      payloads[payload + IN_FLIGHT_MIN] = inFlight;
    }
    if ((flags & SIDE_PAYLOAD_ACKED) === 0) payloads[payload + IN_FLIGHT_INITIAL] = inFlight;
    sides[other + SIDE_FLAGS]! |= SIDE_PEAK_MEASURED | SIDE_PAYLOAD_ACKED;
  }

  /**
   * RFC 5681 section 2, duplicate acknowledgement: the receiver of the ACK has outstanding data (a), the ACK carries none
   * (b), SYN and FIN are off (c), it equals the greatest acknowledgement (d, seen by the caller), and the window is that
   * of the last one (e).
   */
  #isDuplicate(words: Int32Array, at: number, side: number, other: number, tcpFlags: number, length: number): boolean {
    const sides = this.#tables.connections.pool.words;
    return (
      length === 0 &&
      (tcpFlags & (SYN | FIN)) === 0 &&
      (sides[other + SIDE_FLAGS]! & SIDE_HAS_NEXT) !== 0 &&
      ((sides[other + NEXT]! - words[at + TCP_ACKNOWLEDGEMENT]!) | 0) > 0 &&
      (sides[side + SIDE_FLAGS]! & SIDE_HAS_WINDOW) !== 0 &&
      sides[side + WINDOW] === words[at + TCP_FLAGS_WINDOW]! >>> 16
    );
  }

  /**
   * Counts SACK blocks (RFC 2018). The first one is a D-SACK (RFC 2883 section 4) when it lies below the acknowledgement
   * or within the second one.
   * @returns whether it is a D-SACK
   */
  #sack(words: Int32Array, at: number, side: number, blocks: number): boolean {
    const [left, right] = [words[at + TCP_SACK]!, words[at + TCP_SACK + 1]!];
    const isBelow = ((right - words[at + TCP_ACKNOWLEDGEMENT]!) | 0) <= 0;
    const isWithin =
      blocks > 1 && ((left - words[at + TCP_SACK + 2]!) | 0) >= 0 && ((words[at + TCP_SACK + 3]! - right) | 0) >= 0;
    const isDsack = isBelow || isWithin;
    const base = this.#tables.troubleOf(side) * TROUBLE_STRIDE;
    if (isDsack) {
      this.#verdict.isNotable = this.#verdict.isDsack = true;
      this.#tables.troubles.words[base + DSACK_BLOCKS]! += 1;
    }
    this.#tables.troubles.words[base + SACK_BLOCKS]! += isDsack ? blocks - 1 : blocks;
    return isDsack;
  }

  /** Takes the window. One of 0 says something only of a side that still wants data: that has sent no FIN or RST. */
  #window(words: Int32Array, at: number, side: number, other: number, tcpFlags: number): void {
    const sides = this.#tables.connections.pool.words;
    const window = words[at + TCP_FLAGS_WINDOW]! >>> 16;
    const flags = sides[side + SIDE_FLAGS]!;
    if (window === 0) {
      if (flags & (SIDE_HAS_FIN | SIDE_HAS_RST) || tcpFlags & FIN) {
        sides[side + WINDOW] = 0;
        return;
      }
      this.#verdict.isNotable = this.#verdict.isZeroWindow = true;
      this.#verdict.isZeroWindowEpisode = (flags & SIDE_HAS_WINDOW) === 0 || sides[side + WINDOW] !== 0;
      this.#tables.countTrouble(side, ZERO_WINDOWS);
    }
    sides[side + WINDOW] = window;
    const bytes = tcpFlags & SYN ? window : window << this.#shift(side, other);
    if ((flags & SIDE_WINDOW_MEASURED) === 0 || bytes < sides[side + WINDOW_MIN]!) sides[side + WINDOW_MIN] = bytes;
    if ((flags & SIDE_WINDOW_MEASURED) === 0 || bytes > sides[side + WINDOW_MAX]!) sides[side + WINDOW_MAX] = bytes;
    sides[side + SIDE_FLAGS]! |= SIDE_HAS_WINDOW | SIDE_WINDOW_MEASURED;
  }

  /** Shift of the side's windows: its own option, if the other side's SYN had one too or was not seen. */
  #shift(side: number, other: number): number {
    return shiftInForce(this.#tables.connections.pool.words, side, other);
  }
}

/** Shift by which the side's windows are scaled (RFC 7323 section 2.2); 0 where its SYN was not seen. */
export function shiftInForce(sides: Int32Array, side: number, other: number): number {
  if ((sides[side + SIDE_FLAGS]! & SIDE_HAS_SYN) === 0) return 0;
  const isRefused =
    (sides[other + SIDE_FLAGS]! & SIDE_HAS_SYN) !== 0 && sides[other + SYN_OPTIONS]! >>> 16 === NO_SCALE;
  const scale = sides[side + SYN_OPTIONS]! >>> 16;
  return scale === NO_SCALE || isRefused ? 0 : Math.min(scale, LARGEST_SCALE);
}
