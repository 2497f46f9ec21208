import {
  CAPTURED_PAYLOAD,
  FLAG_COPY,
  FLAG_IPV6,
  FLAG_OUTER,
  FLAG_PORTS,
  FLAG_TRANSPORT,
  FLAGS,
  FRAGMENT_BYTES,
  FRAGMENT_OFFSET,
  LENGTH,
  PAYLOAD,
  PORTS,
  PROTOCOL_TOS_TTL,
} from "@trafmon/packet";
import { RecordPool } from "../tables/record-pool.ts";
import {
  BORN_S,
  DATAGRAM_STRIDE,
  DatagramTable,
  FIRST_FLAGS,
  FIRST_PORTS,
  FIRST_PROTOCOL,
  HAS_FIRST,
  IS_DISCARDED,
  MOST_RANGES,
  NEWEST_HELD,
  OLDEST_HELD,
  RANGE_COUNT,
  RANGES,
  YOUNGER,
} from "./datagram-table.ts";

/** How long a datagram's fragments are waited for and its ports remembered: what Linux waits before it gives up. */
export const DATAGRAM_LIFE_S = 30;

/** Words of a held fragment: the pool's or the next held one, a spare one, and the packet record without payload. */
const NEXT_HELD = 0;
const HELD_RECORD = 2;
const HELD_STRIDE = HELD_RECORD + PAYLOAD;

const TCP = 6;
const UDP = 17;

/** Why a later fragment was counted without the ports of its datagram. */
export interface UnresolvedFragments {
  timeout: number;
  /** The table was full. */
  limit: number;
  /** The first fragment had no whole transport header. */
  headless: number;
  /** The analysis ended, or its configuration changed. */
  stop: number;
}

/** Fragments that carry bytes another one has carried, without being its repeat: an attack, or a broken stack. */
export interface FragmentOverlaps {
  ipv4: number;
  ipv6: number;
}

/**
 * Gives later fragments the ports of their datagram's first fragment, so that they count in its flow. A later fragment
 * that comes before the first is held, for a bounded time and within a bounded table; then it counts without ports.
 * RFC 791 tells datagrams apart by addresses, protocol and identification, RFC 8200 without the protocol.
 *
 * Where fragments overlap the first copy of a byte wins (RFC 791 leaves it open): another first fragment tells no ports and
 * no transport header. Of IPv6 the rest of the datagram is discarded (RFC 5722): it counts as packets only.
 */
export class IpFragments {
  readonly unresolved: UnresolvedFragments = { timeout: 0, limit: 0, headless: 0, stop: 0 };
  readonly overlaps: FragmentOverlaps = { ipv4: 0, ipv6: 0 };
  /** Fragments held now. */
  get held(): number {
    return this.#held.taken;
  }
  readonly #datagrams: DatagramTable;
  readonly #held: RecordPool;
  readonly #scratch = new Int32Array(PAYLOAD);
  readonly #count: (words: Int32Array, at: number) => void;

  /** `count` takes a fragment that is not to wait any longer. It keeps nothing of the words. */
  constructor(maxFragments: number, count: (words: Int32Array, at: number) => void) {
    this.#datagrams = new DatagramTable(Math.max(1, maxFragments));
    this.#held = new RecordPool(HELD_STRIDE, Math.max(1, maxFragments));
    this.#count = count;
  }

