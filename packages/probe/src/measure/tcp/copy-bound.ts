import {
  FLAG_IPV6,
  FLAGS,
  IDENTIFICATION,
  INTERFACE,
  NANOS,
  PAYLOAD_BYTES,
  SECONDS,
  TCP_ACKNOWLEDGEMENT,
  TCP_FLAGS_WINDOW,
  TCP_OPTIONS,
  TCP_SEQUENCE,
} from "@trafmon/packet";
import { TUPLE_CONNECTION, TUPLE_GENERATION } from "../../classify/tuple-cache.ts";
import {
  ACKNOWLEDGED,
  GENERATION,
  NEXT,
  nanosBetween,
  SIDE_FLAGS,
  SIDE_HAS_ACKNOWLEDGED,
  SIDE_HAS_NEXT,
  SIDE_SACK_PERMITTED,
  SRTT,
  SYN_SYNACK,
  SYNACK_ACK,
  TROUBLE,
} from "./connection-record.ts";
import { RTT_MIN, RTT_SAMPLES } from "./payload-record.ts";
import { FIN, RST, SYN } from "./tcp-flags.ts";
import type { TcpTables } from "./tcp-tables.ts";
import { LOSS_SIGNALS, SACK_BLOCKS, SIGNAL_TIMES, TROUBLE_STRIDE } from "./trouble-record.ts";

/** While the round trip is not known, a frame that equals an earlier one is a copy only if it comes so soon. */
export const UNKNOWN_ROUND_TRIP_NS = 1_000_000;

/** Sides of which the repeats of an acknowledgement are counted; a later one takes an earlier one's place. */
const REPEATING = 16_384;
/** Side, acknowledgement, repeats, seconds and nanoseconds of the last. */
const REPEATING_WORDS = 5;
/** A mirror port makes one or two copies of a frame; an acknowledgement that comes more often was sent more often. */
const REPEATS_OF_A_LOSS = 3;

/** So long no other side takes the place of one that seems to have told of a loss. */
const LOSS_IS_NEWS_NS = 50e6;

/**
 * What a TCP connection says of a frame that equals an earlier one: a sender cannot send a segment again before it has
 * heard of the loss, which takes a round trip; a copy comes sooner.
 */
export class CopyBound {
  /** Of the last `look`: nanoseconds up to which an equal frame is a copy. */
  longestNs = 0;
  /**
   * Of the last `look`: the sender may have sent the very same segment again, however soon. A duplicate ACK, where neither
   * SACK blocks nor an IP identification tell one from the next, and data is outstanding (RFC 5681 section 2); or a reset
   * without identification, of which every segment that comes to a closed end makes one (RFC 9293 section 3.10.7.1).
   */
  mayBeRepeated = false;
  readonly #tables: TcpTables;
  readonly #tapGroupOf: Int32Array;
  readonly #repeating = new Int32Array(REPEATING * REPEATING_WORDS);

  /** `tapGroupOf`: number of the tap group, by interface. */
  constructor(tables: TcpTables, tapGroupOf: Int32Array) {
    this.#tables = tables;
    this.#tapGroupOf = tapGroupOf;
  }

  /** Looks at the connection of the segment at `at`. `ageNs`: how long before it the equal frame came. */
  look(words: Int32Array, at: number, tuples: Int32Array, entry: number, ageNs: number): void {
    this.longestNs = UNKNOWN_ROUND_TRIP_NS;
    const isNameless = isNamelessControl(words, at);
    this.mayBeRepeated = isNameless && (words[at + TCP_FLAGS_WINDOW]! & RST) !== 0;
    const found = this.#find(words, at, tuples, entry);
    if (found === 0) return;
    const base = (found >>> 1) * this.#tables.connections.pool.stride;
    const side = this.#tables.sideOf(found >>> 1, (found & 1) !== 0);
    const other = this.#tables.sideOf(found >>> 1, (found & 1) === 0);
    this.longestNs = this.#boundOf(words, at, base, side, other, ageNs);
    if (!isNameless || this.mayBeRepeated || !this.#isDataOutstanding(words, at, other)) return;
    this.#noteRepeat(words, at, side);
    this.mayBeRepeated = !this.#usesSack(side, other);
  }

  /** The segment's connection << 1 | 1 when endpoint B sent it; 0: there is none. */
  #find(words: Int32Array, at: number, tuples: Int32Array, entry: number): number {
    const { connections } = this.#tables;
    const cached = tuples[entry + TUPLE_CONNECTION]!;
    const { words: records, stride } = connections.pool;
    const isCurrent = records[(cached >>> 1) * stride + GENERATION] === tuples[entry + TUPLE_GENERATION];
    if (cached !== 0 && isCurrent && connections.isOfTunnel(cached >>> 1, words, at)) {
      return cached;
    }
    // The earlier frame may have been of another interface or VLAN, and so of another cache entry.
    connections.key(words, at, this.#tapGroupOf[words[at + INTERFACE]!] ?? 0);
    const slot = connections.find();
    return slot === 0 ? 0 : (slot << 1) | (connections.senderIsB ? 1 : 0);
  }

  #boundOf(words: Int32Array, at: number, base: number, side: number, other: number, ageNs: number): number {
    const { numbers } = this.#tables.connections.pool;
    // From the tap to the receiver and back, and to the sender and back: the whole way of the news.
    const near = numbers[(side + SRTT) / 2]!;
    const far = numbers[(other + SRTT) / 2]!;
    const smoothed = near > 0 && far > 0 ? near + far : Math.max(UNKNOWN_ROUND_TRIP_NS, near + far);
    // Acknowledgements that were held back make the smoothed time longer than the fastest news takes. So where there was
    // news of a loss since the equal frame, only what comes before any could is a copy for sure.
    let fastest = this.#fastest(side) + this.#fastest(other);
    const handshake = numbers[(base + SYN_SYNACK) / 2]! + numbers[(base + SYNACK_ACK) / 2]!;
    if (numbers[(base + SYN_SYNACK) / 2]! > 0 && numbers[(base + SYNACK_ACK) / 2]! > 0)
      fastest = Math.min(fastest, handshake);
    return ageNs > fastest && this.#isLossTold(words, at, side, other, ageNs) ? fastest : smoothed;
  }

