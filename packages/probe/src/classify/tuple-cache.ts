import {
  DESTINATION,
  FLAG_INNER,
  FLAG_IPV6,
  FLAG_OUTER,
  FLAG_PORTS,
  FLAG_TRANSPORT,
  FLAGS,
  INTERFACE,
  PAYLOAD,
  PORTS,
  PROTOCOL_TOS_TTL,
  SOURCE,
  VLAN,
} from "@trafmon/packet";
import type { MatchRule } from "@trafmon/settings";
import { RecordPool } from "../tables/record-pool.ts";
import { SlotIndex } from "../tables/slot-index.ts";
import type { FlowClass } from "./flow-class.ts";

/** Words of an entry, packed so that one of a single class fits a cache line. Entries are never given back singly. */
const SOURCE_WORD = 0;
const DESTINATION_WORD = 1;
const PORTS_WORD = 2;
const KIND_WORD = 3;
/** Interface, and in the upper half TUPLE_ASKS_* bits and the number of members. */
export const TUPLE_INFO = 4;
/** TCP: connection << 1 | 1 when the sender is its endpoint B; 0: not looked up. */
export const TUPLE_CONNECTION = 5;
/** TCP: generation of that connection's slot. */
export const TUPLE_GENERATION = 6;
/** IPv6: the other three words of source and destination. */
const V6_SOURCE_WORD = 7;
const V6_DESTINATION_WORD = 10;
/** Members from here on, two words each: instance << 1 | reverse, and the instance's id. */
export const TUPLE_FIRST_MEMBER = 13;

/** A class it belongs to asks for TCP. */
export const TUPLE_ASKS_TCP = 1 << 30;
/** A class it belongs to asks for a protocol that is read out of the connection's bytes. */
export const TUPLE_ASKS_STREAM = 1 << 29;
/** That protocol has read all it wants of the present connection: only a SYN, which begins another, matters. */
export const TUPLE_STREAM_OVER = 1 << 27;
/** A class it belongs to asks for requests and replies that are packets of their own. */
export const TUPLE_ASKS_REQUESTS = 1 << 28;
const MEMBERS_SHIFT = 16;
const MEMBERS_MASK = 0x3f;
const INTERFACE_MASK = 0xffff;

/** How many classes the tuple of an entry belongs to. */
export function tupleMembers(info: number): number {
  return (info >> MEMBERS_SHIFT) & MEMBERS_MASK;
}

const TCP = 6;
const UDP = 17;

/**
 * What exact tuples (addresses, ports, protocol, and ToS, VLAN and interface as far as a class asks) are known to belong
 * to, so that the usual packet needs one lookup. It holds nothing that cannot be found again, and starts empty when full.
 */
export class TupleCache {
  readonly pool: RecordPool;
  /** Of the last `findOrAdd`: the entry was made. */
  isNew = false;
  /** Grows whenever entries found before are no longer there. */
  clears = 0;
  readonly #index = new SlotIndex();
  /** Of the last `find`. */
  #hash = 0;
  #ports = 0;
  #kind = 0;
  readonly #opposite = new Int32Array(PAYLOAD);
  readonly #told: { readonly tos: number; readonly vlan: number };

