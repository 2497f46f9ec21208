import {
  type DataPdu,
  decoderOf,
  MalformedError,
  type ObservationType,
  observationTypes,
  typeByCode,
} from "@trafmon/observation";
import type { AlertMetric, Configuration, FlowClassSettings } from "@trafmon/settings";

/** Sums of an interval, of a class at a probe. */
interface IntervalSums {
  /** What is counted, and of what. */
  part: number;
  whole: number;
}

/** A metric over one interval that is complete. */
export interface IntervalFigure {
  /** null: of the probe as a whole. */
  readonly flowClass: string | null;
  readonly metric: AlertMetric;
  /** null: a share or a mean of nothing. */
  readonly value: number | null;
  readonly fromS: number;
  readonly untilS: number;
}

/** One metric of one class or of the probe, as its records come. */
interface Watched {
  readonly flowClass: string | null;
  readonly metric: AlertMetric;
  readonly type: ObservationType;
  readonly intervalS: number;
  /** How long after an interval's end its records may still come, by packet time. */
  readonly settlesS: number;
  /** By start of the interval, seconds since the epoch. */
  readonly sums: Map<number, IntervalSums>;
  /** Start of the next interval to be told of; null: none is known yet. */
  nextS: number | null;
}

type Sums = { readonly part: number; readonly whole: number };
// Fields of records differ by type, and here only numbers are read.
type Counted = Readonly<Record<string, number>>;

/** Longest silence within a run that is made up for interval by interval. */
const MOST_EMPTY_INTERVALS = 1440;
/** Flows of unknown class that are remembered, that are asked for at once, and how often. */
const MOST_UNKNOWN = 65_536;
const MOST_WANTED = 1024;
const MOST_REQUESTS = 10;
/** Capture statistics wait for fragments of datagrams. */
const STATISTICS_SETTLE_S = 40;
const STATISTICS_INTERVAL_S = 60;
/** Packets come so late that their interval has been written already (the probe's `lateness`, generously). */
const SETTLES_S = 5;

const METRICS: Partial<Record<AlertMetric, { readonly type: ObservationType; sums(record: Counted): Sums }>> = {
  bitRate: {
    type: observationTypes.ipct,
    sums: (record) => ({ part: 8 * (record.fwd_bytes! + record.rev_bytes!), whole: 0 }),
  },
  packetRate: {
    type: observationTypes.ipct,
    sums: (record) => ({ part: record.fwd_packets! + record.rev_packets!, whole: 0 }),
  },
  retransmitted: {
    type: observationTypes.tcpct,
    sums: (record) => ({
      part: record.fwd_retransmitted_segments! + record.rev_retransmitted_segments!,
      whole: record.fwd_packets! + record.rev_packets!,
    }),
  },
  unanswered: {
    type: observationTypes.twoway,
    sums: (record) => ({ part: record.unanswered!, whole: record.requests! }),
  },
  // Durations are nanoseconds.
  delay: {
    type: observationTypes.twoway,
    sums: (record) => ({ part: Number(record.delay_sum!), whole: record.replied! }),
  },
  dropped: {
    type: observationTypes.capst,
    sums: (record) => {
      const dropped = record.kernel_dropped! + record.card_dropped! + record.queue_dropped!;
      return { part: dropped, whole: record.packets! + dropped };
    },
  },
};

/** Whether a metric is judged by intervals of packet time, and not looked at every so often. */
export function isOfIntervals(metric: AlertMetric): boolean {
  return METRICS[metric] !== undefined;
}

/**
 * Adds up, of one probe run, what alerts ask for, and gives each interval once the probe's watermark
 * says that it is complete. Records of flows whose class is not known (the collector was started after they were
 * described) do not count; their descriptions are asked for.
 */
export class IntervalFigures {
  readonly #watched: readonly Watched[];
  readonly #types: ReadonlySet<ObservationType>;
  /** Class of each flow that has not ended; empty: nobody can tell any more. */
  readonly #classOf = new Map<number, string>();
  readonly #asksFor: ReadonlySet<string>;
  /** Flows of which no class is known, and how often they were asked for. */
  readonly #unknownFlows = new Map<number, number>();

  constructor({ flowClasses, probes }: Pick<Configuration, "flowClasses" | "probes">, probe: string) {
    const ofProbe = probes.find(({ name }) => name === probe)?.alerts ?? [];
    this.#watched = [...flowClasses.flatMap(watchedOf), ...ofProbe.flatMap(({ metric }) => watchedOfProbe(metric))];
    this.#types = new Set(this.#watched.map(({ type }) => type));
    this.#asksFor = new Set(this.#watched.flatMap(({ flowClass }) => flowClass ?? []));
  }

