import { RecordPool } from "../tables/record-pool.ts";

/** Words of two IPv6 addresses, A's without its first word. */
const REST_OF_A = 0;
const B = 3;
const STRIDE = 8;

/** What two IPv6 addresses have no room for in a table that is laid out for IPv4: all but A's first word. */
export class AddressRests {
  readonly #pool: RecordPool;

  /** `limit`: most pairs of addresses. */
  constructor(limit: number) {
    this.#pool = new RecordPool(STRIDE, limit);
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  /** Keeps those of the addresses of four words that begin at words `a` and `b`. Returns their number. */
  take(words: Int32Array, a: number, b: number): number {
    const slot = this.#pool.take();
    const rests = this.#pool.words;
    const rest = slot * STRIDE;
    for (let word = 0; word < 3; word++) rests[rest + REST_OF_A + word] = words[a + 1 + word]!;
    for (let word = 0; word < 4; word++) rests[rest + B + word] = words[b + word]!;
    return slot;
  }

  /** Whether those with the number are of these addresses. */
  has(slot: number, words: Int32Array, a: number, b: number): boolean {
    const rests = this.#pool.words;
    const rest = slot * STRIDE;
    for (let word = 0; word < 3; word++) if (rests[rest + REST_OF_A + word] !== words[a + 1 + word]) return false;
    for (let word = 0; word < 4; word++) if (rests[rest + B + word] !== words[b + word]) return false;
    return true;
  }

  /** Forgets those with the number. */
  give(slot: number): void {
    this.#pool.give(slot);
  }

  /** Forgets all. */
  empty(): void {
    this.#pool.empty();
  }
}
