import { DESTINATION, FLAGS, INTERFACE, LENGTH, SOURCE } from "@trafmon/packet";
import type { MatchRule } from "@trafmon/settings";
import { RecordPool } from "../tables/record-pool.ts";
import { SlotIndex } from "../tables/slot-index.ts";
import { AddressRests } from "./address-rests.ts";
import type { FlowClass } from "./flow-class.ts";
import { hashOf, isFromB, KIND_V6, kindOf, portsOf } from "./tuple-key.ts";

/**
 * Words of a place. The two endpoints stand in rising order of address and port, so that both directions of a flow share
 * a place, which with a single class is one line of memory:
 *
 *     A, B, ports, kind, interface, none | entry of the packets from A | entry of the packets from B
 *
 * Of IPv6, B is the number of a record that holds the rest of both addresses. Places are never given back singly.
 */
const A_WORD = 0;
const B_WORD = 1;
/** Port of A << 16 | port of B. */
const PORTS_WORD = 2;
const KIND_WORD = 3;
const INTERFACE_WORD = 4;
/** One more than there are, so that with a single class a place is a line. */
const KEY_WORDS = 6;

/** Words of an entry. Here TUPLE_KNOWN, TUPLE_ASKS_* bits and the number of members; 0: it is to be filled. */
export const TUPLE_INFO = 0;
/** TCP: connection << 1 | 1 when the sender is its endpoint B; 0: not looked up. */
export const TUPLE_CONNECTION = 1;
/** TCP: generation of that connection's slot. */
export const TUPLE_GENERATION = 2;
/** Members from here on, two words each: instance << 1 | reverse, and the instance's id. */
export const TUPLE_FIRST_MEMBER = 3;

const TUPLE_KNOWN = 1 << 31;
/** A class it belongs to asks for TCP. */
export const TUPLE_ASKS_TCP = 1 << 30;
/** A class it belongs to asks for a protocol that is read out of the connection's bytes. */
export const TUPLE_ASKS_STREAM = 1 << 29;
/** That protocol has read all it wants of the present connection: only a SYN, which begins another, matters. */
export const TUPLE_STREAM_OVER = 1 << 27;
/** A class it belongs to asks for requests and replies that are packets of their own. */
export const TUPLE_ASKS_REQUESTS = 1 << 28;
const MEMBERS_MASK = 0x3f;

/** How many classes the tuple of an entry belongs to. */
export function tupleMembers(info: number): number {
  return info & MEMBERS_MASK;
}

/** Words of a cache line, 64 bytes. */
const WORDS_OF_A_LINE = 16;
/**
 * What exact tuples (addresses, ports, protocol, and ToS, VLAN and interface as far as a class asks) are known to belong
 * to, so that the usual packet needs one lookup. It holds nothing that cannot be found again, and starts empty when full.
 */
export class TupleCache {
  /** Entries, and the places they are in. */
  readonly words: Int32Array;
  /** Grows whenever entries found before are gone. */
  moves = 0;
  /** Tuples known. */
  #tuples = 0;
  readonly #maxTuples: number;
  readonly #places: RecordPool;
  /** From hashes to places. */
  readonly #index: SlotIndex;
  readonly #stride: number;
  /** Words of an entry. */
  readonly #entryWords: number;
  /** What IPv6 addresses have no room for in a place. */
  readonly #v6Rests: AddressRests;
  readonly #tosMask: number;
  readonly #vlanMask: number;
  /** Of the packets of the last `findAll`; behind them what keeps reads from being left out as useless. */
  readonly #hashes: Int32Array;
  readonly #kinds: Int32Array;
  /** The first place under each hash, 0: none. */
  readonly #candidates: Int32Array;
  /** 1: the sender is endpoint B. */
  readonly #swaps: Uint8Array;

