import { DESTINATION, FLAG_INNER, FLAG_IPV6, FLAGS, PORTS, SOURCE } from "@trafmon/packet";
import { compareWords } from "../classify/address-set.ts";
import { RecordPool } from "../tables/record-pool.ts";
import { SlotIndex } from "../tables/slot-index.ts";
import { StreamEndpoint } from "./stream-endpoint.ts";
import type { Endpoint } from "./stream-protocol.ts";

/** Words of a connection: word 0 is the pool's when free, the hash of the key while it lives; then the key. */
const HASH = 0;
const KEY = 1;
/** Lower address (A), higher address (B), port of A << 16 | port of B, and tap group with KEY_* bits. */
const KEY_WORDS = 10;
const KEY_PORTS = 8;
const KEY_KIND = 9;
/** Neighbours in the list of its stage, the one silent longest first. */
const NEXT = 11;
const PREVIOUS = 12;
const STAGE = 13;
/** Source clock at its last segment. */
const ACTIVE_S = 14;
const STRIDE = 16;

const KEY_IS_V6 = 1 << 16;
const KEY_IS_INNER = 1 << 17;

/** Nothing but its opening was seen. */
export const OPENING = 0;
/** It is read. */
export const OPEN = 1;
/** One side has closed it. */
export const CLOSING = 2;
/** It has ended, and is remembered for what still comes of it. */
export const OVER = 3;
const STAGES = 4;
/** What is given up first when there is no room. */
const GIVEN_UP: readonly number[] = [OPENING, OVER, CLOSING, OPEN];

/** The TCP connections whose bytes are put in order, by tap group, addresses and ports. */
export class StreamTable {
  /** Of the last `key`: whether the packet's sender is endpoint B. */
  senderIsB = false;
  readonly pool: RecordPool;
  readonly #index: SlotIndex;
  readonly #key = new Int32Array(KEY_WORDS);
  #hash = 0;
  readonly #first = new Int32Array(STAGES);
  readonly #last = new Int32Array(STAGES);

  constructor(maxConnections: number) {
    this.pool = new RecordPool(STRIDE, maxConnections);
    this.#index = new SlotIndex(maxConnections);
  }

  get bytes(): number {
    return this.pool.bytes + this.#index.bytes;
  }

  /** Makes the key of a packet; `find` and `add` go by it. */
  key(words: Int32Array, at: number, tapGroup: number): void {
    const ports = words[at + PORTS]!;
    let order = compareWords(words, at + SOURCE, words, at + DESTINATION);
    if (order === 0) order = (ports >>> 16) - (ports & 0xffff);
    this.senderIsB = order > 0;
    const key = this.#key;
    const [near, far] = this.senderIsB ? [DESTINATION, SOURCE] : [SOURCE, DESTINATION];
    for (let word = 0; word < 4; word++) {
      key[word] = words[at + near + word]!;
      key[4 + word] = words[at + far + word]!;
    }
    key[KEY_PORTS] = this.senderIsB ? (ports << 16) | (ports >>> 16) : ports;
    const flags = words[at + FLAGS]!;
    key[KEY_KIND] = tapGroup | (flags & FLAG_IPV6 ? KEY_IS_V6 : 0) | (flags & FLAG_INNER ? KEY_IS_INNER : 0);
    let hash = 0;
    for (let word = 0; word < KEY_WORDS; word++) {
      hash = Math.imul(hash ^ key[word]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    this.#hash = hash;
  }

  /** The connection with the key, 0: none. */
  find(): number {
    const { pairs } = this.#index;
    const { words } = this.pool;
    for (let p = this.#index.home(this.#hash); pairs[p] !== 0; p = this.#index.next(p)) {
      if (pairs[p + 1] !== this.#hash) continue;
      const at = (pairs[p]! - 1) * STRIDE + KEY;
      let word = 0;
      while (word < KEY_WORDS && words[at + word] === this.#key[word]) word++;
      if (word === KEY_WORDS) return pairs[p]! - 1;
    }
    return 0;
  }

  /** A new connection with the key, opening; 0 when the table is full. */
  add(clockS: number): number {
    const slot = this.pool.take();
    if (slot === 0) return 0;
    const base = slot * STRIDE;
    this.pool.words[base + HASH] = this.#hash;
    this.pool.words.set(this.#key, base + KEY);
    this.#index.add(this.#hash, slot);
    this.#append(slot, OPENING, clockS);
    return slot;
  }

  remove(slot: number): void {
    this.#unlink(slot);
    this.#index.remove(this.pool.words[slot * STRIDE + HASH]!, slot);
    this.pool.give(slot);
  }

  stageOf(slot: number): number {
    return this.pool.words[slot * STRIDE + STAGE]!;
  }

  /** Notes that a connection is alive, and at which stage it is. */
  touch(slot: number, stage: number, clockS: number): void {
    this.#unlink(slot);
    this.#append(slot, stage, clockS);
  }

  /** The connection of a stage that is silent longest, if it is so for `idleS` or longer; 0: none. */
  silentLongest(stage: number, clockS: number, idleS: number): number {
    const slot = this.#first[stage]!;
    return slot !== 0 && clockS - (this.pool.words[slot * STRIDE + ACTIVE_S]! >>> 0) >= idleS ? slot : 0;
  }

  /** The connection that can be missed most. The table must not be empty. */
  leastMissed(): number {
    const stage = GIVEN_UP.find((each) => this.#first[each] !== 0)!;
    return this.#first[stage]!;
  }

  tapGroup(slot: number): number {
    return this.pool.words[slot * STRIDE + KEY + KEY_KIND]! & 0xffff;
  }

  isInner(slot: number): boolean {
    return (this.pool.words[slot * STRIDE + KEY + KEY_KIND]! & KEY_IS_INNER) !== 0;
  }

  portOf(slot: number, isB: boolean): number {
    const ports = this.pool.words[slot * STRIDE + KEY + KEY_PORTS]!;
    return isB ? ports & 0xffff : ports >>> 16;
  }

  endpointOf(slot: number, isB: boolean): Endpoint {
    const { words } = this.pool;
    const key = slot * STRIDE + KEY;
    const isV6 = (words[key + KEY_KIND]! & KEY_IS_V6) !== 0;
    return new StreamEndpoint(words, key + (isB ? 4 : 0), isV6, this.portOf(slot, isB));
  }

  #append(slot: number, stage: number, clockS: number): void {
    const { words } = this.pool;
    const base = slot * STRIDE;
    const last = this.#last[stage]!;
    words[base + STAGE] = stage;
    words[base + ACTIVE_S] = clockS;
    words[base + NEXT] = 0;
    words[base + PREVIOUS] = last;
    if (last === 0) this.#first[stage] = slot;
    else words[last * STRIDE + NEXT] = slot;
    this.#last[stage] = slot;
  }

  #unlink(slot: number): void {
    const { words } = this.pool;
    const base = slot * STRIDE;
    const stage = words[base + STAGE]!;
    const next = words[base + NEXT]!;
    const previous = words[base + PREVIOUS]!;
    if (previous === 0) this.#first[stage] = next;
    else words[previous * STRIDE + NEXT] = next;
    if (next === 0) this.#last[stage] = previous;
    else words[next * STRIDE + PREVIOUS] = previous;
  }
}
