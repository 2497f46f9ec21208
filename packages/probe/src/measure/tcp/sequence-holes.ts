import { RecordPool } from "../../tables/record-pool.ts";
import { nanosBetween } from "./connection-record.ts";
import { FIRST_HOLE, HOLE_COUNT, LOSS_SIGNALS, TROUBLE_STRIDE } from "./trouble-record.ts";

/** Words of a hole, [start, end). Word 0 is the next hole up, and the pool's when it is free. */
const NEXT_HOLE = 0;
const START = 1;
const END = 2;
const OPENED_S = 3;
const OPENED_NANOS = 4;
/** Loss signals and data segments of the side when the hole opened. */
const SIGNALS_BEFORE = 5;
const SEGMENTS_BEFORE = 6;
const STRIDE = 8;

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
  /** Of the last `fill`: the side's data segments from the one that opened it to the filling one. */
  segments = 0;
  readonly #pool: RecordPool;
  readonly #troubles: RecordPool;

  constructor(troubles: RecordPool, limit: number) {
    this.#troubles = troubles;
    this.#pool = new RecordPool(STRIDE, limit);
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  /** Notes that [start, end) was left out. It lies above every hole there is. `segments`: data segments so far. */
  open(trouble: number, start: number, end: number, s: number, nanos: number, segments: number): void {
    const base = trouble * TROUBLE_STRIDE;
    let last = 0;
    let hole = this.#troubles.words[base + FIRST_HOLE]!;
    for (; hole !== 0; hole = this.#pool.words[hole * STRIDE + NEXT_HOLE]!) last = hole;
    this.#insert(trouble, last, start, end, s, nanos, this.#troubles.words[base + LOSS_SIGNALS]!, segments);
    if (this.#troubles.words[base + HOLE_COUNT]! > MAX_HOLES) {
      this.forgotten++;
      this.#remove(trouble, 0, this.#troubles.words[base + FIRST_HOLE]!);
    }
  }

  /** Opens a hole below every hole there is: between what came late and the lowest sequence number so far. */
  openLowest(trouble: number, start: number, end: number, s: number, nanos: number, segments: number): void {
    const signals = this.#troubles.words[trouble * TROUBLE_STRIDE + LOSS_SIGNALS]!;
    this.#insert(trouble, 0, start, end, s, nanos, signals, segments);
  }

  /** Takes [start, end) out of the holes, and says in the fields above what it found. `segments`: with this one. */
  fill(trouble: number, start: number, end: number, s: number, nanos: number, segments: number): void {
    this.filledBytes = this.ageNs = this.signals = this.segments = 0;
    if (trouble === 0) return;
    const base = trouble * TROUBLE_STRIDE;
    let before = 0;
    let hole = this.#troubles.words[base + FIRST_HOLE]!;
    while (hole !== 0) {
      const holes = this.#pool.words;
      const at = hole * STRIDE;
      const next = holes[at + NEXT_HOLE]!;
      const holeStart = holes[at + START]!;
      const holeEnd = holes[at + END]!;
      if (((holeStart - end) | 0) >= 0) return;
      if (((holeEnd - start) | 0) <= 0) {
        before = hole;
        hole = next;
        continue;
      }
      const from = ((start - holeStart) | 0) > 0 ? start : holeStart;
      const until = ((end - holeEnd) | 0) < 0 ? end : holeEnd;
      this.#found(trouble, at, (until - from) | 0, s, nanos, segments);
      const keepsLow = from !== holeStart;
      const keepsHigh = until !== holeEnd;
      if (keepsLow) {
        holes[at + END] = from;
        before = hole;
        if (keepsHigh) this.#split(trouble, hole, until, holeEnd);
      } else if (keepsHigh) {
        holes[at + START] = until;
        before = hole;
      } else {
        this.#remove(trouble, before, hole);
      }
      hole = next;
    }
  }

  /** Forgets every hole of a side. */
  clear(trouble: number): void {
    const base = trouble * TROUBLE_STRIDE;
    while (this.#troubles.words[base + FIRST_HOLE] !== 0) {
      this.#remove(trouble, 0, this.#troubles.words[base + FIRST_HOLE]!);
    }
  }

  #found(trouble: number, at: number, bytes: number, s: number, nanos: number, segments: number): void {
    const holes = this.#pool.words;
    this.filledBytes += bytes;
    const ageNs = nanosBetween(holes[at + OPENED_S]!, holes[at + OPENED_NANOS]!, s, nanos);
    const signals = this.#troubles.words[trouble * TROUBLE_STRIDE + LOSS_SIGNALS]! - holes[at + SIGNALS_BEFORE]!;
    this.ageNs = Math.max(this.ageNs, ageNs);
    this.signals = Math.max(this.signals, signals);
    this.segments = Math.max(this.segments, segments - holes[at + SEGMENTS_BEFORE]!);
  }

  /** Makes the upper rest of a hole that was filled in its middle a hole of its own, as old as the whole. */
  #split(trouble: number, hole: number, start: number, end: number): void {
    const at = hole * STRIDE;
    const holes = this.#pool.words;
    const [s, nanos] = [holes[at + OPENED_S]!, holes[at + OPENED_NANOS]!];
    this.#insert(trouble, hole, start, end, s, nanos, holes[at + SIGNALS_BEFORE]!, holes[at + SEGMENTS_BEFORE]!);
  }

  /** Puts a hole behind another one; behind 0: first. With no room left it counts as filled. */
  #insert(
    trouble: number,
    before: number,
    start: number,
    end: number,
    s: number,
    nanos: number,
    signals: number,
    segments: number,
  ): void {
    const hole = this.#pool.take();
    if (hole === 0) {
      this.forgotten++;
      return;
    }
    const holes = this.#pool.words;
    const at = hole * STRIDE;
    holes[at + START] = start;
    holes[at + END] = end;
    holes[at + OPENED_S] = s;
    holes[at + OPENED_NANOS] = nanos;
    holes[at + SIGNALS_BEFORE] = signals;
    holes[at + SEGMENTS_BEFORE] = segments;
    const troubles = this.#troubles.words;
    const base = trouble * TROUBLE_STRIDE;
    if (before === 0) {
      holes[at + NEXT_HOLE] = troubles[base + FIRST_HOLE]!;
      troubles[base + FIRST_HOLE] = hole;
    } else {
      holes[at + NEXT_HOLE] = holes[before * STRIDE + NEXT_HOLE]!;
      holes[before * STRIDE + NEXT_HOLE] = hole;
    }
    troubles[base + HOLE_COUNT]! += 1;
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
