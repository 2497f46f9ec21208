import type { ClassState } from "./class-state.ts";
import type { ConsolidatedRecords } from "./consolidated-records.ts";
import { hopBit } from "./one-way-class.ts";
import type { PacketSightings } from "./packet-sightings.ts";
import type { SignatureIndex } from "./signature-index.ts";

const NONE = -1;

/** Counts what became of packets, for every pair of hops. */
export class PacketCounting {
  readonly #records: ConsolidatedRecords;
  readonly #index: SignatureIndex;

  constructor(records: ConsolidatedRecords, index: SignatureIndex) {
    this.#records = records;
    this.#index = index;
  }

  /** A packet of its own: a verdict for each pair of its route. */
  packet(state: ClassState, entry: number, packet: PacketSightings, nowMs: number): void {
    const { sightings } = this.#index;
    const { route, at, first } = packet;
    const bytes = sightings.bytes[at[packet.firstHop]!]!;
    const s = sightings.seconds[first]!;
    route.pairs.forEach((pair, place) => {
      this.#verdict(state, pair, place, place + 1, packet, s, bytes, nowMs);
    });
    if (route.ends !== null) this.#verdict(state, route.ends, 0, route.hops.length - 1, packet, s, bytes, nowMs);
    this.#records.packet(state.class, this.#index, entry, packet, bytes);
    for (let hop = 1; hop < at.length; hop++) {
      // Seen beside the route that it counts for: a copy took another one.
      if (at[hop] !== NONE && !route.hops.includes(hop))
        this.#duplicate(state, at[hop]!, state.class.pairsAt[hop]!, nowMs);
    }
  }

  /** Further sightings of a packet: each counts in the pairs that end at its hop and begin where the copy was not yet. */
  duplicates(state: ClassState, packet: PacketSightings, nowMs: number): void {
    const { route, at } = packet;
    for (let hop = 1; hop < at.length; hop++) {
      if (at[hop] === NONE) continue;
      const place = route.hops.indexOf(hop);
      const isLast = place === route.hops.length - 1;
      const pairs = place < 1 ? state.class.pairsAt[hop]! : [route.pairs[place - 1]!];
      const all = isLast && place > 0 && route.ends !== null ? [...pairs, route.ends] : pairs;
      this.#duplicate(
        state,
        at[hop]!,
        all.filter((pair) => at[state.class.pairs[pair]!.from] === NONE),
        nowMs,
      );
    }
  }

  /** Sightings that came after their packet had settled. */
  late(state: ClassState, packet: PacketSightings, nowMs: number): void {
    for (const sighting of packet.at) if (sighting !== NONE) this.dropped(state, sighting, nowMs);
  }

  dropped(state: ClassState, sighting: number, nowMs: number): void {
    const { hops, seconds, bytes } = this.#index.sightings;
    this.droppedAt(state, hops[sighting]!, seconds[sighting]!, bytes[sighting]!, nowMs);
  }

  droppedAt(state: ClassState, hop: number, s: number, bytes: number, nowMs: number): void {
    for (const pair of state.class.pairsAt[hop]!) {
      const counter = state.counters.of(pair, s, nowMs);
      counter.droppedPackets++;
      counter.droppedBytes += bytes;
    }
  }

  #duplicate(state: ClassState, sighting: number, pairs: readonly number[], nowMs: number): void {
    const { seconds, bytes } = this.#index.sightings;
    for (const pair of pairs) {
      const counter = state.counters.of(pair, seconds[sighting]!, nowMs);
      counter.duplicatePackets++;
      counter.duplicateBytes += bytes[sighting]!;
    }
  }

  /** `earlier`, `later`: places of the pair's hops on the route. */
  #verdict(
    state: ClassState,
    pair: number,
    earlier: number,
    later: number,
    packet: PacketSightings,
    s: number,
    bytes: number,
    nowMs: number,
  ): void {
    const { route, at } = packet;
    const from = at[route.hops[earlier]!]!;
    const to = at[route.hops[later]!]!;
    if (from === NONE && to === NONE) return;
    const counter = state.counters.of(pair, s, nowMs);
    if (from !== NONE && to !== NONE) {
      counter.match(bytes, this.#index.sightings.nsAfter(to, from));
      if (counter.isFull) this.tell(state, pair, s);
      return;
    }
    const verdict =
      from === NONE
        ? this.#whetherMissed(state, route.hops[earlier]!, packet)
        : this.#whyNotLater(state, later, packet);
    if (verdict === "lost") {
      counter.lostPackets++;
      counter.lostBytes += bytes;
    } else if (verdict === "unknown") {
      counter.unknownPackets++;
      counter.unknownBytes += bytes;
    } else if (from === NONE) {
      counter.missedFromPackets++;
      counter.missedFromBytes += bytes;
    } else {
      counter.missedToPackets++;
      counter.missedToBytes += bytes;
    }
  }

  /** Tells one counter before it is due. */
  tell(state: ClassState, pair: number, s: number): void {
    state.counters.takeOne(pair, s, (startS, _, counter) => this.#records.counter(state.class, startS, pair, counter));
  }

  /** Of a packet that the earlier hop of a pair did not see, unless it did and is forgotten. */
  #whetherMissed(state: ClassState, hop: number, { firstMs }: PacketSightings): "missed" | "unknown" {
    const mayBeForgotten = state.spans.touch(firstMs - state.class.settings.timeoutMs, firstMs);
    return state.covers(hop, firstMs) && !mayBeForgotten ? "missed" : "unknown";
  }

  /** Of a packet that the later hop of a pair did not see. Only who looked can say that there was nothing. */
  #whyNotLater(
    state: ClassState,
    later: number,
    { route, seen, firstMs }: PacketSightings,
  ): "lost" | "missed" | "unknown" {
    if (!state.covers(route.hops[later]!, firstMs)) return "unknown";
    const behind = route.hops.slice(later + 1);
    if (behind.some((hop) => (seen & hopBit(hop)) !== 0)) return "missed";
    return behind.every((hop) => state.covers(hop, firstMs)) ? "lost" : "unknown";
  }
}
