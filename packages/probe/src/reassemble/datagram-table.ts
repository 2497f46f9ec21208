import {
  DESTINATION,
  FLAG_INNER,
  FLAG_IPV6,
  FLAGS,
  IDENTIFICATION,
  INTERFACE,
  PROTOCOL_TOS_TTL,
  SOURCE,
} from "@trafmon/packet";
import { RecordPool } from "../tables/record-pool.ts";
import { SlotIndex } from "../tables/slot-index.ts";

/** Words of a datagram. Word 0 is the pool's when it is free, and the next younger datagram while it lives. */
export const YOUNGER = 0;
const HASH = 1;
/** Source, destination, protocol (0 for IPv6) and IP version, identification, interface. Shape: [KEY_WORDS]. */
const KEY = 2;
const KEY_WORDS = 11;
export const BORN_S = 13;
/** 1 once the first fragment was seen. */
export const HAS_FIRST = 14;
export const FIRST_PORTS = 15;
/** Flags of the first fragment. */
export const FIRST_FLAGS = 16;
export const FIRST_PROTOCOL = 17;
/** Fragments held, oldest first. */
export const OLDEST_HELD = 18;
export const NEWEST_HELD = 19;
/** 1 once fragments of IPv6 overlapped. */
export const IS_DISCARDED = 20;
/** What the fragments so far carry of the datagram: from << 16 | until, bytes. Shape: [RANGE_COUNT]. */
export const RANGE_COUNT = 21;
export const RANGES = 22;
/** More fragments than a datagram of the greatest length has on Ethernet; those beyond are not looked at. */
export const MOST_RANGES = 48;
export const DATAGRAM_STRIDE = RANGES + MOST_RANGES;

/**
 * A bounded table of the datagrams whose fragments were seen, from the oldest to the youngest. RFC 791 tells datagrams
 * apart by addresses, protocol and identification, RFC 8200 without the protocol.
 */
export class DatagramTable {
  /** The datagrams' records; that of datagram d begins at `d * DATAGRAM_STRIDE`. */
  readonly words: Int32Array;
  readonly #pool: RecordPool;
  readonly #index: SlotIndex;
  readonly #key = new Int32Array(KEY_WORDS);
  #hash = 0;
  #oldest = 0;
  #youngest = 0;

  constructor(limit: number) {
    this.#pool = new RecordPool(DATAGRAM_STRIDE, limit);
    this.#index = new SlotIndex(limit);
    this.words = this.#pool.words;
  }

  /** 0: there is none. */
  get oldest(): number {
    return this.#oldest;
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  /** Makes the key of a fragment's datagram, for `find` and `add`. */
  key(words: Int32Array, at: number): void {
    const key = this.#key;
    for (let word = 0; word < 4; word++) {
      key[word] = words[at + SOURCE + word]!;
      key[4 + word] = words[at + DESTINATION + word]!;
    }
    const flags = words[at + FLAGS]!;
    const protocol = flags & FLAG_IPV6 ? 0x100 : words[at + PROTOCOL_TOS_TTL]! & 0xff;
    key[8] = protocol | (flags & FLAG_INNER ? 0x200 : 0);
    key[9] = words[at + IDENTIFICATION]!;
    key[10] = words[at + INTERFACE]!;
    let hash = 0;
    for (let word = 0; word < KEY_WORDS; word++) {
      hash = Math.imul(hash ^ key[word]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    this.#hash = hash;
  }

  /** The datagram of the key; 0: it is not known. */
  find(): number {
    const { pairs } = this.#index;
    for (let p = this.#index.home(this.#hash); pairs[p] !== 0; p = this.#index.next(p)) {
      if (pairs[p + 1] === this.#hash && this.#isKeyOf(pairs[p]! - 1)) return pairs[p]! - 1;
    }
    return 0;
  }

  /** Adds a datagram of the key as the youngest; 0: the table is full. */
  add(clockS: number): number {
    const datagram = this.#pool.take();
    if (datagram === 0) return 0;
    const base = datagram * DATAGRAM_STRIDE;
    const { words } = this;
    words.set(this.#key, base + KEY);
    words[base + HASH] = this.#hash;
    words[base + BORN_S] = clockS;
    if (this.#youngest === 0) this.#oldest = datagram;
    else words[this.#youngest * DATAGRAM_STRIDE + YOUNGER] = datagram;
    this.#youngest = datagram;
    this.#index.add(this.#hash, datagram);
    return datagram;
  }

  removeOldest(): void {
    const datagram = this.#oldest;
    const base = datagram * DATAGRAM_STRIDE;
    this.#oldest = this.words[base + YOUNGER]!;
    if (this.#oldest === 0) this.#youngest = 0;
    this.#index.remove(this.words[base + HASH]!, datagram);
    this.#pool.give(datagram);
  }

  #isKeyOf(datagram: number): boolean {
    const datagrams = this.words;
    const at = datagram * DATAGRAM_STRIDE + KEY;
    for (let word = 0; word < KEY_WORDS; word++) if (datagrams[at + word] !== this.#key[word]) return false;
    return true;
  }
}
