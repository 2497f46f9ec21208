import { bucketOf } from "@trafmon/observation";
import { RecordPool } from "../../tables/record-pool.ts";
import { SlotIndex } from "../../tables/slot-index.ts";

/** Words of an entry: how many samples one histogram has in one bucket. Word 0 is the pool's. */
const NEXT = 1;
const OWNER = 2;
const BUCKET = 3;
const COUNT = 4;
const STRIDE = 6;

/**
 * Sparse histograms of durations (buckets of observation's histogram.ts). A histogram is a chain of entries whose first one
 * its owner keeps, and each entry is found by owner and bucket at once, however long the chain.
 */
export class RttHistograms {
  readonly #pool: RecordPool;
  readonly #index = new SlotIndex();
  /** Buckets and counts, packed to be sorted as numbers. */
  #sorted: Float64Array = new Float64Array(256);
  readonly #pairs: readonly [number[], number[]] = [[], []];
  #turn = 0;

  constructor(limit: number) {
    this.#pool = new RecordPool(STRIDE, limit);
  }

  get bytes(): number {
    return this.#pool.bytes + this.#index.bytes;
  }

  /** Whether `add` might find no room. */
  get isFull(): boolean {
    return this.#pool.taken >= this.#pool.limit;
  }

  /** Adds a sample to the histogram of `owner`, any number of its own, whose first entry is `first`; the first one now. */
  add(owner: number, first: number, ns: number): number {
    const bucket = bucketOf(ns);
    const words = this.#pool.words;
    if (first !== 0 && words[first * STRIDE + BUCKET] === bucket) {
      words[first * STRIDE + COUNT]! += 1;
      return first;
    }
    const hash = hashOf(owner, bucket);
    const { pairs } = this.#index;
    for (let p = this.#index.home(hash); pairs[p] !== 0; p = this.#index.next(p)) {
      const at = (pairs[p]! - 1) * STRIDE;
      if (pairs[p + 1] === hash && words[at + OWNER] === owner && words[at + BUCKET] === bucket) {
        words[at + COUNT]! += 1;
        return first;
      }
    }
    const entry = this.#pool.take();
    const at = entry * STRIDE;
    const entries = this.#pool.words;
    entries[at + NEXT] = first;
    entries[at + OWNER] = owner;
    entries[at + BUCKET] = bucket;
    entries[at + COUNT] = 1;
    this.#index.add(hash, entry);
    return entry;
  }

  /** Takes a histogram out: bucket and count in turn, buckets rising. The array holds until the second next `take`. */
  take(owner: number, first: number): readonly number[] {
    this.#turn ^= 1;
    const pairs = this.#pairs[this.#turn]!;
    pairs.length = 0;
    if (first === 0) return pairs;
    const words = this.#pool.words;
    let buckets = 0;
    for (let entry = first; entry !== 0; ) {
      const at = entry * STRIDE;
      const bucket = words[at + BUCKET]!;
      const next = words[at + NEXT]!;
      if (buckets === this.#sorted.length) this.#sorted = grown(this.#sorted);
      this.#sorted[buckets++] = bucket * 2 ** 32 + (words[at + COUNT]! >>> 0);
      this.#index.remove(hashOf(owner, bucket), entry);
      this.#pool.give(entry);
      entry = next;
    }
    for (const packed of this.#sorted.subarray(0, buckets).sort())
      pairs.push(Math.floor(packed / 2 ** 32), packed % 2 ** 32);
    return pairs;
  }
}

function grown(values: Float64Array): Float64Array {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}

function hashOf(owner: number, bucket: number): number {
  const hash = Math.imul(Math.imul(owner, 0x9e3779b1) ^ bucket, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