  /** `maxTuples`: at which it starts anew. `ahead`: most packets of one `findAll`. */
  constructor(classes: readonly FlowClass[], maxTuples: number, ahead = 1) {
    this.#entryWords = TUPLE_FIRST_MEMBER + 2 * Math.max(1, classes.length);
    const words = KEY_WORDS + 2 * this.#entryWords;
    this.#stride = Math.ceil(words / WORDS_OF_A_LINE) * WORDS_OF_A_LINE;
    this.#maxTuples = maxTuples;
    this.#places = new RecordPool(this.#stride, maxTuples);
    this.words = this.#places.words;
    this.#index = new SlotIndex(maxTuples);
    this.#v6Rests = new AddressRests(maxTuples);
    const asksTos = classes.some(({ settings }) => settings.partition.tos || asksFor("tos", settings.match));
    const asksVlan = classes.some(({ settings }) => settings.partition.vlan || asksFor("vlan", settings.match));
    this.#tosMask = asksTos ? 0xffff : 0xff;
    this.#vlanMask = asksVlan ? 0xfff : 0;
    this.#hashes = new Int32Array(ahead + 1);
    this.#kinds = new Int32Array(ahead);
    this.#candidates = new Int32Array(ahead);
    this.#swaps = new Uint8Array(ahead);
  }

  /** Places taken, each by a tuple, its opposite, or both. */
  get taken(): number {
    return this.#places.taken;
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return this.#places.bytes + this.#index.bytes + this.#v6Rests.bytes;
  }

