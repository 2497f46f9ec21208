import { bucketOf } from "@trafmon/observation";
import { RecordPool } from "../../tables/record-pool.ts";

/**
 * Words of a chunk, a cache line: the next chunk, what is in this one, and tallies. A tally is a bucket and, above it,
 * how many samples fell into it.
 */
const NEXT = 0;
/** Tallies in this chunk | chunks behind this one << 8. */
const FILL = 1;
const TALLIES = 2;
const TALLIES_IN_CHUNK = 14;
export const RTT_CHUNK_WORDS = 16;
const STRIDE = RTT_CHUNK_WORDS;
const BEHIND_SHIFT = 8;

/** Durations up to 2^53 ns have fewer buckets than 2^11. */
const BUCKET_BITS = 11;
const BUCKETS = 1 << BUCKET_BITS;
const ONE_SAMPLE = 1 << BUCKET_BITS;
/** Samples in a tally. */
const MOST_SAMPLES = 2 ** (32 - BUCKET_BITS) - 1;

/** Set in what an owner keeps of a histogram with a single bucket: its tally, and no chunk. */
const TALLY_ALONE = 1 << 31;
/** Samples in such a tally. */
const MOST_ALONE = 2 ** (31 - BUCKET_BITS) - 1;

/** Chunks of a chain at which tallies of the same bucket are put together, and at each doubling of it. */
const LEAST_PUT_TOGETHER = 8;

/**
 * Sparse histograms of durations (buckets of observation's histogram.ts). A histogram is a chain of chunks whose first
 * one its owner keeps; as long as it has a single bucket, the owner keeps the tally itself. A sample only looks at the
 * first chunk, so that it costs one line of memory; a bucket may stand
 * in several chunks, which is mended when the chain grows long.
 */
export class RttHistograms {
  readonly #pool: RecordPool;
  /** Samples by bucket, while a chain is gathered; 0 otherwise. */
  readonly #gathered = new Float64Array(BUCKETS);
  /** Buckets gathered. */
  readonly #buckets = new Int32Array(BUCKETS);
  readonly #pairs: readonly [number[], number[]] = [[], []];
  #turn = 0;

  /** `limit`: chunks. */
  constructor(limit: number) {
    this.#pool = new RecordPool(STRIDE, limit);
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  /** Whether `add` might find no room. */
  get isFull(): boolean {
    return this.#pool.taken >= this.#pool.limit;
  }

  /** Where chunks lie, for who wants them in the cache: chunk c, where c is above 0, begins at word c * RTT_CHUNK_WORDS. */
  get chunks(): Int32Array {
    return this.#pool.words;
  }

  /** Adds a sample to the histogram of which the owner keeps `kept`, 0 for an empty one. Returns what it is to keep now. */
  add(kept: number, ns: number): number {
    const bucket = bucketOf(ns);
    if (kept > 0) return this.#add(kept, bucket);
    if (kept === 0) return TALLY_ALONE | ONE_SAMPLE | bucket;
    const tally = kept & ~TALLY_ALONE;
    if ((tally & (BUCKETS - 1)) === bucket && tally >>> BUCKET_BITS < MOST_ALONE) return kept + ONE_SAMPLE;
    return this.#add(this.#append(0, tally), bucket);
  }

  #add(first: number, bucket: number): number {
    const { words } = this.#pool;
    const at = first * STRIDE;
    const end = at + TALLIES + (words[at + FILL]! & 0xff);
    for (let word = at + TALLIES; word < end; word++) {
      const tally = words[word]!;
      if ((tally & (BUCKETS - 1)) !== bucket || tally >>> BUCKET_BITS === MOST_SAMPLES) continue;
      words[word] = tally + ONE_SAMPLE;
      return first;
    }
    return this.#append(this.#isDue(first) ? this.#putTogether(first) : first, bucket | ONE_SAMPLE);
  }

  /** Takes a histogram out, by what its owner keeps: bucket and count in turn, buckets rising. The array holds until the second next `take`. */
  take(kept: number): readonly number[] {
    this.#turn ^= 1;
    const pairs = this.#pairs[this.#turn]!;
    pairs.length = 0;
    if (kept < 0) {
      pairs.push(kept & (BUCKETS - 1), (kept & ~TALLY_ALONE) >>> BUCKET_BITS);
      return pairs;
    }
    const count = this.#gather(kept);
    sort(this.#buckets, count);
    for (let i = 0; i < count; i++) {
      const bucket = this.#buckets[i]!;
      pairs.push(bucket, this.#gathered[bucket]!);
      this.#gathered[bucket] = 0;
    }
    return pairs;
  }

  /** Puts a tally into the first chunk of a chain, or into a new one before it; the first chunk now. */
  #append(first: number, tally: number): number {
    const { words } = this.#pool;
    const fill = words[first * STRIDE + FILL]!;
    if (first !== 0 && (fill & 0xff) < TALLIES_IN_CHUNK) {
      words[first * STRIDE + TALLIES + (fill & 0xff)] = tally;
      words[first * STRIDE + FILL] = fill + 1;
      return first;
    }
    const chunk = this.#pool.take();
    const behind = first === 0 ? 0 : (fill >> BEHIND_SHIFT) + 1;
    words[chunk * STRIDE + NEXT] = first;
    words[chunk * STRIDE + FILL] = (behind << BEHIND_SHIFT) | 1;
    words[chunk * STRIDE + TALLIES] = tally;
    return chunk;
  }

  /** Whether a chain whose first chunk is full is to be put together before it grows. */
  #isDue(first: number): boolean {
    const fill = this.#pool.words[first * STRIDE + FILL]!;
    const chunks = (fill >> BEHIND_SHIFT) + 1;
    return (fill & 0xff) === TALLIES_IN_CHUNK && chunks >= LEAST_PUT_TOGETHER && (chunks & (chunks - 1)) === 0;
  }

  /** Makes a chain as short as it can be; its first chunk now. */
  #putTogether(first: number): number {
    const count = this.#gather(first);
    let chunk = 0;
    for (let i = 0; i < count; i++) {
      const bucket = this.#buckets[i]!;
      for (let left = this.#gathered[bucket]!; left > 0; left -= MOST_SAMPLES) {
        chunk = this.#append(chunk, bucket + Math.min(left, MOST_SAMPLES) * ONE_SAMPLE);
      }
      this.#gathered[bucket] = 0;
    }
    return chunk;
  }

  /** Gives the chunks of a chain back, and gathers what was in them. Returns how many buckets. */
  #gather(first: number): number {
    const { words } = this.#pool;
    let count = 0;
    for (let chunk = first; chunk !== 0; ) {
      const at = chunk * STRIDE;
      const end = at + TALLIES + (words[at + FILL]! & 0xff);
      for (let word = at + TALLIES; word < end; word++) {
        const bucket = words[word]! & (BUCKETS - 1);
        if (this.#gathered[bucket] === 0) this.#buckets[count++] = bucket;
        this.#gathered[bucket]! += words[word]! >>> BUCKET_BITS;
      }
      const next = words[at + NEXT]!;
      this.#pool.give(chunk);
      chunk = next;
    }
    return count;
  }
}

/** Few numbers are put in order faster here than by a call. */
function sort(numbers: Int32Array, count: number): void {
  if (count > 24) {
    numbers.subarray(0, count).sort();
    return;
  }
  for (let i = 1; i < count; i++) {
    const number = numbers[i]!;
    let hole = i;
    for (; hole > 0 && numbers[hole - 1]! > number; hole--) numbers[hole] = numbers[hole - 1]!;
    numbers[hole] = number;
  }
}
