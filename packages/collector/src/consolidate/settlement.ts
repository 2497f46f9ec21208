import type { Counters } from "@trafmon/runtime";
import type { ClassState } from "./class-state.ts";
import { ConsolidatedRecords, type RecordOutlet } from "./consolidated-records.ts";
import { PacketCounting } from "./packet-counting.ts";
import { PacketSightings } from "./packet-sightings.ts";
import type { PairCounter } from "./pair-counter.ts";
import { instantMs } from "./sightings.ts";
import { SignatureIndex } from "./signature-index.ts";

const NONE = -1;

/** Where things are counted. */
export type Counting = Pick<Counters, "counter" | "byReason">;

/** The packets that wait, until each is settled: all hops have said what they saw of it, or are waited for no longer. */
export class Settlement {
  readonly index = new SignatureIndex();
  /** By number of the class in the index. */
  readonly states: ClassState[] = [];
  /** Running time: of all lives together, milliseconds. */
  nowMs = 0;
  /** Packets settled for want of room since this was told. */
  evicted = 0;
  /** Sightings that may wait, and signatures that are remembered, at most. */
  maxSightings: number;
  readonly #outlet: RecordOutlet;
  readonly #counters: Counting;
  readonly #records: ConsolidatedRecords;
  readonly #counting: PacketCounting;
  readonly #packet = new PacketSightings();

  constructor(maxSightings: number, outlet: RecordOutlet, counters: Counting) {
    this.maxSightings = maxSightings;
    this.#outlet = outlet;
    this.#counters = counters;
    this.#records = new ConsolidatedRecords(outlet);
    this.#counting = new PacketCounting(this.#records, this.index);
  }

  addState(state: ClassState): ClassState {
    this.states.push(state);
    this.index.addClass();
    return state;
  }

  /** A sighting. */
  take(state: ClassState, hop: number, high: number, low: number, s: number, nanos: number, bytes: number): void {
    const { index } = this;
    const atMs = instantMs(s, nanos);
    let entry = index.find(state.no, high, low);
    const isWaiting = entry !== NONE && index.lanes[entry] !== NONE;
    if (this.#isTooLate(state, atMs, isWaiting)) return this.#drop(state, hop, s, bytes);
    this.#makeRoom(1);
    // The room may have been the entry's own: then its packet has settled just before.
    entry = index.find(state.no, high, low);
    if (isWaiting && entry === NONE) return this.#drop(state, hop, s, bytes);
    if (entry === NONE) entry = index.add(state.no, high, low, this.nowMs);
    const wasFirst = index.lanes[entry] === NONE ? Number.POSITIVE_INFINITY : index.firstMs[entry]!;
    index.lanes[entry] = index.sightings.put(index.lanes[entry]!, index.sightings.make(hop, s, nanos, bytes));
    if (wasFirst === Number.POSITIVE_INFINITY) index.queue(entry, this.nowMs);
    if (atMs < wasFirst) this.#await(state, entry, atMs);
  }

  #drop(state: ClassState, hop: number, s: number, bytes: number): void {
    this.#counting.droppedAt(state, hop, s, bytes, this.nowMs);
    this.#counters.counter("sightings_dropped").add();
  }

  /** Puts an entry that was restored where the wheel will find it. */
  rewind(state: ClassState, entry: number): void {
    const { index } = this;
    const { timeoutMs } = state.class.settings;
    let firstMs = Number.POSITIVE_INFINITY;
    for (let lane = index.lanes[entry]!; lane !== NONE; lane = index.sightings.nextLane(lane)) {
      firstMs = Math.min(firstMs, index.sightings.ms(lane));
    }
    if (firstMs < Number.POSITIVE_INFINITY) this.#await(state, entry, firstMs);
    else index.wind(entry, instantMs(index.last.seconds[entry]!, index.last.nanos[entry]!) + 3 * timeoutMs, timeoutMs);
  }