  /** Second of the source clock since which a fragment may be held; infinite: none is. */
  get heldSinceS(): number {
    if (this.#held.taken === 0) return Number.POSITIVE_INFINITY;
    const datagrams = this.#datagrams.words;
    for (let datagram = this.#datagrams.oldest; datagram !== 0; ) {
      const base = datagram * DATAGRAM_STRIDE;
      if (datagrams[base + OLDEST_HELD] !== 0) return datagrams[base + BORN_S]! >>> 0;
      datagram = datagrams[base + YOUNGER]!;
    }
    return Number.POSITIVE_INFINITY;
  }

  get bytes(): number {
    return this.#datagrams.bytes + this.#held.bytes;
  }

  /** Counts a datagram's first fragment, and then those that waited for it. */
  first(words: Int32Array, at: number, clockS: number): void {
    const base = this.#datagramOf(words, at, clockS) * DATAGRAM_STRIDE;
    const datagrams = this.#datagrams.words;
    const isOverlap = this.#noteRange(words, at, base);
    if (datagrams[base + IS_DISCARDED] !== 0 || isOverlap) {
      this.#countBare(words, at);
    } else {
      datagrams[base + HAS_FIRST] = 1;
      datagrams[base + FIRST_PORTS] = words[at + PORTS]!;
      datagrams[base + FIRST_FLAGS] = words[at + FLAGS]!;
      datagrams[base + FIRST_PROTOCOL] = words[at + PROTOCOL_TOS_TTL]! & 0xff;
      this.#count(words, at);
    }
    this.#countHeld(base);
  }

  /** Counts a later fragment, at once or when its first comes. */
  later(words: Int32Array, at: number, clockS: number): void {
    const base = this.#datagramOf(words, at, clockS) * DATAGRAM_STRIDE;
    const datagrams = this.#datagrams.words;
    this.#noteRange(words, at, base);
    if (datagrams[base + IS_DISCARDED] !== 0) {
      this.#countHeld(base);
      this.#countBare(words, at);
    } else if (!mayHavePorts(words, at)) this.#count(words, at);
    else if (datagrams[base + HAS_FIRST] !== 0) this.#countLater(words, at, base);
    else this.#hold(words, at, base);
  }

  /** Forgets datagrams whose time is over by the source clock. */
  expire(clockS: number): void {
    while (this.#datagrams.oldest !== 0) {
      const born = this.#datagrams.words[this.#datagrams.oldest * DATAGRAM_STRIDE + BORN_S]! >>> 0;
      if (clockS - born <= DATAGRAM_LIFE_S) return;
      this.#forgetOldest("timeout");
    }
  }

  /** Counts all that is held and forgets everything. */
  flush(): void {
    while (this.#datagrams.oldest !== 0) this.#forgetOldest("stop");
  }

  /** Counts what waited for the first fragment. */
  #countHeld(base: number): void {
    for (let held = this.#takeHeld(base); held !== 0; held = this.#takeHeld(base)) {
      const from = held * HELD_STRIDE + HELD_RECORD;
      this.#held.give(held);
      if (this.#datagrams.words[base + IS_DISCARDED] !== 0) this.#countBare(this.#held.words, from);
      else this.#countLater(this.#held.words, from, base);
    }
  }

  /** Counts a fragment as a packet, and nothing that it says of its transport. */
  #countBare(words: Int32Array, at: number): void {
    const scratch = this.#scratch;
    scratch.set(words.subarray(at, at + PAYLOAD));
    scratch[LENGTH] = PAYLOAD;
    scratch[CAPTURED_PAYLOAD] = 0;
    scratch[FLAGS]! &= ~(FLAG_PORTS | FLAG_TRANSPORT);
    scratch[PORTS] = 0;
    this.#count(scratch, 0);
  }

  /**
   * Notes what the fragment carries of its datagram. Returns whether another one has carried some of it, and not the very
   * same: repeats are allowed (RFC 8200 section 4.5), and mirror ports make them.
   */
  #noteRange(words: Int32Array, at: number, base: number): boolean {
    const flags = words[at + FLAGS]!;
    if ((flags & FLAG_COPY) !== 0) return false;
    const datagrams = this.#datagrams.words;
    const from = words[at + FRAGMENT_OFFSET]!;
    const until = Math.min(from + (words[at + FRAGMENT_BYTES]! >>> 0), 0xffff);
    const count = datagrams[base + RANGE_COUNT]!;
    let isOverlap = false;
    for (let place = base + RANGES; place < base + RANGES + count; place++) {
      const before = datagrams[place]! >>> 16;
      const end = datagrams[place]! & 0xffff;
      if (before === from && end === until) {
        // The identification is used again, and another datagram begins.
        if (from === 0) this.#beginAnew(base, until);
        return false;
      }
      if (from < end && before < until) isOverlap = true;
    }
    if (count < MOST_RANGES) {
      datagrams[base + RANGES + count] = (from << 16) | until;
      datagrams[base + RANGE_COUNT] = count + 1;
    }
    if (!isOverlap) return false;
    if (flags & FLAG_IPV6) {
      this.overlaps.ipv6++;
      datagrams[base + IS_DISCARDED] = 1;
    } else this.overlaps.ipv4++;
    return true;
  }