  constructor(classes: readonly FlowClass[], maxTuples: number) {
    this.pool = new RecordPool(TUPLE_FIRST_MEMBER + 1 + 2 * Math.max(1, classes.length), maxTuples);
    this.#told = {
      tos: classes.some(({ settings }) => settings.partition.tos || asksFor("tos", settings.match)) ? 0xff00 : 0,
      vlan: classes.some(({ settings }) => settings.partition.vlan || asksFor("vlan", settings.match)) ? 0xfff : 0,
    };
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return this.pool.bytes + this.#index.bytes;
  }

  /** Where in `pool.words` the packet's entry begins; -1: there is none. */
  find(words: Int32Array, at: number): number {
    const flags = words[at + FLAGS]!;
    const protocolAndTos = words[at + PROTOCOL_TOS_TTL]!;
    const protocol = protocolAndTos & 0xff;
    let kind =
      (protocolAndTos & (0xff | this.#told.tos)) |
      ((words[at + VLAN]! & this.#told.vlan) << 16) |
      (flags & FLAG_IPV6 ? 1 << 28 : 0) |
      (flags & FLAG_INNER ? 1 << 29 : 0) |
      (flags & FLAG_OUTER ? 1 << 30 : 0);
    let ports = 0;
    if ((protocol === TCP || protocol === UDP) && (flags & (FLAG_TRANSPORT | FLAG_PORTS)) !== 0) {
      kind |= 1 << 31;
      ports = words[at + PORTS]!;
    }
    const near = words[at + SOURCE]!;
    const far = words[at + DESTINATION]!;
    const watched = words[at + INTERFACE]!;
    let hash = Math.imul(near ^ Math.imul(ports, 0x85ebca6b), 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ far, 0xc2b2ae35);
    hash = Math.imul(hash ^ (hash >>> 13) ^ kind ^ (watched << 8), 0x27d4eb2f);
    if (flags & FLAG_IPV6) hash = mixV6(hash, words, at);
    hash ^= hash >>> 15;

    const { pairs } = this.#index;
    const { words: entries, stride } = this.pool;
    for (let p = this.#index.home(hash); pairs[p] !== 0; p = this.#index.next(p)) {
      if (pairs[p + 1] !== hash) continue;
      const base = (pairs[p]! - 1) * stride;
      if (
        entries[base + SOURCE_WORD] === near &&
        entries[base + DESTINATION_WORD] === far &&
        entries[base + PORTS_WORD] === ports &&
        entries[base + KIND_WORD] === kind &&
        (entries[base + TUPLE_INFO]! & INTERFACE_MASK) === watched &&
        ((flags & FLAG_IPV6) === 0 || sameV6(entries, base, words, at))
      ) {
        return base;
      }
    }
    this.#hash = hash;
    this.#ports = ports;
    this.#kind = kind;
    return -1;
  }

  /** Where the packet's entry begins, made if there is none; then it is to be filled, and `isNew` is set. */
  findOrAdd(words: Int32Array, at: number): number {
    const entry = this.find(words, at);
    this.isNew = entry < 0;
    return entry < 0 ? this.#add(this.#hash, words, at, this.#ports, this.#kind) : entry;
  }

  /** Notes in a new entry how many members were put into it, and what they ask for: TUPLE_ASKS_* bits. */
  setMembers(entry: number, members: number, asks: number): void {
    const { words } = this.pool;
    const kept = words[entry + TUPLE_INFO]! & INTERFACE_MASK;
    words[entry + TUPLE_INFO] = kept | (members << MEMBERS_SHIFT) | asks;
  }

  /** Whether two packets between the same ends on the same interface always have the same entry. */
  get tellsEndsAlone(): boolean {
    return this.#told.tos === 0 && this.#told.vlan === 0;
  }

  /** Takes TUPLE_* bits out of the entry of what goes the opposite way, if there is one. */
  clearOpposite(words: Int32Array, at: number, bits: number): void {
    const opposite = this.#opposite;
    opposite.set(words.subarray(at, at + PAYLOAD));
    for (let word = 0; word < 4; word++) {
      opposite[SOURCE + word] = words[at + DESTINATION + word]!;
      opposite[DESTINATION + word] = words[at + SOURCE + word]!;
    }
    opposite[PORTS] = (words[at + PORTS]! << 16) | (words[at + PORTS]! >>> 16);
    const entry = this.find(opposite, 0);
    if (entry >= 0) this.pool.words[entry + TUPLE_INFO]! &= ~bits;
  }

  /** Forgets everything. */
  clear(): void {
    this.clears++;
    this.#index.clear();
    this.pool.empty();
  }

  #add(hash: number, words: Int32Array, at: number, ports: number, kind: number): number {
    let slot = this.pool.take();
    if (slot === 0) {
      this.clear();
      slot = this.pool.take();
    }
    this.#index.add(hash, slot);
    const base = slot * this.pool.stride;
    const entries = this.pool.words;
    entries[base + SOURCE_WORD] = words[at + SOURCE]!;
    entries[base + DESTINATION_WORD] = words[at + DESTINATION]!;
    for (let word = 0; word < 3; word++) {
      entries[base + V6_SOURCE_WORD + word] = words[at + SOURCE + 1 + word]!;
      entries[base + V6_DESTINATION_WORD + word] = words[at + DESTINATION + 1 + word]!;
    }
    entries[base + PORTS_WORD] = ports;
    entries[base + KIND_WORD] = kind;
    entries[base + TUPLE_INFO] = words[at + INTERFACE]! & INTERFACE_MASK;
    return base;
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

function mixV6(hash: number, words: Int32Array, at: number): number {
  for (let word = 1; word < 4; word++) {
    hash = Math.imul(hash ^ (hash >>> 14) ^ words[at + SOURCE + word]!, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 16) ^ words[at + DESTINATION + word]!, 0x85ebca6b);
  }
  return hash;
}

function sameV6(entries: Int32Array, base: number, words: Int32Array, at: number): boolean {
  for (let word = 0; word < 3; word++) {
    if (entries[base + V6_SOURCE_WORD + word] !== words[at + SOURCE + 1 + word]) return false;
    if (entries[base + V6_DESTINATION_WORD + word] !== words[at + DESTINATION + 1 + word]) return false;
  }
  return true;
}