  /** Takes a PDU that is written now. What cannot be understood of it has been told by whoever wrote it. */
  take(pdu: DataPdu): void {
    if (this.#watched.length === 0) return;
    // What has gone by of the first interval nobody knows.
    for (const watched of this.#watched) watched.nextS ??= nextInterval(pdu.watermark.s, watched.intervalS);
    try {
      const type = typeByCode(pdu.type);
      if (type === observationTypes.flow) this.#learn(pdu);
      else if (type === observationTypes.flowend) this.#forget(pdu);
      else if (type !== undefined && this.#types.has(type)) this.#add(type, pdu);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }

  /** Everything the probe captured before this second has been taken: gives the intervals that are complete by it. */
  *complete(watermarkS: number): Generator<IntervalFigure> {
    for (const watched of this.#watched) {
      const { intervalS, settlesS, sums } = watched;
      if (watched.nextS === null) continue;
      const lastS = Math.floor((watermarkS - settlesS) / intervalS) * intervalS;
      let empty = 0;
      for (let startS: number = watched.nextS; startS < lastS; startS = watched.nextS) {
        const ofInterval = sums.get(startS);
        sums.delete(startS);
        watched.nextS = startS + intervalS;
        yield { ...figureOf(watched, ofInterval), fromS: startS, untilS: watched.nextS };
        empty = ofInterval === undefined ? empty + 1 : 0;
        if (empty > MOST_EMPTY_INTERVALS) watched.nextS = Math.min(lastS, ...sums.keys());
      }
    }
  }

  /** Flows whose descriptions are to be said again; called once a second. */
  wanted(): readonly number[] {
    const wanted = [...this.#unknownFlows.keys()].slice(0, MOST_WANTED);
    for (const id of wanted) {
      const asked = (this.#unknownFlows.get(id) ?? 0) + 1;
      if (asked <= MOST_REQUESTS) this.#unknownFlows.set(id, asked);
      else {
        this.#unknownFlows.delete(id);
        this.#classOf.set(id, "");
      }
    }
    return wanted;
  }

  #learn(pdu: DataPdu): void {
    decoderOf(observationTypes.flow)(pdu.body, pdu.recordCount, (record) => {
      this.#unknownFlows.delete(record.flow_id);
      // Classes that no alert watches are remembered too, else their flows would be asked for again and again.
      this.#classOf.set(record.flow_id, record.class);
    });
  }

  #forget(pdu: DataPdu): void {
    decoderOf(observationTypes.flowend)(pdu.body, pdu.recordCount, ({ flow_id }) => {
      this.#classOf.delete(flow_id);
      this.#unknownFlows.delete(flow_id);
    });
  }

  #add(type: ObservationType, pdu: DataPdu): void {
    const watched = this.#watched.filter((each) => each.type === type);
    decoderOf(type)(pdu.body, pdu.recordCount, (given) => {
      const record = given as unknown as Counted;
      const flowClass = record.flow_id === undefined ? null : this.#classOf.get(record.flow_id);
      if (flowClass === undefined) this.#noteUnknown(record.flow_id!);
      else if (flowClass === null || this.#asksFor.has(flowClass))
        for (const each of watched) addTo(each, flowClass, record);
    });
  }

  #noteUnknown(flowId: number): void {
    if (this.#unknownFlows.size < MOST_UNKNOWN && !this.#unknownFlows.has(flowId)) this.#unknownFlows.set(flowId, 0);
  }
}

function addTo({ flowClass, metric, sums, nextS }: Watched, ofClass: string | null, record: Counted): void {
  const startS = record.interval_start_s!;
  if (flowClass !== ofClass || (nextS !== null && startS < nextS)) return;
  const { part, whole } = METRICS[metric]!.sums(record);
  const sum = sums.get(startS) ?? { part: 0, whole: 0 };
  sum.part += part;
  sum.whole += whole;
  sums.set(startS, sum);
}

function watchedOf({ name, alerts, measure }: FlowClassSettings): Watched[] {
  const metrics = [...new Set(alerts.map(({ metric }) => metric))];
  return metrics.flatMap((metric) => {
    const type = METRICS[metric]?.type;
    const { ipCounters, tcpCounters, twoWayDelays } = measure;
    const counters =
      type === observationTypes.ipct ? ipCounters : type === observationTypes.tcpct ? tcpCounters : twoWayDelays;
    if (type === undefined || counters === null) return [];
    const settlesS = SETTLES_S + (counters === twoWayDelays ? twoWayDelays.timeoutMs / 1000 : 0);
    return [{ flowClass: name, metric, type, intervalS: counters.intervalS, settlesS, sums: new Map(), nextS: null }];
  });
}

function watchedOfProbe(metric: AlertMetric): Watched[] {
  const type = METRICS[metric]?.type;
  if (type === undefined) return [];
  const times = { intervalS: STATISTICS_INTERVAL_S, settlesS: STATISTICS_SETTLE_S };
  return [{ flowClass: null, metric, type, ...times, sums: new Map(), nextS: null }];
}

/** Start of the interval after the one that holds this second; null: no second is known. */
function nextInterval(s: number, intervalS: number): number | null {
  return s === 0 ? null : (Math.floor(s / intervalS) + 1) * intervalS;
}

function figureOf({ flowClass, metric, intervalS }: Watched, sums: IntervalSums | undefined) {
  const { part, whole } = sums ?? { part: 0, whole: 0 };
  const named = { flowClass, metric };
  if (metric === "bitRate" || metric === "packetRate") return { ...named, value: part / intervalS };
  if (whole === 0) return { ...named, value: null };
  return { ...named, value: metric === "delay" ? part / whole / 1e9 : (100 * part) / whole };
}
