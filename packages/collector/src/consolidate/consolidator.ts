import { decoderOf, observationTypes } from "@trafmon/observation";
import type { OneWaySettings } from "@trafmon/settings";
import { ClassState } from "./class-state.ts";
import type { RecordOutlet } from "./consolidated-records.ts";
import { type Counting, Settlement } from "./settlement.ts";
import { instantMs } from "./sightings.ts";

/** Counters that nothing was added to for so long are told, though their interval may not be over. */
const UNTOUCHED_MS = 10_000;
/** They are kept in 32 bits. */
const MOST_BYTES = 2 ** 32 - 1;
/** That packets were settled before all was known is told so often at most. */
const TROUBLE_EVERY_MS = 60_000;
/** Probes change their configuration within moments of each other. */
const MOST_CONFIGURATIONS = 4;

/** One probe run. */
export interface StreamSource {
  readonly probe: string;
  readonly run: string;
  /** Everything of the run is here from its begin on. */
  isWhole: boolean;
  /** Its first watermark lies at most so long before it began to look. */
  readonly marginMs: number;
  /** Last watermark, milliseconds since the epoch, and the configuration it was made by. */
  markMs: number;
  markHash: string;
}

/** The PDU of a stream: its watermark, and by which configuration it was made. */
export interface StreamMark {
  readonly stream: number;
  /** 16 hexadecimal digits. */
  readonly configurationHash: string;
  readonly s: number;
  readonly nanos: number;
}

/**
 * Puts together what the probes at the hops of a way saw of each packet. What it does follows from the order of the
 * calls alone, the time among them; so calls that were written down bring the same state about when they are repeated.
 *
 * A packet settles when the probes of all hops have brought everything of its time and of the time-out behind it.
 */
export class Consolidator {
  readonly settlement: Settlement;
  /** Runs that are not over, by number. */
  readonly sources = new Map<number, StreamSource>();
  nextStream = 0;
  /** By configuration hash: states by class name. */
  readonly configurations = new Map<string, ReadonlyMap<string, ClassState>>();
  currentHash = "";
  #tellEvictedMs = 0;
  readonly #outlet: RecordOutlet;
  readonly #counters: Counting;
  readonly #decode = decoderOf(observationTypes.owsig);

  constructor(maxSightings: number, outlet: RecordOutlet, counters: Counting) {
    this.settlement = new Settlement(maxSightings, outlet, counters);
    this.#outlet = outlet;
    this.#counters = counters;
  }

  /** Nothing waits, neither packets nor counters. */
  get isIdle(): boolean {
    const { index, states } = this.settlement;
    return index.count === 0 && states.every(({ counters }) => counters.isEmpty);
  }

  /** From now on so many sightings may wait at most. */
  bound(maxSightings: number): void {
    this.settlement.bound(maxSightings);
  }

  /** Goes over to this configuration. A class that means the same as before goes on; another one begins anew. */
  configure(hash: string, classes: ReadonlyMap<string, OneWaySettings>): void {
    const before = this.configurations.get(this.currentHash);
    const states = new Map<string, ClassState>();
    for (const [name, settings] of classes) {
      const known = before?.get(name);
      const isSame = known !== undefined && JSON.stringify(known.class.settings) === JSON.stringify(settings);
      states.set(
        name,
        isSame ? known : this.settlement.addState(new ClassState(this.settlement.states.length, name, settings)),
      );
    }
    this.configurations.delete(hash);
    this.configurations.set(hash, states);
    this.currentHash = hash;
    const [oldest] = this.configurations.keys();
    if (this.configurations.size > MOST_CONFIGURATIONS) this.configurations.delete(oldest!);
  }

  /** @returns the stream's number, by which it is known until its end */
  begin(source: Pick<StreamSource, "probe" | "run" | "isWhole" | "marginMs">): number {
    this.sources.set(this.nextStream, { ...source, markMs: 0, markHash: "" });
    return this.nextStream++;
  }