  /** Forgets what fragments of an earlier datagram have carried; `until`: what the first of the new one does. */
  #beginAnew(base: number, until: number): void {
    const datagrams = this.#datagrams.words;
    datagrams[base + IS_DISCARDED] = 0;
    datagrams[base + RANGE_COUNT] = 1;
    datagrams[base + RANGES] = until;
  }

  #hold(words: Int32Array, at: number, base: number): void {
    let held = this.#held.take();
    while (held === 0) {
      const keepsWaiting = this.#datagrams.oldest * DATAGRAM_STRIDE !== base;
      if (!keepsWaiting) {
        this.unresolved.limit++;
        this.#count(words, at);
        return;
      }
      this.#forgetOldest("limit");
      held = this.#held.take();
    }
    const to = held * HELD_STRIDE;
    this.#held.words.set(words.subarray(at, at + PAYLOAD), to + HELD_RECORD);
    this.#held.words[to + HELD_RECORD + LENGTH] = PAYLOAD;
    const datagrams = this.#datagrams.words;
    if (datagrams[base + OLDEST_HELD] === 0) datagrams[base + OLDEST_HELD] = held;
    else this.#held.words[datagrams[base + NEWEST_HELD]! * HELD_STRIDE + NEXT_HELD] = held;
    datagrams[base + NEWEST_HELD] = held;
  }

  /** Takes the oldest fragment a datagram holds; 0: none. */
  #takeHeld(base: number): number {
    const datagrams = this.#datagrams.words;
    const held = datagrams[base + OLDEST_HELD]!;
    if (held === 0) return 0;
    const isLast = datagrams[base + NEWEST_HELD] === held;
    datagrams[base + OLDEST_HELD] = isLast ? 0 : this.#held.words[held * HELD_STRIDE + NEXT_HELD]!;
    return held;
  }

  #countLater(words: Int32Array, at: number, base: number): void {
    const datagrams = this.#datagrams.words;
    const scratch = this.#scratch;
    scratch.set(words.subarray(at, at + PAYLOAD));
    scratch[LENGTH] = PAYLOAD;
    const firstFlags = datagrams[base + FIRST_FLAGS]!;
    // What it carries is the rest of a packet that was found in the first one, and counts there.
    scratch[FLAGS]! |= firstFlags & FLAG_OUTER;
    if (firstFlags & (FLAG_PORTS | FLAG_TRANSPORT)) {
      scratch[FLAGS]! |= FLAG_PORTS;
      scratch[PORTS] = datagrams[base + FIRST_PORTS]!;
    } else if (isTcpOrUdp(datagrams[base + FIRST_PROTOCOL]!)) {
      this.unresolved.headless++;
    }
    scratch[PROTOCOL_TOS_TTL] = (scratch[PROTOCOL_TOS_TTL]! & ~0xff) | datagrams[base + FIRST_PROTOCOL]!;
    this.#count(scratch, 0);
  }

  /** The packet's datagram, made if it is not known. */
  #datagramOf(words: Int32Array, at: number, clockS: number): number {
    const table = this.#datagrams;
    table.key(words, at);
    const known = table.find();
    if (known !== 0) return known;
    const added = table.add(clockS);
    if (added !== 0) return added;
    this.#forgetOldest("limit");
    // What was held has been counted, and counting uses the same key.
    table.key(words, at);
    return table.add(clockS);
  }

  #forgetOldest(reason: "timeout" | "limit" | "stop"): void {
    const base = this.#datagrams.oldest * DATAGRAM_STRIDE;
    for (let held = this.#takeHeld(base); held !== 0; held = this.#takeHeld(base)) {
      this.unresolved[reason]++;
      this.#held.give(held);
      this.#count(this.#held.words, held * HELD_STRIDE + HELD_RECORD);
    }
    this.#datagrams.removeOldest();
  }
}

/** Whether the datagram's first fragment may tell ports. */
function mayHavePorts(words: Int32Array, at: number): boolean {
  const protocol = words[at + PROTOCOL_TOS_TTL]! & 0xff;
  if (isTcpOrUdp(protocol)) return true;
  if ((words[at + FLAGS]! & FLAG_IPV6) === 0) return false;
  // A later IPv6 fragment names the first header of the fragmented part, which may be a further extension header.
  return protocol === 0 || protocol === 43 || protocol === 51 || protocol === 60 || protocol === 135;
}

function isTcpOrUdp(protocol: number): boolean {
  return protocol === TCP || protocol === UDP;
}
