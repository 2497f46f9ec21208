import { reserveWords } from "../tables/record-pool.ts";
import { AddressRests } from "./address-rests.ts";
import { KEY_A, KEY_B, KEY_IS_V6, KEY_KIND, KEY_PORTS, KEY_WORDS } from "./flow-key.ts";

/** Words kept of a key: the first of A; all of B, or the number of what is left of both; and what follows in the key. */
const A = 0;
const B = 1;
const OTHERS = 2;
const OTHER_WORDS = KEY_WORDS - KEY_PORTS;
const STRIDE = 8;

/**
 * The partition keys of flow instances, by slot. Only the first packet of a tuple is compared with them, so they lie apart
 * from what every packet touches.
 */
export class FlowKeys {
  readonly #words: Int32Array;
  readonly #v6Rests: AddressRests;
  /** Every slot that ever had a key is below this. */
  #end = 0;

  /** `limit`: highest slot. */
  constructor(limit: number) {
    this.#words = reserveWords((limit + 1) * STRIDE);
    this.#v6Rests = new AddressRests(limit);
  }

  get bytes(): number {
    return this.#end * STRIDE * 4 + this.#v6Rests.bytes;
  }

  /** Keeps the key of a slot that has none. */
  put(slot: number, key: Int32Array): void {
    const words = this.#words;
    const at = slot * STRIDE;
    words[at + A] = key[KEY_A]!;
    words[at + B] = key[KEY_KIND]! & KEY_IS_V6 ? this.#v6Rests.take(key, KEY_A, KEY_B) : key[KEY_B]!;
    for (let word = 0; word < OTHER_WORDS; word++) words[at + OTHERS + word] = key[KEY_PORTS + word]!;
    this.#end = Math.max(this.#end, slot + 1);
  }

  has(slot: number, key: Int32Array): boolean {
    const words = this.#words;
    const at = slot * STRIDE;
    for (let word = 0; word < OTHER_WORDS; word++) {
      if (words[at + OTHERS + word] !== key[KEY_PORTS + word]) return false;
    }
    if (words[at + A] !== key[KEY_A]) return false;
    if (key[KEY_KIND]! & KEY_IS_V6) return this.#v6Rests.has(words[at + B]!, key, KEY_A, KEY_B);
    return words[at + B] === key[KEY_B];
  }

  /** Forgets the key of a slot. */
  forget(slot: number): void {
    const at = slot * STRIDE;
    if (this.#words[at + OTHERS + KEY_KIND - KEY_PORTS]! & KEY_IS_V6) this.#v6Rests.give(this.#words[at + B]!);
  }
}
