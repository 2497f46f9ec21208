import { reserveWords } from "./record-pool.ts";

/** Words to begin with. */
const FIRST_WORDS = 16;

/**
 * Open-addressing index from 32-bit hashes to slot numbers of a record pool, with linear probing and at most half full.
 *
 * The index knows no keys: who looks something up walks the run of candidates and compares the records itself.
 *
 *     for (let p = index.home(hash); (slot = index.pairs[p]! - 1) >= 0; p = index.next(p))
 *       if (index.pairs[p + 1] === hash && same(slot)) return slot;
 */
export class SlotIndex {
  /** Slot + 1 (0: empty) and hash, in turn. */
  readonly pairs: Int32Array;
  size = 0;
  /** Words of `pairs` in use, a power of two. The others are 0. */
  #words: number;
  #wrap: number;

  /** `limit`: most slots at a time. Memory is taken as they become more. */
  constructor(limit: number) {
    let most = FIRST_WORDS;
    while (most < 4 * limit) most *= 2;
    this.pairs = reserveWords(most);
    this.#words = FIRST_WORDS;
    this.#wrap = FIRST_WORDS - 1;
  }

  get bytes(): number {
    return this.#words * 4;
  }

  /** Where the run of candidates for a hash begins in `pairs`. */
  home(hash: number): number {
    return (hash << 1) & this.#wrap;
  }

  /** The candidate after the one at `p`. */
  next(p: number): number {
    return (p + 2) & this.#wrap;
  }

  /** Adds a slot that is not in the index yet. */
  add(hash: number, slot: number): void {
    if (4 * (this.size + 1) > this.#words) this.#double();
    this.#place(hash, slot + 1);
    this.size++;
  }

  /** Takes a slot out that is in the index under this hash. */
  remove(hash: number, slot: number): void {
    const { pairs } = this;
    const wrap = this.#wrap;
    let hole = this.home(hash);
    while (pairs[hole] !== slot + 1) {
      if (pairs[hole] === 0) throw new Error(`slot ${slot} is not in the index`);
      hole = (hole + 2) & wrap;
    }
    // Candidates behind the hole move into it when the hole lies between their home and them, so that no run is torn.
    for (let p = (hole + 2) & wrap; pairs[p] !== 0; p = (p + 2) & wrap) {
      if (((p - this.home(pairs[p + 1]!)) & wrap) >= ((p - hole) & wrap)) {
        pairs[hole] = pairs[p]!;
        pairs[hole + 1] = pairs[p + 1]!;
        hole = p;
      }
    }
    pairs[hole] = 0;
    this.size--;
  }

  clear(): void {
    this.pairs.fill(0, 0, this.#words);
    this.size = 0;
  }

  #place(hash: number, entry: number): void {
    const { pairs } = this;
    let p = this.home(hash);
    while (pairs[p] !== 0) p = (p + 2) & this.#wrap;
    pairs[p] = entry;
    pairs[p + 1] = hash;
  }

  /** Doubles the part in use. */
  #double(): void {
    const { pairs } = this;
    const before = this.#words;
    this.#words *= 2;
    this.#wrap = this.#words - 1;
    let first = 0;
    while (pairs[first] !== 0) first += 2;
    // From a free place on, each run is met at its beginning, so that what is put back finds all before it put back.
    for (let step = 2; step <= before; step += 2) this.#putBack((first + step) & (before - 1));
  }

  #putBack(p: number): void {
    const entry = this.pairs[p]!;
    if (entry === 0) return;
    this.pairs[p] = 0;
    this.#place(this.pairs[p + 1]!, entry);
  }
}
