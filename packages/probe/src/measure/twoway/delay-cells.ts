import { observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import { INSTANCE_CELLS, INSTANCE_STRIDE, instanceId } from "../../classify/instance-record.ts";
import { MAX_FLOW_CLASSES } from "../../classify/match-packet.ts";
import { RecordPool } from "../../tables/record-pool.ts";
import { emptyRecordOf } from "../empty-record.ts";
import type { MeasurementParts } from "../measurement.ts";
import { RttHistograms } from "../tcp/rtt-histograms.ts";
import { type DelaySlices, sliceOf } from "./delay-slices.ts";

/** Words of a cell, a line of memory. The instance's next cell; the pool's when the cell is free. */
const CELL_NEXT = 0;
/** Flow instance, 0: the cell is free. */
const CELL_INSTANCE = 1;
const CELL_START = 2;
const CELL_PROTOCOL = 3;
const HISTOGRAM = 4;
/** The cell's spread, 0: it has none. */
const SPREAD = 5;
const REQUESTS = 6;
const REPLIED = 7;
const UNANSWERED = 8;
const LATE = 9;
const REPEATS = 10;
const DUPLICATES = 11;
/** Words of doubles. */
const SUM = 12;
const LAST_SUM = 14;
const STRIDE = 16;

/**
 * How the delays of a cell spread, a record of its own: of a single reply the sum says it all, and most cells have no more.
 * Doubles of it.
 * Squares of microseconds, whose sum is beyond a double: of 15 upper bits, 15 lower ones, and what lies between.
 */
const SQUARES_HIGH = 0;
const SQUARES_MIDDLE = 1;
const SQUARES_LOW = 2;
const MIN = 3;
const MAX = 4;
/** Word where the slices begin, unsigned. */
const SLICES = 10;

/** Bits of a duration in microseconds that are squared apart; the longest delay has 30 bits. */
const LOW = 32_768;
/** A cell with more replies, or a greater sum, is written early, so that its sums stay exact: 2^22 x 2^30 < 2^53. */
const MOST_REPLIES = 1 << 22;
const GREATEST_SUM_NS = 2 ** 52;
/** A cell in which something was counted so often is written early too. */
const MOST_COUNTED = 1 << 30;
/** An instance with more cells is written early, so that finding one stays short. */
const MOST_CELLS = 64;

type Record = RecordOf<typeof observationTypes.twoway>;

/**
 * `twoway`: the cells of a class, one per flow instance, interval and protocol. What is said of a request goes into the
 * interval of its first copy, so an instance has several cells at a time; each is written when the requests of its
 * interval have settled.
 */
export class DelayCells {
  dueS = Number.POSITIVE_INFINITY;
  readonly pool: RecordPool;
  readonly #spreads: RecordPool;
  readonly #instances: RecordPool;
  readonly #cellWord: number;
  readonly #intervalS: number;
  /** How long after its end an interval's requests have settled. */
  readonly #settledAfterS: number;
  readonly #protocols: readonly Record["protocol"][];
  readonly #slices: DelaySlices;
  readonly #histograms: RttHistograms;
  readonly #writer: RecordWriter<typeof observationTypes.twoway>;
  readonly #slicePairs: number[] = [];
  readonly #record = emptyRecordOf(observationTypes.twoway);

  /** `settledAfterS`: whole seconds. */
  constructor(parts: MeasurementParts, intervalS: number, settledAfterS: number, slices: DelaySlices) {
    this.#instances = parts.instances;
    this.#cellWord = INSTANCE_CELLS + parts.place;
    this.#intervalS = intervalS;
    this.#settledAfterS = settledAfterS;
    this.#slices = slices;
    this.pool = new RecordPool(STRIDE, 2 * (parts.instances.limit + MAX_FLOW_CLASSES));
    const words = SLICES + slices.count;
    this.#spreads = new RecordPool(words + (words & 1), this.pool.limit);
    this.#histograms = new RttHistograms(Math.max(65_536, 8 * parts.instances.limit));
    this.#protocols = observationTypes.twoway.columns[3].symbols;
    this.#writer = parts.sink.writerOf(observationTypes.twoway);
    this.#record.interval_s = intervalS;
  }

  get bytes(): number {
    return this.pool.bytes + this.#spreads.bytes + this.#histograms.bytes;
  }

  /** A request was answered in time. `s`: of its first copy, any sign; `protocol`: number in requestProtocols. */
  replied(slot: number, s: number, protocol: number, delayNs: number, lastCopyDelayNs: number, clockS: number): void {
    if (this.#histograms.isFull) this.writeAll();
    let base = this.#cellAt(slot, s, protocol, clockS);
    const { words, numbers } = this.pool;
    if (words[base + REPLIED]! >= MOST_REPLIES || numbers[(base + SUM) / 2]! >= GREATEST_SUM_NS) {
      this.writeOf(slot);
      base = this.#cellAt(slot, s, protocol, clockS);
    }
    const replied = words[base + REPLIED]!;
    if (replied > 0) {
      if (replied === 1) this.#spreadFirst(base);
      this.#spread(words[base + SPREAD]!, delayNs);
    }
    words[base + REQUESTS]! += 1;
    words[base + REPLIED] = replied + 1;
    numbers[(base + SUM) / 2]! += delayNs;
    numbers[(base + LAST_SUM) / 2]! += lastCopyDelayNs;
    words[base + HISTOGRAM] = this.#histograms.add(words[base + HISTOGRAM]!, delayNs);
  }

  /** Takes a spread for a cell with one reply. */
  #spreadFirst(base: number): void {
    const spread = this.#spreads.take();
    const delayNs = this.pool.numbers[(base + SUM) / 2]!;
    this.#spreads.numbers[(spread * this.#spreads.stride) / 2 + MIN] = delayNs;
    this.pool.words[base + SPREAD] = spread;
    this.#spread(spread, delayNs);
  }

  #spread(spread: number, delayNs: number): void {
    const { words, numbers, stride } = this.#spreads;
    const double = (spread * stride) / 2;
    if (delayNs < numbers[double + MIN]!) numbers[double + MIN] = delayNs;
    if (delayNs > numbers[double + MAX]!) numbers[double + MAX] = delayNs;
    const us = Math.round(delayNs / 1000);
    const high = Math.floor(us / LOW);
    const low = us % LOW;
    numbers[double + SQUARES_HIGH]! += high * high;
    numbers[double + SQUARES_MIDDLE]! += high * low;
    numbers[double + SQUARES_LOW]! += low * low;
    words[spread * stride + SLICES + sliceOf(this.#slices, delayNs)]! += 1;
  }

  unanswered(slot: number, s: number, protocol: number, clockS: number): void {
    this.#add(slot, s, protocol, clockS, REQUESTS);
    this.#add(slot, s, protocol, clockS, UNANSWERED);
  }

  /** A reply to a request that counted as unanswered. */
  late(slot: number, s: number, protocol: number, clockS: number): void {
    this.#add(slot, s, protocol, clockS, LATE);
  }

  repeated(slot: number, s: number, protocol: number, clockS: number): void {
    this.#add(slot, s, protocol, clockS, REPEATS);
  }

  repliedAgain(slot: number, s: number, protocol: number, clockS: number): void {
    this.#add(slot, s, protocol, clockS, DUPLICATES);
  }

  #add(slot: number, s: number, protocol: number, clockS: number, column: number): void {
    let base = this.#cellAt(slot, s, protocol, clockS);
    if (this.pool.words[base + column]! >= MOST_COUNTED) {
      this.writeOf(slot);
      base = this.#cellAt(slot, s, protocol, clockS);
    }
    this.pool.words[base + column]! += 1;
  }

  writeOf(slot: number): void {
    const { words, stride } = this.pool;
    const word = slot * INSTANCE_STRIDE + this.#cellWord;
    let cell = this.#instances.words[word]!;
    this.#instances.words[word] = 0;
    while (cell !== 0) {
      const next = words[cell * stride + CELL_NEXT]!;
      this.#write(cell, slot);
      cell = next;
    }
  }

  writeEnded(clockS: number): void {
    const { words, stride } = this.pool;
    let dueS = Number.POSITIVE_INFINITY;
    for (let cell = 1; cell < this.pool.end; cell++) {
      const base = cell * stride;
      const slot = words[base + CELL_INSTANCE]!;
      if (slot === 0) continue;
      const cellDueS = this.#dueOf(words[base + CELL_START]! >>> 0);
      if (cellDueS > clockS) dueS = Math.min(dueS, cellDueS);
      else {
        this.#unlink(cell, slot);
        this.#write(cell, slot);
      }
    }
    this.dueS = dueS;
  }

  writeAll(): void {
    for (let cell = 1; cell < this.pool.end; cell++) {
      const slot = this.pool.words[cell * this.pool.stride + CELL_INSTANCE]!;
      if (slot !== 0) this.writeOf(slot);
    }
    this.dueS = Number.POSITIVE_INFINITY;
  }

  #dueOf(startS: number): number {
    return startS + this.#intervalS + this.#settledAfterS;
  }

  /** Where the instance's cell for an instant begins, made if there is none. */
  #cellAt(slot: number, s: number, protocol: number, clockS: number): number {
    const word = slot * INSTANCE_STRIDE + this.#cellWord;
    const { words, stride } = this.pool;
    let cells = 0;
    for (let cell = this.#instances.words[word]!; cell !== 0; cell = words[cell * stride + CELL_NEXT]!) {
      const base = cell * stride;
      if (words[base + CELL_PROTOCOL] === protocol && (s - words[base + CELL_START]!) >>> 0 < this.#intervalS) {
        return base;
      }
      cells++;
    }
    if (cells >= MOST_CELLS) this.writeOf(slot);
    return this.#open(slot, s >>> 0, protocol, clockS);
  }

  #open(slot: number, s: number, protocol: number, clockS: number): number {
    let cell = this.pool.take();
    if (cell === 0) {
      this.writeAll();
      cell = this.pool.take();
    }
    const word = slot * INSTANCE_STRIDE + this.#cellWord;
    const { words, stride } = this.pool;
    const base = cell * stride;
    const startS = s - (s % this.#intervalS);
    words[base + CELL_INSTANCE] = slot;
    words[base + CELL_START] = startS;
    words[base + CELL_PROTOCOL] = protocol;
    words[base + CELL_NEXT] = this.#instances.words[word]!;
    this.#instances.words[word] = cell;
    // What comes when its interval has been written makes a further record, a second later with all that came by then.
    this.dueS = Math.min(this.dueS, Math.max(this.#dueOf(startS), clockS + 1));
    return base;
  }

  #unlink(cell: number, slot: number): void {
    const { words, stride } = this.pool;
    const word = slot * INSTANCE_STRIDE + this.#cellWord;
    const next = words[cell * stride + CELL_NEXT]!;
    let before = this.#instances.words[word]!;
    if (before === cell) {
      this.#instances.words[word] = next;
      return;
    }
    while (words[before * stride + CELL_NEXT] !== cell) before = words[before * stride + CELL_NEXT]!;
    words[before * stride + CELL_NEXT] = next;
  }

  /** Writes a cell that is in no instance's chain any more, and gives it back. */
  #write(cell: number, slot: number): void {
    const { words, numbers, stride } = this.pool;
    const base = cell * stride;
    const record = this.#record;
    record.flow_id = instanceId(this.#instances, slot);
    record.interval_start_s = words[base + CELL_START]! >>> 0;
    record.protocol = this.#protocols[words[base + CELL_PROTOCOL]!]!;
    record.requests = words[base + REQUESTS]!;
    record.replied = words[base + REPLIED]!;
    record.unanswered = words[base + UNANSWERED]!;
    record.late = words[base + LATE]!;
    record.repeats = words[base + REPEATS]!;
    record.duplicate_replies = words[base + DUPLICATES]!;
    record.delay_sum_ns = numbers[(base + SUM) / 2]!;
    record.last_copy_delay_sum_ns = numbers[(base + LAST_SUM) / 2]!;
    if (words[base + REPLIED] === 1) this.#spreadFirst(base);
    const spread = words[base + SPREAD]!;
    this.#fillSpread(spread);
    record.delay_histogram = this.#histograms.take(words[base + HISTOGRAM]!);
    this.#writer.write(record);
    if (spread !== 0) this.#spreads.give(spread);
    words[base + CELL_INSTANCE] = 0;
    this.pool.give(cell);
  }

  /** `spread`: 0 without a reply. */
  #fillSpread(spread: number): void {
    const { numbers, stride } = this.#spreads;
    const double = (spread * stride) / 2;
    const record = this.#record;
    record.delay_sum_squares =
      (BigInt(numbers[double + SQUARES_HIGH]!) << 30n) +
      (BigInt(numbers[double + SQUARES_MIDDLE]!) << 16n) +
      BigInt(numbers[double + SQUARES_LOW]!);
    record.delay_min_ns = spread === 0 ? null : numbers[double + MIN]!;
    record.delay_max_ns = spread === 0 ? null : numbers[double + MAX]!;
    record.slices = this.#slicesOf(spread * stride);
  }

  /** Slice and count in turn. */
  #slicesOf(base: number): readonly number[] {
    const pairs = this.#slicePairs;
    pairs.length = 0;
    for (let slice = 0; slice < this.#slices.count; slice++) {
      const count = this.#spreads.words[base + SLICES + slice]! >>> 0;
      if (count > 0) pairs.push(slice, count);
    }
    return pairs;
  }
}
