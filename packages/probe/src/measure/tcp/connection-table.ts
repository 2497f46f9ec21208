import { DESTINATION, FLAG_INNER, FLAG_IPV6, FLAGS, PORTS, SOURCE, TUNNEL } from "@trafmon/packet";
import { compareWords } from "../../classify/address-set.ts";
import { RecordPool } from "../../tables/record-pool.ts";
import { SlotIndex } from "../../tables/slot-index.ts";
import {
  ACTIVE_S,
  ADDRESS_A,
  ADDRESS_B,
  CONNECTION_CARRIES,
  CONNECTION_ENDED,
  CONNECTION_FLAGS,
  CONNECTION_ID,
  CONNECTION_WORDS,
  GENERATION,
  HASH,
  KEY_IS_INNER,
  KEY_IS_V6,
  KEY_KIND,
  KEY_TUNNEL_SHIFT,
} from "./connection-record.ts";

/** More than an instant in seconds can be. */
const ALL_SECONDS = 2 ** 32;
/** Tunnels told apart: what fits into the key. Those beyond share a place. */
const MOST_TUNNELS = 1 << 14;

/** Connections looked at to find one to evict. */
const EVICTION_SAMPLE = 16;

/** The table of TCP connections, keyed by tap group, addresses and ports. */
export class ConnectionTable {
  readonly pool: RecordPool;
  /** Of the last `key`: whether the packet's sender is endpoint B. */
  senderIsB = false;
  readonly #index: SlotIndex;
  readonly #key = new Int32Array(10);
  /** Tunnels that connections were seen in, 0 being none of them. */
  readonly #tunnels: number[] = [0];
  readonly #placeOfTunnel = new Map<number, number>([[0, 0]]);
  #hash = 0;
  #generation = 0;
  #nextId: number;
  #hand = 0;

  /** `firstId`: id of the next connection. */
  constructor(maxConnections: number, firstId: number) {
    this.pool = new RecordPool(CONNECTION_WORDS, maxConnections);
    this.#index = new SlotIndex(maxConnections);
    this.#nextId = firstId;
  }

  get nextId(): number {
    return this.#nextId;
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
    key[8] = this.senderIsB ? (ports << 16) | (ports >>> 16) : ports;
    const flags = words[at + FLAGS]!;
    key[9] =
      tapGroup | (flags & FLAG_IPV6 ? KEY_IS_V6 : 0) | (flags & FLAG_INNER ? this.#innerKey(words[at + TUNNEL]!) : 0);
    let hash = 0;
    for (let word = 0; word < 10; word++) {
      hash = Math.imul(hash ^ key[word]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    this.#hash = hash;
  }

  /** Whether the connection is of the packet's tunnel, or the packet in none: addresses and ports alone do not tell. */
  isOfTunnel(slot: number, words: Int32Array, at: number): boolean {
    if ((words[at + FLAGS]! & FLAG_INNER) === 0) return true;
    return this.tunnelOf(slot * this.pool.stride) === words[at + TUNNEL]! >>> 0;
  }

  /** Number of the tunnel of an inner connection; 0: it has none, or the table had no place for it. */
  tunnelOf(base: number): number {
    return this.#tunnels[this.pool.words[base + KEY_KIND]! >>> KEY_TUNNEL_SHIFT] ?? 0;
  }

  #innerKey(tunnel: number): number {
    const number = tunnel >>> 0;
    let place = this.#placeOfTunnel.get(number);
    if (place === undefined) {
      place = this.#tunnels.length < MOST_TUNNELS ? this.#tunnels.push(number) - 1 : 0;
      if (place > 0) this.#placeOfTunnel.set(number, place);
    }
    return KEY_IS_INNER | (place << KEY_TUNNEL_SHIFT);
  }

  /** The connection with the key, 0: none. */
  find(): number {
    const { pairs } = this.#index;
    const { words, stride } = this.pool;
    for (let p = this.#index.home(this.#hash); pairs[p] !== 0; p = this.#index.next(p)) {
      if (pairs[p + 1] !== this.#hash) continue;
      const at = (pairs[p]! - 1) * stride + ADDRESS_A;
      let word = 0;
      while (word < 10 && words[at + word] === this.#key[word]) word++;
      if (word === 10) return pairs[p]! - 1;
    }
    return 0;
  }

  /** A new connection with the key, with a number of its own; 0 when the table is full. */
  add(): number {
    const slot = this.pool.take();
    if (slot === 0) return 0;
    const base = slot * this.pool.stride;
    const { words } = this.pool;
    words.set(this.#key, base + ADDRESS_A);
    words[base + HASH] = this.#hash;
    this.#generation = (this.#generation + 1) | 0 || 1;
    words[base + GENERATION] = this.#generation;
    this.pool.numbers[(base + CONNECTION_ID) / 2] = this.#nextId++;
    this.#index.add(this.#hash, slot);
    return slot;
  }

  /** Takes over a connection of another table, whose record begins at word `from`; 0 when this one is full. */
  adopt(other: ConnectionTable, from: number): number {
    const slot = this.pool.take();
    if (slot === 0) return 0;
    const record = other.pool.words.subarray(from, from + CONNECTION_WORDS);
    this.pool.words.set(record, slot * this.pool.stride);
    this.#generation = other.#generation;
    this.#index.add(record[HASH]!, slot);
    return slot;
  }

  /** Gives a connection a new number: another one begins in its place. */
  renumber(slot: number): void {
    this.pool.numbers[(slot * this.pool.stride + CONNECTION_ID) / 2] = this.#nextId++;
  }

  remove(slot: number): void {
    const base = slot * this.pool.stride;
    this.#index.remove(this.pool.words[base + HASH]!, slot);
    this.pool.words[base + GENERATION] = 0;
    this.pool.give(slot);
  }

  isLive(slot: number): boolean {
    return this.pool.words[slot * this.pool.stride + GENERATION] !== 0;
  }

  /**
   * The connection that can be missed most among a few that follow the last one given: one whose record is written
   * already, else the oldest opening that was never completed, so that a flood of SYNs pushes out itself rather than
   * connections that carry something; else the one silent longest. The table must be full.
   */
  leastMissed(): number {
    const { words, stride } = this.pool;
    let best = 0;
    let bestRankS = Number.POSITIVE_INFINITY;
    for (let step = 0; step < EVICTION_SAMPLE; step++) {
      this.#hand = (this.#hand % (this.pool.end - 1)) + 1;
      const base = this.#hand * stride;
      const flags = words[base + CONNECTION_FLAGS]!;
      let rankS = words[base + ACTIVE_S]! >>> 0;
      if (flags & CONNECTION_ENDED) rankS -= 2 * ALL_SECONDS;
      else if ((flags & CONNECTION_CARRIES) === 0) rankS -= ALL_SECONDS;
      if (rankS < bestRankS) {
        best = this.#hand;
        bestRankS = rankS;
      }
    }
    return best;
  }
}

/** Word where endpoint A's or B's address begins in a connection's record. */
export function addressWord(isB: boolean): number {
  return isB ? ADDRESS_B : ADDRESS_A;
}

/** Port of endpoint A or B by the pair. */
export function portOf(pair: number, isB: boolean): number {
  return isB ? pair & 0xffff : pair >>> 16;
}
