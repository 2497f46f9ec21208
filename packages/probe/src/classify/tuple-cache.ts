import { DESTINATION, FLAGS, INTERFACE, LENGTH, SOURCE } from "@trafmon/packet";
import type { MatchRule } from "@trafmon/settings";
import { RecordPool, reserveWords } from "../tables/record-pool.ts";
import type { FlowClass } from "./flow-class.ts";
import { hashOf, isFromB, KIND_V6, kindOf, portsOf } from "./tuple-key.ts";

/**
 * Words of a place. The two endpoints stand in rising order of address and port, so that both directions of a flow share
 * a place, which with a single class is one line of memory:
 *
 *     hash, A, B, ports, kind, interface + 1 | entry of the packets from A | entry of the packets from B
 *
 * Of IPv6, B is the number of a record that holds the rest of both addresses. Places are never given back singly.
 */
const HASH_WORD = 0;
const A_WORD = 1;
const B_WORD = 2;
/** Port of A << 16 | port of B. */
const PORTS_WORD = 3;
const KIND_WORD = 4;
/** Interface + 1; 0: the place is free. */
const INTERFACE_WORD = 5;
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
/** Words of the rest of two IPv6 addresses: A's from its second word on, and all of B's. */
const V6_REST_OF_A = 0;
const V6_REST_OF_B = 3;
const V6_STRIDE = 8;
const FIRST_PLACES = 1024;

/**
 * What exact tuples (addresses, ports, protocol, and ToS, VLAN and interface as far as a class asks) are known to belong
 * to, so that the usual packet needs one lookup. It holds nothing that cannot be found again, and starts empty when full.
 *
 * An open-addressing table with linear probing, at most five eighths full. It doubles in place within the array it has.
 */
export class TupleCache {
  /** Entries, and the places they are in. */
  readonly words: Int32Array;
  /** Grows whenever entries found before may be elsewhere, or gone. */
  moves = 0;
  /** Places taken, each by a tuple, its opposite, or both. */
  taken = 0;
  /** Tuples known. */
  #tuples = 0;
  readonly #maxTuples: number;
  readonly #stride: number;
  /** Words of an entry. */
  readonly #entryWords: number;
  /** What IPv6 addresses have no room for in a place. */
  readonly #v6Rests: RecordPool;
  readonly #mostPlaces: number;
  #places: number;
  readonly #tosMask: number;
  readonly #vlanMask: number;
  /** Of the packets of the last `findAll`; behind them what keeps reads from being left out as useless. */
  readonly #hashes: Int32Array;
  readonly #kinds: Int32Array;
  /** 1: the sender is endpoint B. */
  readonly #swaps: Uint8Array;