  /** A body of `owsig` records. @throws {MalformedError} before anything was taken */
  takeSightings(mark: StreamMark, body: Uint8Array, count: number): void {
    const states = this.#statesOf(mark.configurationHash);
    const { probe } = this.sources.get(mark.stream)!;
    const notKept = this.#counters.byReason("sightings_not_kept");
    // Nothing may have been taken of what proves to be malformed.
    this.#decode(body, count, () => {});
    let state: ClassState | undefined;
    this.#decode(body, count, (record) => {
      if (state?.class.name !== record.class) state = states?.get(record.class);
      if (state === undefined) return notKept.add("class not watched");
      if (state.class.settings.hops[record.hop - 1]?.probe !== probe) return notKept.add("no such hop");
      const high = Number.parseInt(record.signature.slice(0, 8), 16);
      const low = Number.parseInt(record.signature.slice(8), 16);
      if (!/^[0-9a-f]{16}$/.test(record.signature)) return notKept.add("no signature");
      if (record.bytes > MOST_BYTES) return notKept.add("out of range");
      state.coverages.get(probe)!.see(mark.stream, instantMs(record.seen_s, record.seen_nanos));
      this.settlement.take(state, record.hop, high | 0, low | 0, record.seen_s, record.seen_nanos, record.bytes);
    });
    this.#counters.counter("sightings_taken").add(count);
    this.takeMark(mark);
  }

  /** The watermark of any PDU. */
  takeMark(mark: StreamMark): void {
    if (this.isKnownMark(mark)) return;
    const { stream, configurationHash } = mark;
    const ms = instantMs(mark.s, mark.nanos);
    const source = this.sources.get(stream)!;
    const states = this.#statesOf(configurationHash);
    if (source.markHash !== configurationHash) this.#leave(stream, source, states);
    source.markMs = ms;
    source.markHash = configurationHash;
    const fromMs = source.isWhole ? ms + source.marginMs : Number.POSITIVE_INFINITY;
    for (const state of states?.values() ?? []) {
      const backMs = state.coverages.get(source.probe)?.advance(stream, ms, fromMs);
      if (backMs === undefined) continue;
      if (backMs > 0) this.#tellSetBack(state, source, backMs);
      this.settlement.advance(state);
    }
  }

  /** Whether the watermark would change nothing. */
  isKnownMark({ stream, configurationHash, s, nanos }: StreamMark): boolean {
    const { markMs, markHash } = this.sources.get(stream)!;
    return s === 0 || (markMs === instantMs(s, nanos) && markHash === configurationHash);
  }

  /** Something of the stream was lost: what follows is a stretch of its own. */
  takeGap(stream: number): void {
    const source = this.sources.get(stream)!;
    source.isWhole = false;
    for (const state of this.settlement.states) state.coverages.get(source.probe)?.end(stream);
  }

  /** The run is over. */
  takeEnd(stream: number): void {
    const { probe } = this.sources.get(stream)!;
    this.sources.delete(stream);
    for (const state of this.settlement.states) {
      const coverage = state.coverages.get(probe);
      if (coverage === undefined) continue;
      coverage.end(stream);
      this.settlement.settleComplete(state);
    }
  }

  /** So much time has passed. */
  pass(ms: number): void {
    const { settlement } = this;
    settlement.nowMs += ms;
    if (settlement.evicted > 0 && settlement.nowMs >= this.#tellEvictedMs) this.#tellEvicted();
    for (const state of settlement.states) {
      if (state.isIrregular) settlement.settleComplete(state);
      settlement.settleSilent(state);
      if (state.silentPackets > 0 && settlement.nowMs >= state.tellSilentMs) this.#tellSilent(state);
      const overMs = state.frontierMs - state.class.settings.timeoutMs;
      settlement.tellCounters(state, overMs, settlement.nowMs - UNTOUCHED_MS);
    }
  }

  /** Tells all counters as they stand. */
  tellAll(): void {
    const { settlement } = this;
    for (const state of settlement.states)
      settlement.tellCounters(state, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  /** The run goes over to another configuration: what it says of classes that mean something else now ends here. */
  #leave(stream: number, { probe, markHash }: StreamSource, states: ReadonlyMap<string, ClassState> | undefined): void {
    for (const state of this.configurations.get(markHash)?.values() ?? []) {
      if (states?.get(state.class.name) !== state) state.coverages.get(probe)?.end(stream);
    }
  }

  /** A probe on a configuration that we never had is understood by the present one. */
  #statesOf(hash: string): ReadonlyMap<string, ClassState> | undefined {
    return this.configurations.get(hash) ?? this.configurations.get(this.currentHash);
  }

  #tellSilent(state: ClassState): void {
    state.tellSilentMs = this.settlement.nowMs + TROUBLE_EVERY_MS;
    const text = "packets were settled without the word of probes that were silent too long: they count as unknown";
    const probes = [...state.silentProbes].sort();
    this.#outlet.tell("warning", "probes_not_waited_for", state.class.name, text, {
      probes,
      packets: state.silentPackets,
    });
    state.silentProbes.clear();
    state.silentPackets = 0;
  }

  #tellEvicted(): void {
    const { settlement } = this;
    this.#tellEvictedMs = settlement.nowMs + TROUBLE_EVERY_MS;
    const text = "packets were settled before their time, for want of room: maxSightings is too small, or a probe away";
    this.#outlet.tell("warning", "packets_evicted", "one-way", text, { packets: settlement.evicted });
    settlement.evicted = 0;
  }

  #tellSetBack({ class: { name } }: ClassState, { probe, run }: StreamSource, by_ms: number): void {
    const text = "the clock of the probe was set back; packets of the time between are unknown";
    this.#outlet.tell("warning", "source_clock_set_back", probe, text, { run, class: name, by_ms });
  }
}
