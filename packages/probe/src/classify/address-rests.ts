import { DESTINATION, SOURCE } from "@trafmon/packet";
import { RecordPool } from "../tables/record-pool.ts";

/** Words of two IPv6 addresses, A's without its first word. */
const REST_OF_A = 0;
const B = 3;
const STRIDE = 8;

/** What the ends of IPv6 tuples have no room for in a table that is laid out for IPv4: all but the first word. */
export class AddressRests {
  readonly #pool: RecordPool;

  /** `limit`: most tuples. */
  constructor(limit: number) {
    this.#pool = new RecordPool(STRIDE, limit);
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  /** Keeps those of a packet record, A being its source, or with `isSwapped` its destination. Returns their number. */
  take(words: Int32Array, at: number, isSwapped: boolean): number {
    const slot = this.#pool.take();
    const rests = this.#pool.words;
    const rest = slot * STRIDE;
    const a = at + (isSwapped ? DESTINATION : SOURCE) + 1;
    const b = at + (isSwapped ? SOURCE : DESTINATION);
    for (let word = 0; word < 3; word++) rests[rest + REST_OF_A + word] = words[a + word]!;
    for (let word = 0; word < 4; word++) rests[rest + B + word] = words[b + word]!;
    return slot;
  }

  /** Whether those with the number are the packet's. */
  has(slot: number, words: Int32Array, at: number, isSwapped: boolean): boolean {
    const rests = this.#pool.words;
    const rest = slot * STRIDE;
    const a = at + (isSwapped ? DESTINATION : SOURCE) + 1;
    const b = at + (isSwapped ? SOURCE : DESTINATION);
    for (let word = 0; word < 3; word++) if (rests[rest + REST_OF_A + word] !== words[a + word]) return false;
    for (let word = 0; word < 4; word++) if (rests[rest + B + word] !== words[b + word]) return false;
    return true;
  }

  /** Forgets all. */
  empty(): void {
    this.#pool.empty();
  }
}