  /** `maxTuples`: at which it starts anew. `ahead`: most packets of one `findAll`. */
  constructor(classes: readonly FlowClass[], maxTuples: number, ahead = 1) {
    this.#entryWords = TUPLE_FIRST_MEMBER + 2 * Math.max(1, classes.length);
    const words = KEY_WORDS + 2 * this.#entryWords;
    this.#stride = Math.ceil(words / WORDS_OF_A_LINE) * WORDS_OF_A_LINE;
    this.#maxTuples = maxTuples;
    this.#mostPlaces = FIRST_PLACES;
    while (mostTaken(this.#mostPlaces) < maxTuples) this.#mostPlaces *= 2;
    this.#places = FIRST_PLACES;
    this.words = reserveWords(this.#mostPlaces * this.#stride);
    this.#v6Rests = new RecordPool(V6_STRIDE, maxTuples);
    const asksTos = classes.some(({ settings }) => settings.partition.tos || asksFor("tos", settings.match));
    const asksVlan = classes.some(({ settings }) => settings.partition.vlan || asksFor("vlan", settings.match));
    this.#tosMask = asksTos ? 0xffff : 0xff;
    this.#vlanMask = asksVlan ? 0xfff : 0;
    this.#hashes = new Int32Array(ahead + 1);
    this.#kinds = new Int32Array(ahead);
    this.#swaps = new Uint8Array(ahead);
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return this.#places * this.#stride * 4 + this.#v6Rests.bytes;
  }

  /** Where in `words` the packet's entry begins; -1: there is none, or it is not filled. */
  find(words: Int32Array, at: number): number {
    const isSwapped = isFromB(words, at);
    const kind = kindOf(words, at, this.#tosMask, this.#vlanMask);
    const place = this.#placeOf(hashOf(words, at, kind, isSwapped), kind, isSwapped, words, at);
    if (this.words[place + INTERFACE_WORD] === 0) return -1;
    const entry = this.#entryOf(place, isSwapped);
    return this.words[entry + TUPLE_INFO] === 0 ? -1 : entry;
  }

  /**
   * The same for the packet records from word `from` until `until`, as many as `found` has room for; how many these are.
   * Records with a bit of `notWhole` in their flags find nothing. All places are fetched into the cache before the first
   * is looked at.
   */
  findAll(words: Int32Array, from: number, until: number, found: Int32Array, notWhole: number): number {
    const hashes = this.#hashes;
    const places = this.words;
    const mask = this.#places - 1;
    const stride = this.#stride;
    const limit = hashes.length - 1;
    const kinds = this.#kinds;
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
      touched ^= places[(hash & mask) * stride]!;
    }
    hashes[limit] = touched;
    let at = from;
    for (let index = 0; index < count; index++) {
      found[index] = -1;
      if ((words[at + FLAGS]! & notWhole) === 0) {
        const isSwapped = swaps[index] !== 0;
        const place = this.#placeOf(hashes[index]!, kinds[index]!, isSwapped, words, at);
        const entry = this.#entryOf(place, isSwapped);
        if (places[place + INTERFACE_WORD] !== 0 && places[entry + TUPLE_INFO] !== 0) found[index] = entry;
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
    if (this.taken >= mostTaken(this.#places)) this.#double();
    const isSwapped = isFromB(words, at);
    const kind = kindOf(words, at, this.#tosMask, this.#vlanMask);
    const hash = hashOf(words, at, kind, isSwapped);
    const place = this.#placeOf(hash, kind, isSwapped, words, at);
    if (this.words[place + INTERFACE_WORD] === 0) this.#take(place, hash, kind, isSwapped, words, at);
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
    const place = entry - (entry % this.#stride);
    const opposite = this.#entryOf(place, entry - place === KEY_WORDS);
    this.words[opposite + TUPLE_INFO]! &= ~bits;
  }

  /** Forgets everything. */
  clear(): void {
    this.moves++;
    this.words.fill(0, 0, this.#places * this.#stride);
    this.#v6Rests.empty();
    this.taken = this.#tuples = 0;
  }

  #entryOf(place: number, isFromB: boolean): number {
    return place + KEY_WORDS + (isFromB ? this.#entryWords : 0);
  }

  /** Where the place of a packet begins, or the free one where it would be. */
  #placeOf(hash: number, kind: number, isSwapped: boolean, words: Int32Array, at: number): number {
    const places = this.words;
    const stride = this.#stride;
    const mask = this.#places - 1;
    const a = words[at + (isSwapped ? DESTINATION : SOURCE)]!;
    const b = words[at + (isSwapped ? SOURCE : DESTINATION)]!;
    const isV6 = (kind & KIND_V6) !== 0;
    const ports = portsOf(words, at, kind, isSwapped);
    const watched = words[at + INTERFACE]! + 1;
    for (let number = hash & mask; ; number = (number + 1) & mask) {
      const place = number * stride;
      if (
        places[place + HASH_WORD] === hash &&
        places[place + INTERFACE_WORD] === watched &&
        places[place + A_WORD] === a &&
        places[place + PORTS_WORD] === ports &&
        places[place + KIND_WORD] === kind &&
        (isV6 ? this.#hasRests(places[place + B_WORD]!, isSwapped, words, at) : places[place + B_WORD] === b)
      ) {
        return place;
      }
      if (places[place + INTERFACE_WORD] === 0) return place;
    }
  }

  #take(place: number, hash: number, kind: number, isSwapped: boolean, words: Int32Array, at: number): void {
    const places = this.words;
    places[place + HASH_WORD] = hash;
    places[place + A_WORD] = words[at + (isSwapped ? DESTINATION : SOURCE)]!;
    places[place + B_WORD] = words[at + (isSwapped ? SOURCE : DESTINATION)]!;
    places[place + PORTS_WORD] = portsOf(words, at, kind, isSwapped);
    places[place + KIND_WORD] = kind;
    places[place + INTERFACE_WORD] = words[at + INTERFACE]! + 1;
    this.taken++;
    if ((kind & KIND_V6) === 0) return;
    const slot = this.#v6Rests.take();
    places[place + B_WORD] = slot;
    const rests = this.#v6Rests.words;
    const rest = slot * V6_STRIDE;
    const a = at + (isSwapped ? DESTINATION : SOURCE) + 1;
    const b = at + (isSwapped ? SOURCE : DESTINATION);
    for (let word = 0; word < 3; word++) rests[rest + V6_REST_OF_A + word] = words[a + word]!;
    for (let word = 0; word < 4; word++) rests[rest + V6_REST_OF_B + word] = words[b + word]!;
  }

  #hasRests(slot: number, isSwapped: boolean, words: Int32Array, at: number): boolean {
    const rests = this.#v6Rests.words;
    const rest = slot * V6_STRIDE;
    const a = at + (isSwapped ? DESTINATION : SOURCE) + 1;
    const b = at + (isSwapped ? SOURCE : DESTINATION);
    for (let word = 0; word < 3; word++) if (rests[rest + V6_REST_OF_A + word] !== words[a + word]) return false;
    for (let word = 0; word < 4; word++) if (rests[rest + V6_REST_OF_B + word] !== words[b + word]) return false;
    return true;
  }

  /** Doubles the table. At its largest it has room for all tuples there may be. */
  #double(): void {
    this.moves++;
    const before = this.#places;
    this.#places *= 2;
    let first = 0;
    while (this.words[first * this.#stride + INTERFACE_WORD] !== 0) first++;
    // From a free place on, each run is met at its beginning, so that what is put back finds all before it put back.
    for (let step = 1; step <= before; step++) this.#putBack((first + step) & (before - 1));
  }

  /** Moves a place to where it belongs among the present number of places. */
  #putBack(number: number): void {
    const places = this.words;
    const stride = this.#stride;
    const mask = this.#places - 1;
    const from = number * stride;
    const watched = places[from + INTERFACE_WORD]!;
    if (watched === 0) return;
    places[from + INTERFACE_WORD] = 0;
    let to = places[from + HASH_WORD]! & mask;
    while (places[to * stride + INTERFACE_WORD] !== 0) to = (to + 1) & mask;
    places[from + INTERFACE_WORD] = watched;
    if (to === number) return;
    move(places, from, to * stride, stride);
  }
}

/** Moves a few words, faster than by a call, and leaves zeros. */
function move(words: Int32Array, from: number, to: number, count: number): void {
  for (let word = 0; word < count; word++) {
    words[to + word] = words[from + word]!;
    words[from + word] = 0;
  }
}

function mostTaken(places: number): number {
  return (places / 8) * 5;
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