  /** Where in `words` the packet's entry begins; -1: there is none, or it is not filled. */
  find(words: Int32Array, at: number): number {
    const isSwapped = isFromB(words, at);
    const kind = kindOf(words, at, this.#tosMask, this.#vlanMask);
    const place = this.#placeOf(hashOf(words, at, kind, isSwapped), kind, isSwapped, words, at);
    if (place === 0) return -1;
    const entry = this.#entryOf(place, isSwapped);
    return this.words[entry + TUPLE_INFO] === 0 ? -1 : entry;
  }

  /**
   * The same for the packet records from word `from` until `until`, as many as `found` has room for; how many these are.
   * Records with a bit of `notWhole` in their flags find nothing. What is looked at is fetched into the cache for all of
   * them, step by step, before the first is looked at.
   */
  findAll(words: Int32Array, from: number, until: number, found: Int32Array, notWhole: number): number {
    const hashes = this.#hashes;
    const index = this.#index;
    const { pairs } = index;
    const places = this.words;
    const stride = this.#stride;
    const limit = hashes.length - 1;
    const kinds = this.#kinds;
    const candidates = this.#candidates;
    const swaps = this.#swaps;
    let touched = 0;
    let count = 0;
    for (let at = from; at < until && count < limit; at += words[at + LENGTH]!) {
      const kind = kindOf(words, at, this.#tosMask, this.#vlanMask);
      const isSwapped = isFromB(words, at);
      const hash = hashOf(words, at, kind, isSwapped);
      kinds[count] = kind;
      swaps[count] = isSwapped ? 1 : 0;
      hashes[count++] = hash;
      touched ^= pairs[index.home(hash)]!;
    }
    for (let number = 0; number < count; number++) {
      const hash = hashes[number]!;
      let p = index.home(hash);
      while (pairs[p] !== 0 && pairs[p + 1] !== hash) p = index.next(p);
      const candidate = pairs[p] === 0 ? 0 : (pairs[p]! - 1) * stride;
      candidates[number] = candidate;
      touched ^= places[candidate]!;
    }
    hashes[limit] = touched;
    let at = from;
    for (let number = 0; number < count; number++) {
      found[number] = -1;
      if (candidates[number] !== 0 && (words[at + FLAGS]! & notWhole) === 0) {
        const isSwapped = swaps[number] !== 0;
        const kind = kinds[number]!;
        let place = candidates[number]!;
        // Seldom two tuples have the same hash.
        if (!this.#isAt(place, kind, isSwapped, words, at)) {
          place = this.#placeOf(hashes[number]!, kind, isSwapped, words, at);
        }
        const entry = this.#entryOf(place, isSwapped);
        if (place !== 0 && places[entry + TUPLE_INFO] !== 0) found[number] = entry;
      }
      at += words[at + LENGTH]!;
    }
    return count;
  }

  /** Where the packet's entry begins, made if there is none; one that is not `isKnown` is to be filled. */
  findOrAdd(words: Int32Array, at: number): number {
    const known = this.find(words, at);
    if (known >= 0) return known;
    if (this.#tuples === this.#maxTuples) this.clear();
    this.#tuples++;
    const isSwapped = isFromB(words, at);
    const kind = kindOf(words, at, this.#tosMask, this.#vlanMask);
    const hash = hashOf(words, at, kind, isSwapped);
    const place = this.#placeOf(hash, kind, isSwapped, words, at) || this.#take(hash, kind, isSwapped, words, at);
    return this.#entryOf(place, isSwapped);
  }

  /** Whether an entry is filled. */
  isKnown(entry: number): boolean {
    return this.words[entry + TUPLE_INFO] !== 0;
  }

  /** Notes in an entry how many members were put into it, and what they ask for: TUPLE_ASKS_* bits. */
  setMembers(entry: number, members: number, asks: number): void {
    this.words[entry + TUPLE_INFO] = TUPLE_KNOWN | members | asks;
  }

  /** Whether two packets between the same ends on the same interface always have the same entry. */
  get tellsEndsAlone(): boolean {
    return this.#tosMask === 0xff && this.#vlanMask === 0;
  }

  /** Takes TUPLE_* bits out of the entry of what goes the opposite way. */
  clearOpposite(entry: number, bits: number): void {
    this.words[this.#oppositeOf(entry) + TUPLE_INFO]! &= ~bits;
  }

  /** Adds TUPLE_* bits to the entry of what goes the opposite way, if it is filled. */
  addOpposite(entry: number, bits: number): void {
    const opposite = this.#oppositeOf(entry);
    if (this.isKnown(opposite)) this.words[opposite + TUPLE_INFO]! |= bits;
  }

  /** Forgets everything. */
  clear(): void {
    this.moves++;
    this.#places.empty();
    this.#index.clear();
    this.#v6Rests.empty();
    this.#tuples = 0;
  }

  #oppositeOf(entry: number): number {
    const place = entry - (entry % this.#stride);
    return this.#entryOf(place, entry - place === KEY_WORDS);
  }

  #entryOf(place: number, isFromB: boolean): number {
    return place + KEY_WORDS + (isFromB ? this.#entryWords : 0);
  }

  /** Where the place of a packet begins; 0: it has none. */
  #placeOf(hash: number, kind: number, isSwapped: boolean, words: Int32Array, at: number): number {
    const index = this.#index;
    const { pairs } = index;
    for (let p = index.home(hash); pairs[p] !== 0; p = index.next(p)) {
      if (pairs[p + 1] !== hash) continue;
      const place = (pairs[p]! - 1) * this.#stride;
      if (this.#isAt(place, kind, isSwapped, words, at)) return place;
    }
    return 0;
  }

  /** Whether the place that begins there is the packet's. */
  #isAt(place: number, kind: number, isSwapped: boolean, words: Int32Array, at: number): boolean {
    const places = this.words;
    const a = at + (isSwapped ? DESTINATION : SOURCE);
    const b = at + (isSwapped ? SOURCE : DESTINATION);
    return (
      places[place + INTERFACE_WORD] === words[at + INTERFACE] &&
      places[place + KIND_WORD] === kind &&
      places[place + PORTS_WORD] === portsOf(words, at, kind, isSwapped) &&
      places[place + A_WORD] === words[a] &&
      ((kind & KIND_V6) === 0
        ? places[place + B_WORD] === words[b]
        : this.#v6Rests.has(places[place + B_WORD]!, words, a, b))
    );
  }

  #take(hash: number, kind: number, isSwapped: boolean, words: Int32Array, at: number): number {
    const places = this.words;
    const slot = this.#places.take();
    this.#index.add(hash, slot);
    const place = slot * this.#stride;
    const a = at + (isSwapped ? DESTINATION : SOURCE);
    const b = at + (isSwapped ? SOURCE : DESTINATION);
    places[place + A_WORD] = words[a]!;
    places[place + B_WORD] = (kind & KIND_V6) === 0 ? words[b]! : this.#v6Rests.take(words, a, b);
    places[place + PORTS_WORD] = portsOf(words, at, kind, isSwapped);
    places[place + KIND_WORD] = kind;
    places[place + INTERFACE_WORD] = words[at + INTERFACE]!;
    return place;
  }
}

function asksFor(field: "tos" | "vlan", rule: MatchRule): boolean {
  switch (rule.kind) {
    case "and":
    case "or":
      return rule.rules.some((each) => asksFor(field, each));
    case "not":
      return asksFor(field, rule.rule);
    default:
      return rule.kind === field;
  }
}
