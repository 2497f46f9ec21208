/**
 * Open-addressing index from 32-bit hashes to slot numbers of a record pool, with linear probing and at most half full.
 *
 * The index knows no keys: who looks something up walks the run of candidates and compares the records itself.
 *
 *     for (let p = index.home(hash); (slot = index.pairs[p]! - 1) >= 0; p = index.next(p))
 *       if (index.pairs[p + 1] === hash && same(slot)) return slot;
 */
export class SlotIndex {
  /** Slot + 1 (0: empty) and hash, in turn. Shape: [2 x capacity]. Replaced when the index grows. */
  pairs: Int32Array;
  size = 0;
  #wrap: number;

  /** `capacity`: places to begin with, a power of two. */
  constructor(capacity = 1024) {
    this.pairs = new Int32Array(2 * capacity);
    this.#wrap = 2 * capacity - 1;
  }

  get bytes(): number {
    return this.pairs.byteLength;
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
    if (4 * (this.size + 1) > this.pairs.length) this.#grow();
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
    this.pairs.fill(0);
    this.size = 0;
  }

  #place(hash: number, entry: number): void {
    const { pairs } = this;
    let p = this.home(hash);
    while (pairs[p] !== 0) p = (p + 2) & this.#wrap;
    pairs[p] = entry;
    pairs[p + 1] = hash;
  }

  #grow(): void {
    const old = this.pairs;
    this.pairs = new Int32Array(2 * old.length);
    this.#wrap = this.pairs.length - 1;
    for (let p = 0; p < old.length; p += 2) {
      if (old[p] !== 0) this.#place(old[p + 1]!, old[p]!);
    }
  }
}
