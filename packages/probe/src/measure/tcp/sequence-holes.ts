import { NANOS, SECONDS } from "@trafmon/packet";
import { RecordPool } from "../../tables/record-pool.ts";
import { nanosBetween } from "./connection-record.ts";
import { identificationOf, isMadeBefore, timestampOf } from "./segment-identity.ts";
import { FIRST_HOLE, HOLE_COUNT, LOSS_SIGNALS, TROUBLE_STRIDE } from "./trouble-record.ts";

/** Words of a hole, [start, end). Word 0 is the next hole up, and the pool's when it is free. */
const NEXT_HOLE = 0;
const START = 1;
const END = 2;
/** Of the segment that opened it. */
const OPENED_S = 3;
const OPENED_NANOS = 4;
const IDENTIFICATION = 5;
const TIMESTAMP = 6;
/** Loss signals of the side when the hole opened. */
const SIGNALS_BEFORE = 7;
/** Data segments of the side when the hole opened. */
const SEGMENTS_BEFORE = 8;
/** Data segments of the side when one from below the hole came last, at the earliest when it opened. */
const SEGMENTS_BELOW = 9;
const STRIDE = 10;

/** Holes remembered of one side; when there are more, the lowest counts as filled. */
const MAX_HOLES = 64;

/**
 * Holes in the sequence numbers seen of one side of a connection: what lies below its highest one and was never seen.
 * They hang on the side's trouble record.
 */
export class SequenceHoles {
  /** Holes forgotten because there were too many. */
  forgotten = 0;
  /** Of the last `fill`: bytes that lay in holes. */
  filledBytes = 0;
  /** Of the last `fill`: how long ago the oldest hole it touched opened, nanoseconds. */
  ageNs = 0;
  /** Of the last `fill`: duplicate and SACK ACKs since then. */
  signals = 0;
  /** Of the last `fill`: its RFC 4737 extent: the side's data segments from the one that opened it to the filling one. */
  extent = 0;
  /** Of the last `fill`: its n of RFC 4737's n-reordering: data segments just before it that all lie above it. */
  overtakers = 0;
  /** Of the last `fill`: its sender made it before the segment that opened a hole it touched. */
  isMadeBefore = false;
  readonly #pool: RecordPool;
  readonly #troubles: RecordPool;

