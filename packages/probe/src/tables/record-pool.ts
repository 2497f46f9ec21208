const FIRST_CAPACITY = 256;

/**
 * Records of equal size in one typed array, numbered from 1, taken and given back. It grows by doubling, so `words` and
 * `numbers` must be fetched again after `take`. Both are views of one buffer: word w of record r is
 * `words[r * stride + w]`, its double d is `numbers[(r * stride) / 2 + d]`.
 *
 * Slots are given out lowest first and reused last out first, so equal input takes equal slots.
 */
export class RecordPool {
  words: Int32Array;
  numbers: Float64Array;
  /** Words in a record; even. */
  readonly stride: number;
  /** Most records at a time. */
  readonly limit: number;
  /** Records taken now. */
  taken = 0;
  /** Every record ever taken has a number below this. */
  end = 1;
  #free = 0;

  constructor(stride: number, limit: number) {
    if (stride % 2 !== 0) throw new Error(`a record of ${stride} words has no whole doubles`);
    this.stride = stride;
    this.limit = limit;
    const buffer = new ArrayBuffer(Math.min(FIRST_CAPACITY, limit + 1) * stride * 4);
    this.words = new Int32Array(buffer);
    this.numbers = new Float64Array(buffer);
  }

  /** A record of zeros; 0 when the limit is reached. */
  take(): number {
    const { stride } = this;
    let slot = this.#free;
    if (slot !== 0) {
      this.#free = this.words[slot * stride]!;
      this.words.fill(0, slot * stride, (slot + 1) * stride);
    } else {
      if (this.end > this.limit) return 0;
      slot = this.end++;
      if (this.end * stride > this.words.length) this.#grow();
    }
    this.taken++;
    return slot;
  }

  give(slot: number): void {
    this.words[slot * this.stride] = this.#free;
    this.#free = slot;
    this.taken--;
  }

  /** Gives every record back. */
  empty(): void {
    this.words.fill(0, 0, this.end * this.stride);
    this.#free = 0;
    this.end = 1;
    this.taken = 0;
  }

  get bytes(): number {
    return this.words.byteLength;
  }

  #grow(): void {
    const capacity = Math.min(2 * (this.words.length / this.stride), this.limit + 1);
    const words = new Int32Array(new ArrayBuffer(capacity * this.stride * 4));
    words.set(this.words);
    this.words = words;
    this.numbers = new Float64Array(words.buffer as ArrayBuffer);
  }
}