  /** A packet of that time has settled, as far as it ever will. */
  #isTooLate(state: ClassState, atMs: number, isWaiting: boolean): boolean {
    if (atMs + state.class.settings.timeoutMs < state.frontierMs && state.isComplete(atMs)) return true;
    return !isWaiting && state.spans.includes(atMs);
  }

  /** Notes since when the entry's packet was seen; the wheel brings it up when it is due. */
  #await(state: ClassState, entry: number, firstMs: number): void {
    const { timeoutMs } = state.class.settings;
    this.index.firstMs[entry] = firstMs;
    const dueMs = firstMs + timeoutMs;
    if (dueMs < state.frontierMs) this.index.unwind(entry);
    else this.index.wind(entry, dueMs, timeoutMs);
  }

  /** Settles what has become due since the frontier was last looked at. */
  advance(state: ClassState): void {
    const { index } = this;
    const { timeoutMs } = state.class.settings;
    const fromMs = state.frontierMs;
    const untilMs = state.completeMs();
    if (untilMs <= fromMs) return;
    state.frontierMs = untilMs;
    const found: number[] = [];
    index.inSlots(state.no, fromMs, untilMs, timeoutMs, found);
    for (const entry of found) {
      if (index.lanes[entry] === NONE) this.#forgetWhenOver(state, entry);
      else if (index.firstMs[entry]! + timeoutMs < untilMs) this.#settle(state, entry, null);
    }
    this.tellCounters(state, untilMs - timeoutMs, Number.NEGATIVE_INFINITY);
  }

  /** Settles all that is complete, in whatever order it came. */
  settleComplete(state: ClassState): void {
    const { index } = this;
    // Of what waits nearly all is younger.
    const untilMs = state.completeUntilMs;
    for (let entry = index.oldest(state.no); entry !== NONE; ) {
      const next = index.younger(entry);
      if (index.lanes[entry] !== NONE && index.firstMs[entry]! <= untilMs) this.#settle(state, entry, null);
      entry = next;
    }
    if (index.sightings.count === 0) this.tellCounters(state, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  /** Settles what has waited too long for a probe. */
  settleSilent(state: ClassState): void {
    const { index } = this;
    const sinceMs = this.nowMs - state.class.settings.silentLimitMs;
    for (let entry = index.oldest(state.no); entry !== NONE && index.arrivedMs[entry]! <= sinceMs; ) {
      const next = index.younger(entry);
      if (index.lanes[entry] === NONE) index.remove(entry);
      else {
        for (const probe of state.incompleteAt(index.firstMs[entry]!)) state.silentProbes.add(probe);
        state.silentPackets++;
        this.#settle(state, entry, "silence");
      }
      entry = next;
    }
  }

  /** Goes over to another bound. */
  bound(maxSightings: number): void {
    this.maxSightings = maxSightings;
    this.#makeRoom(0);
  }

  /** Makes room: settles the packets that have waited longest. What only remembers a packet is forgotten on the way. */
  #makeRoom(room: number): void {
    const { index } = this;
    while (Math.max(index.sightings.count, index.count) + room > this.maxSightings) {
      const entry = this.#oldest();
      if (index.lanes[entry] === NONE) index.remove(entry);
      else {
        this.#settle(this.states[index.classes[entry]!]!, entry, "room");
        this.#counters.counter("packets_evicted").add();
        this.evicted++;
      }
    }
  }

  #oldest(): number {
    const { index } = this;
    let oldest = NONE;
    for (const { no } of this.states) {
      const entry = index.oldest(no);
      if (entry !== NONE && (oldest === NONE || index.arrivedMs[entry]! < index.arrivedMs[oldest]!)) oldest = entry;
    }
    return oldest;
  }

  /** Settles the packets of an entry that are complete; `forced`: all of them, as they stand. */
  #settle(state: ClassState, entry: number, forced: "silence" | "room" | null): void {
    const { index } = this;
    const packet = this.#packet;
    while (index.lanes[entry] !== NONE) {
      packet.gather(index, entry, state.class);
      if (forced === null && !state.isComplete(packet.firstMs)) return this.#await(state, entry, packet.firstMs);
      if (forced !== null) state.spans.note(packet.firstMs);
      this.#count(state, entry);
      for (const sighting of packet.at) {
        if (sighting !== NONE) index.lanes[entry] = index.sightings.takeHead(index.lanes[entry]!, sighting);
      }
    }
    index.unwind(entry);
    if (forced === "room") index.remove(entry);
    else this.#forgetWhenOver(state, entry);
  }

  #count(state: ClassState, entry: number): void {
    const packet = this.#packet;
    const { last } = this.index;
    if (packet.kind === "packet") {
      this.#counting.packet(state, entry, packet, this.nowMs);
      packet.remember(this.index, entry);
      this.#counters.counter("packets_settled").add();
      this.#counters.counter("sightings_duplicate").add(packet.besideRoute);
    } else if (packet.kind === "duplicate") {
      this.#counting.duplicates(state, packet, this.nowMs);
      this.#counters.counter("sightings_duplicate").add(packet.count);
    } else {
      this.#counting.late(state, packet, this.nowMs);
      last.unseen[entry]! &= ~packet.seen;
      this.#counters.counter("sightings_dropped").add(packet.count);
    }
  }

  /** Keeps an entry without sightings as long as one of its last packet may still come, too late. */
  #forgetWhenOver(state: ClassState, entry: number): void {
    const { index } = this;
    const { timeoutMs } = state.class.settings;
    const overMs = instantMs(index.last.seconds[entry]!, index.last.nanos[entry]!) + 3 * timeoutMs;
    if (index.last.unseen[entry] === 0 || overMs < state.frontierMs) return index.remove(entry);
    index.wind(entry, overMs, timeoutMs);
    index.queue(entry, this.nowMs);
  }

  tellCounters(state: ClassState, beforeMs: number, untouchedMs: number): void {
    state.counters.take(beforeMs, untouchedMs, (startS, pair, counter) => {
      this.#records.counter(state.class, startS, pair, counter);
      this.#flagClocks(state, startS, pair, counter);
    });
  }

  #flagClocks(state: ClassState, startS: number, pair: number, counter: PairCounter): void {
    const { from, to } = state.class.pairs[pair]!;
    const where = { class: state.class.name, from_hop: from, to_hop: to, interval_start_s: startS };
    const { negativePackets, latencyMinNs } = counter;
    if (negativePackets > 0)
      this.#outlet.tell(
        "warning",
        "latency_negative",
        state.class.name,
        "packets were seen at the later hop before the earlier one: the probes' clocks do not agree",
        { ...where, packets: negativePackets, least_ns: latencyMinNs },
      );
    const stepNs = state.clocks.stepNs(pair, startS, counter);
    if (stepNs !== 0)
      this.#outlet.tell(
        "warning",
        "latency_stepped",
        state.class.name,
        "all latencies differ from those of the interval before: a probe's clock was set, or the way has changed",
        { ...where, by_ns: stepNs },
      );
  }
}
