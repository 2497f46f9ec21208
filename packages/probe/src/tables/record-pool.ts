import { probeError } from "../errors.ts";
import { useHugePages } from "./huge-pages.ts";

/** Bytes of a cache line, and of the head that the C library puts before a large block, which begins on a page. */
const LINE_BYTES = 64;
const BLOCK_HEAD_BYTES = 16;

/**
 * Records of equal size in one typed array, numbered from 1, taken and given back. `words` and `numbers` are views of one
 * buffer: word w of record r is `words[r * stride + w]`, its double d is `numbers[(r * stride) / 2 + d]`.
 *
 * The array is made for as many records as there can ever be, so that nothing is copied as they become more. That costs
 * address space only: the system gives memory to a page when something is first written to it.
 *
 * Slots are given out lowest first and reused last out first, so equal input takes equal slots.
 */
export class RecordPool {
  readonly words: Int32Array;
  readonly numbers: Float64Array;
  /** Words in a record; even. A record of 16 words or a multiple begins on a cache line. */
  readonly stride: number;
  /** Most records at a time. */
  readonly limit: number;
  /** Records taken now. */
  taken = 0;
  /** Every record ever taken has a number below this. */
  end = 1;
  #free = 0;

  /** @throws {CodedError} PROBE_TABLE_TOO_LARGE when the system refuses so much address space */
  constructor(stride: number, limit: number) {
    if (stride % 2 !== 0) throw new Error(`a record of ${stride} words has no whole doubles`);
    this.stride = stride;
    this.limit = limit;
    this.words = reserveWords((limit + 1) * stride);
    this.numbers = new Float64Array(this.words.buffer, this.words.byteOffset, this.words.length / 2);
  }

  /** A record of zeros; 0 when the limit is reached. */
  take(): number {
    const { stride } = this;
    let slot = this.#free;
    if (slot !== 0) {
      this.#free = this.words[slot * stride]!;
      this.#clear(slot * stride);
    } else {
      if (this.end > this.limit) return 0;
      slot = this.end++;
    }
    this.taken++;
    return slot;
  }

  /** Word by word: a call of `fill` costs more than a record of a few lines. */
  #clear(base: number): void {
    const { words } = this;
    const end = base + this.stride;
    for (let word = base; word < end; word++) words[word] = 0;
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

  /** Bytes that have been written to. */
  get bytes(): number {
    return this.end * this.stride * 4;
  }
}

/** Zeros that take memory only where they are written over, beginning on a cache line where the block is a large one. */
export function reserveWords(words: number): Int32Array {
  try {
    const buffer = new ArrayBuffer(words * 4 + LINE_BYTES);
    const reserved = new Int32Array(buffer, LINE_BYTES - BLOCK_HEAD_BYTES, words);
    useHugePages(reserved);
    return reserved;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const mebibytes = Math.ceil((words * 4) / 2 ** 20);
    throw probeError("PROBE_TABLE_TOO_LARGE", `cannot reserve ${mebibytes} MiB of address space for a table`);
  }
}
