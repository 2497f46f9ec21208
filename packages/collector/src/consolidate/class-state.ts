import type { OneWaySettings } from "@trafmon/settings";
import { ClockWatch, type LatencyRange } from "./clock-watch.ts";
import { Coverage, type Stretch } from "./coverage.ts";
import { IntervalCounters, type KeptInterval } from "./interval-counters.ts";
import { OneWayClass } from "./one-way-class.ts";
import { SettledSpans } from "./settled-spans.ts";

/** What is known of one class besides the packets that wait. */
export class ClassState {
  /** Number of the class in the index. */
  readonly no: number;
  readonly class: OneWayClass;
  readonly counters: IntervalCounters;
  readonly clocks: ClockWatch;
  /** Packets settled without waiting for every hop. */
  readonly spans: SettledSpans;
  readonly coverages: ReadonlyMap<string, Coverage>;
  /** By hop number. */
  readonly #byHop: readonly Coverage[];
  /** Every probe is complete up to here, milliseconds since the epoch: packets that are due before can be settled. */
  frontierMs = Number.NEGATIVE_INFINITY;
  /** Packets settled without the word of these probes, since it was told; and when that may be told next. */
  readonly silentProbes = new Set<string>();
  silentPackets = 0;
  tellSilentMs = 0;

  constructor(no: number, name: string, settings: OneWaySettings, kept?: KeptClass) {
    const { intervalS, timeoutMs, silentLimitMs, hops } = settings;
    this.no = no;
    this.class = new OneWayClass(name, settings);
    this.counters = IntervalCounters.restored(intervalS, kept?.intervals ?? []);
    this.clocks = new ClockWatch(intervalS, kept?.ranges);
    this.spans = new SettledSpans(silentLimitMs, kept?.spans);
    const stretches = new Map(kept?.coverages ?? []);
    this.coverages = new Map(
      hops.map(({ probe }) => [probe, Coverage.restored(timeoutMs, (stretches.get(probe) ?? []).map(restoredStretch))]),
    );
    this.#byHop = hops.map(({ probe }) => this.coverages.get(probe)!);
    this.frontierMs = kept?.frontierMs ?? Number.NEGATIVE_INFINITY;
  }

  kept(): KeptClass {
    return {
      name: this.class.name,
      settings: this.class.settings,
      frontierMs: finite(this.frontierMs),
      coverages: [...this.coverages].map(([probe, { stretches }]) => [probe, stretches.map(keptStretch)]),
      intervals: this.counters.kept(),
      ranges: this.clocks.kept(),
      spans: this.spans.kept(),
    };
  }

  /** The time that all probes are complete up to, as of now. */
  completeMs(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { latestMs } of this.coverages.values()) least = Math.min(least, latestMs);
    return least;
  }

  /** Whether packets may be complete in another order than that of the frontier. */
  get isIrregular(): boolean {
    for (const coverage of this.coverages.values()) if (coverage.isIrregular) return true;
    return false;
  }

  /** No packet first seen after this is complete. */
  get completeUntilMs(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const coverage of this.coverages.values()) least = Math.min(least, coverage.completeUntilMs);
    return least;
  }

  /** Whether no probe has more to say of a packet first seen then. */
  isComplete(atMs: number): boolean {
    for (const coverage of this.coverages.values()) if (!coverage.isComplete(atMs)) return false;
    return true;
  }

  /** Probes that have not said everything of a packet first seen then. */
  incompleteAt(atMs: number): string[] {
    return [...this.coverages].filter(([, coverage]) => !coverage.isComplete(atMs)).map(([probe]) => probe);
  }

  /** Whether the hop's probe looked all the time in which it could have seen such a packet. */
  covers(hop: number, atMs: number): boolean {
    return this.#byHop[hop - 1]!.covers(atMs);
  }
}

export interface KeptClass {
  readonly name: string;
  readonly settings: OneWaySettings;
  /** Null: nothing is complete. */
  readonly frontierMs: number | null;
  readonly coverages: readonly (readonly [probe: string, stretches: readonly KeptStretch[]])[];
  readonly intervals: readonly KeptInterval[];
  readonly ranges: readonly (readonly [pair: number, range: LatencyRange])[];
  readonly spans: readonly (readonly [fromMs: number, untilMs: number])[];
}

/** Infinities are null, for JSON has none. */
interface KeptStretch {
  readonly stream: number;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  readonly isOver: boolean;
}

const finite = (ms: number) => (Number.isFinite(ms) ? ms : null);

function keptStretch({ stream, fromMs, untilMs, isOver }: Stretch): KeptStretch {
  return { stream, fromMs: finite(fromMs), untilMs: finite(untilMs), isOver };
}

function restoredStretch({ stream, fromMs, untilMs, isOver }: KeptStretch): Stretch {
  return {
    stream,
    fromMs: fromMs ?? Number.POSITIVE_INFINITY,
    untilMs: untilMs ?? Number.NEGATIVE_INFINITY,
    isOver,
  };
}