  constructor(troubles: RecordPool, limit: number) {
    this.#troubles = troubles;
    this.#pool = new RecordPool(STRIDE, limit);
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  /**
   * Notes that [start, end) was left out by a packet. It lies above every hole there is. `segments`: data segments of
   * the side, with this one.
   */
  open(trouble: number, start: number, end: number, packet: Int32Array, at: number, segments: number): void {
    const base = trouble * TROUBLE_STRIDE;
    let last = 0;
    let hole = this.#troubles.words[base + FIRST_HOLE]!;
    for (; hole !== 0; hole = this.#pool.words[hole * STRIDE + NEXT_HOLE]!) last = hole;
    this.#openBehind(trouble, last, start, end, packet, at, segments);
    if (this.#troubles.words[base + HOLE_COUNT]! > MAX_HOLES) {
      this.forgotten++;
      this.#remove(trouble, 0, this.#troubles.words[base + FIRST_HOLE]!);
    }
  }

  /** Opens a hole below every hole there is: between what came late and the lowest sequence number so far. */
  openLowest(trouble: number, start: number, end: number, packet: Int32Array, at: number, segments: number): void {
    this.#openBehind(trouble, 0, start, end, packet, at, segments);
  }

  /**
   * Takes a packet's [start, end) out of the holes, and says in the fields above what it found. `segments`: data
   * segments of the side before this one.
   */
  fill(trouble: number, start: number, end: number, packet: Int32Array, at: number, segments: number): void {
    this.filledBytes = this.ageNs = this.signals = this.extent = this.overtakers = 0;
    this.isMadeBefore = false;
    if (trouble === 0) return;
    const base = trouble * TROUBLE_STRIDE;
    let before = 0;
    let hole = this.#troubles.words[base + FIRST_HOLE]!;
    while (hole !== 0) {
      const holes = this.#pool.words;
      const entry = hole * STRIDE;
      const next = holes[entry + NEXT_HOLE]!;
      const holeStart = holes[entry + START]!;
      const holeEnd = holes[entry + END]!;
      if (((holeStart - end) | 0) >= 0) break;
      if (((holeEnd - start) | 0) <= 0) {
        before = hole;
        hole = next;
        continue;
      }
      const from = ((start - holeStart) | 0) > 0 ? start : holeStart;
      const until = ((end - holeEnd) | 0) < 0 ? end : holeEnd;
      this.#found(trouble, entry, (until - from) | 0, packet, at, segments);
      const keepsLow = from !== holeStart;
      const keepsHigh = until !== holeEnd;
      if (keepsLow) {
        holes[entry + END] = from;
        before = hole;
        if (keepsHigh) before = this.#split(trouble, hole, until, holeEnd);
      } else if (keepsHigh) {
        holes[entry + START] = until;
        before = hole;
      } else {
        this.#remove(trouble, before, hole);
      }
      hole = next;
    }
    if (this.filledBytes > 0) this.#cameBelow(trouble, end, segments + 1);
  }

  /** Forgets holes that begin below a sequence number. */
  forgetBelow(trouble: number, sequence: number): void {
    const base = trouble * TROUBLE_STRIDE;
    for (let hole = this.#troubles.words[base + FIRST_HOLE]!; hole !== 0; ) {
      if (((this.#pool.words[hole * STRIDE + START]! - sequence) | 0) >= 0) return;
      this.forgotten++;
      this.#remove(trouble, 0, hole);
      hole = this.#troubles.words[base + FIRST_HOLE]!;
    }
  }

  /** Takes over the holes of a trouble record of another table. */
  take(trouble: number, other: SequenceHoles, otherTrouble: number): void {
    const base = trouble * TROUBLE_STRIDE;
    this.#troubles.words[base + FIRST_HOLE] = this.#troubles.words[base + HOLE_COUNT] = 0;
    let last = 0;
    let from = other.#troubles.words[otherTrouble * TROUBLE_STRIDE + FIRST_HOLE]!;
    for (; from !== 0; from = other.#pool.words[from * STRIDE + NEXT_HOLE]!) {
      const record = other.#pool.words.subarray(from * STRIDE, (from + 1) * STRIDE);
      last = this.#insert(trouble, last, record[START]!, record[END]!);
      if (last === 0) return;
      this.#pool.words.set(record.subarray(OPENED_S), last * STRIDE + OPENED_S);
    }
  }

  /** Forgets every hole of a side. */
  clear(trouble: number): void {
    const base = trouble * TROUBLE_STRIDE;
    while (this.#troubles.words[base + FIRST_HOLE] !== 0) {
      this.#remove(trouble, 0, this.#troubles.words[base + FIRST_HOLE]!);
    }
  }

  #found(trouble: number, entry: number, bytes: number, packet: Int32Array, at: number, segments: number): void {
    const holes = this.#pool.words;
    this.filledBytes += bytes;
    const s = packet[at + SECONDS]!;
    const ageNs = nanosBetween(holes[entry + OPENED_S]!, holes[entry + OPENED_NANOS]!, s, packet[at + NANOS]!);
    const signals = this.#troubles.words[trouble * TROUBLE_STRIDE + LOSS_SIGNALS]! - holes[entry + SIGNALS_BEFORE]!;
    this.ageNs = Math.max(this.ageNs, ageNs);
    this.signals = Math.max(this.signals, signals);
    // The segment that opened it came as number SEGMENTS_BEFORE, and is counted.
    this.extent = Math.max(this.extent, segments - holes[entry + SEGMENTS_BEFORE]! + 1);
    this.overtakers = Math.max(this.overtakers, segments - holes[entry + SEGMENTS_BELOW]!);
    const identification = identificationOf(packet, at);
    const timestamp = timestampOf(packet, at);
    this.isMadeBefore ||= isMadeBefore(
      identification,
      timestamp,
      holes[entry + IDENTIFICATION]!,
      holes[entry + TIMESTAMP]!,
    );
  }

  /** Notes that data segment number `segments` came below what lies from `end` on. */
  #cameBelow(trouble: number, end: number, segments: number): void {
    const holes = this.#pool.words;
    let hole = this.#troubles.words[trouble * TROUBLE_STRIDE + FIRST_HOLE]!;
    for (; hole !== 0; hole = holes[hole * STRIDE + NEXT_HOLE]!) {
      if (((holes[hole * STRIDE + START]! - end) | 0) >= 0) holes[hole * STRIDE + SEGMENTS_BELOW] = segments;
    }
  }

  #openBehind(
    trouble: number,
    before: number,
    start: number,
    end: number,
    packet: Int32Array,
    at: number,
    segments: number,
  ): void {
    const entry = this.#insert(trouble, before, start, end) * STRIDE;
    if (entry === 0) return;
    const holes = this.#pool.words;
    holes[entry + OPENED_S] = packet[at + SECONDS]!;
    holes[entry + OPENED_NANOS] = packet[at + NANOS]!;
    holes[entry + IDENTIFICATION] = identificationOf(packet, at);
    holes[entry + TIMESTAMP] = timestampOf(packet, at);
    holes[entry + SIGNALS_BEFORE] = this.#troubles.words[trouble * TROUBLE_STRIDE + LOSS_SIGNALS]!;
    holes[entry + SEGMENTS_BEFORE] = segments;
    // The segment before the one that opened it lies below the hole.
    holes[entry + SEGMENTS_BELOW] = segments - 1;
  }

  /**
   * Makes the upper rest of a hole that was filled in its middle a hole of its own, as old as the whole.
   * @returns the new hole; the lower one, when there is no room
   */
  #split(trouble: number, hole: number, start: number, end: number): number {
    const upper = this.#insert(trouble, hole, start, end);
    if (upper === 0) return hole;
    const holes = this.#pool.words;
    const from = hole * STRIDE;
    holes.copyWithin(upper * STRIDE + OPENED_S, from + OPENED_S, from + STRIDE);
    return upper;
  }

  /** Puts a hole behind another one; behind 0: first. With no room left it counts as filled, and is 0. */
  #insert(trouble: number, before: number, start: number, end: number): number {
    const hole = this.#pool.take();
    if (hole === 0) {
      this.forgotten++;
      return 0;
    }
    const holes = this.#pool.words;
    const entry = hole * STRIDE;
    holes[entry + START] = start;
    holes[entry + END] = end;
    const troubles = this.#troubles.words;
    const base = trouble * TROUBLE_STRIDE;
    if (before === 0) {
      holes[entry + NEXT_HOLE] = troubles[base + FIRST_HOLE]!;
      troubles[base + FIRST_HOLE] = hole;
    } else {
      holes[entry + NEXT_HOLE] = holes[before * STRIDE + NEXT_HOLE]!;
      holes[before * STRIDE + NEXT_HOLE] = hole;
    }
    troubles[base + HOLE_COUNT]! += 1;
    return hole;
  }

  #remove(trouble: number, before: number, hole: number): void {
    const next = this.#pool.words[hole * STRIDE + NEXT_HOLE]!;
    const troubles = this.#troubles.words;
    const base = trouble * TROUBLE_STRIDE;
    if (before === 0) troubles[base + FIRST_HOLE] = next;
    else this.#pool.words[before * STRIDE + NEXT_HOLE] = next;
    troubles[base + HOLE_COUNT]! -= 1;
    this.#pool.give(hole);
  }
}