  /** Least round-trip time of the side's data so far; 0 while there is none. */
  #fastest(side: number): number {
    const smoothed = this.#tables.connections.pool.numbers[(side + SRTT) / 2]!;
    const payload = this.#tables.payloadAt(side);
    const { words, numbers } = this.#tables.payloads;
    return words[payload + RTT_SAMPLES]! > 0 ? Math.min(smoothed, numbers[(payload + RTT_MIN) / 2]!) : smoothed;
  }

  /** Whether the receiver of the segment told of a loss since the equal frame, and has not acknowledged the segment. */
  #isLossTold(words: Int32Array, at: number, side: number, other: number, ageNs: number): boolean {
    const sides = this.#tables.connections.pool.words;
    if (words[at + PAYLOAD_BYTES] === 0 || (sides[side + SIDE_FLAGS]! & SIDE_HAS_ACKNOWLEDGED) === 0) return false;
    if (((words[at + TCP_SEQUENCE]! - sides[side + ACKNOWLEDGED]!) | 0) < 0) return false;
    const s = words[at + SECONDS]!;
    const nanos = words[at + NANOS]!;
    const { words: troubles } = this.#tables.troubles;
    const trouble = sides[side + TROUBLE]! * TROUBLE_STRIDE;
    if (trouble !== 0 && troubles[trouble + LOSS_SIGNALS]! > 0) {
      const last = trouble + SIGNAL_TIMES + 4;
      if (nanosBetween(troubles[last]!, troubles[last + 1]!, s, nanos) <= ageNs) return true;
    }
    const repeating = this.#repeating;
    const place = placeOf(other);
    return (
      repeating[place] === other &&
      repeating[place + 2]! >= REPEATS_OF_A_LOSS &&
      repeating[place + 1] === sides[side + ACKNOWLEDGED] &&
      nanosBetween(repeating[place + 3]!, repeating[place + 4]!, s, nanos) <= ageNs
    );
  }

  /** Counts how often a side sent the same acknowledgement, or seems to have. */
  #noteRepeat(words: Int32Array, at: number, side: number): void {
    const repeating = this.#repeating;
    const place = placeOf(side);
    const acknowledgement = words[at + TCP_ACKNOWLEDGEMENT]!;
    if (repeating[place] !== side && repeating[place + 2]! >= REPEATS_OF_A_LOSS) {
      const since = nanosBetween(
        repeating[place + 3]!,
        repeating[place + 4]!,
        words[at + SECONDS]!,
        words[at + NANOS]!,
      );
      if (since < LOSS_IS_NEWS_NS) return;
    }
    const ahead = repeating[place] === side ? (acknowledgement - repeating[place + 1]!) | 0 : 1;
    // Copies of earlier ones may come between.
    if (ahead < 0) return;
    if (ahead > 0) {
      repeating[place] = side;
      repeating[place + 1] = acknowledgement;
      repeating[place + 2] = 0;
    }
    repeating[place + 2]! += 1;
    repeating[place + 3] = words[at + SECONDS]!;
    repeating[place + 4] = words[at + NANOS]!;
  }

  #isDataOutstanding(words: Int32Array, at: number, other: number): boolean {
    const sides = this.#tables.connections.pool.words;
    return (
      (sides[other + SIDE_FLAGS]! & SIDE_HAS_NEXT) !== 0 &&
      ((sides[other + NEXT]! - words[at + TCP_ACKNOWLEDGEMENT]!) | 0) > 0
    );
  }

  /** Whether the side tells of losses by SACK blocks: as both SYNs said, or, where they were not seen, as it has done. */
  #usesSack(side: number, other: number): boolean {
    const sides = this.#tables.connections.pool.words;
    if (sides[side + SIDE_FLAGS]! & sides[other + SIDE_FLAGS]! & SIDE_SACK_PERMITTED) return true;
    const trouble = sides[side + TROUBLE]!;
    return trouble !== 0 && this.#tables.troubles.words[trouble * TROUBLE_STRIDE + SACK_BLOCKS]! > 0;
  }
}

/** Whether the segment is a pure ACK or reset that neither an IP identification nor SACK blocks tell from an equal one. */
function isNamelessControl(words: Int32Array, at: number): boolean {
  const isNamed = (words[at + FLAGS]! & FLAG_IPV6) === 0 && words[at + IDENTIFICATION] !== 0;
  const isPure = words[at + PAYLOAD_BYTES] === 0 && (words[at + TCP_FLAGS_WINDOW]! & (SYN | FIN)) === 0;
  return isPure && !isNamed && words[at + TCP_OPTIONS]! >>> 24 === 0;
}

/** Sides are multiples of 2; connections of a few hundred words. */
function placeOf(side: number): number {
  return (Math.imul(side, 0x9e3779b1) >>> 18) * REPEATING_WORDS;
}
