import { bucketLowerNs } from "@trafmon/observation";
import { type HourFigures, noFigures } from "../../ask/objectives/hour-figures.ts";
import type { HourWatch } from "../../ask/objectives/hour-watch.ts";
import type { PromiseFigures } from "../../ask/objectives/objective-figures.ts";
import type { Promised } from "../../ask/objectives/promises.ts";

const MILLION = 1_000_000n;

/**
 * What became of a promise in an hour. unclear: the target lies within what is not known exactly (the histogram's
 * bucket, the clocks, packets of which nobody can tell). few: fewer samples than the objective asks. unmeasured: less of
 * the hour was measured than it asks.
 */
export type HourState = "within" | "beyond" | "unclear" | "few" | "unmeasured";

export const HOUR_STATES: readonly HourState[] = ["within", "beyond", "unclear", "few", "unmeasured"];

/** A value known to lie in [low, high]: nanoseconds, or a share as a fraction. */
export type Measured =
  | { readonly kind: "duration"; readonly lowNs: bigint; readonly highNs: bigint }
  | { readonly kind: "share"; readonly part: bigint; readonly whole: bigint };

export interface JudgedHour {
  readonly hour: string;
  readonly state: HourState;
  /** null: there are no samples. */
  readonly measured: Measured | null;
  readonly samples: bigint;
  /** Samples surely within the target, and surely beyond it; of a bucket that the target cuts it is not known. */
  readonly samplesWithin: bigint;
  readonly samplesBeyond: bigint;
  readonly figures: HourFigures;
  /** null: no capture statistics. */
  readonly watch: HourWatch | null;
}

export type Verdict = "met" | "missed" | "unclear" | "not enough data";

export interface JudgedPromise {
  readonly promised: Promised;
  readonly verdict: Verdict;
  readonly hours: readonly JudgedHour[];
  readonly counts: Readonly<Record<HourState, bigint>>;
  /** Within and beyond. */
  readonly judged: bigint;
  /** Over all hours measured, whether judged or not; null: without a sample. */
  readonly measured: Measured | null;
  readonly samples: bigint;
  readonly samplesWithin: bigint;
  readonly samplesBeyond: bigint;
}

export function judge({ promised, figures, watches }: PromiseFigures): JudgedPromise {
  const hours = promised.hours.map((hour) =>
    judgeHour(promised, hour, figures.get(hour) ?? noFigures(), watches.get(hour) ?? null),
  );
  const counts = Object.fromEntries(HOUR_STATES.map((state) => [state, 0n])) as Record<HourState, bigint>;
  for (const { state } of hours) counts[state]++;
  const known = hours.filter(({ state }) => state !== "unmeasured");
  const sum = (pick: (hour: JudgedHour) => bigint) => known.reduce((total, hour) => total + pick(hour), 0n);
  return {
    promised,
    verdict: verdictOf(promised, counts),
    hours,
    counts,
    judged: counts.within + counts.beyond,
    measured: figureOf(promised, added(known.map((hour) => hour.figures))),
    samples: sum(({ samples }) => samples),
    samplesWithin: sum(({ samplesWithin }) => samplesWithin),
    samplesBeyond: sum(({ samplesBeyond }) => samplesBeyond),
  };
}

function verdictOf(
  { hoursPpm, measuredPpm, hours }: Promised,
  { within, beyond, unclear, unmeasured }: Record<HourState, bigint>,
): Verdict {
  const all = BigInt(hours.length);
  if (within + beyond + unclear === 0n) return "not enough data";
  if ((all - unmeasured) * MILLION < measuredPpm * all) return "not enough data";
  // Whichever way the unclear hours would have gone.
  const judged = within + beyond + unclear;
  if (within * MILLION >= hoursPpm * judged) return "met";
  if ((within + unclear) * MILLION < hoursPpm * judged) return "missed";
  return "unclear";
}

function judgeHour(promised: Promised, hour: string, figures: HourFigures, watch: HourWatch | null): JudgedHour {
  const measured = figureOf(promised, figures);
  const samples = samplesOf(promised, figures);
  const spread = spreadOf(promised, figures);
  const base = { hour, measured, samples, ...spread, figures, watch };
  if (watch === null || !isMeasured(promised, watch)) return { ...base, state: "unmeasured" };
  if (measured === null || samples < promised.samples) return { ...base, state: "few" };
  return { ...base, state: stateOf(promised, figures, measured, watch) };
}

/** Seconds watched of the hour, times packets captured of those that came, is at least what the objective asks. */
function isMeasured({ measuredPpm }: Promised, { coveredS, packets, dropped }: HourWatch): boolean {
  const came = packets + dropped;
  if (came === 0n) return coveredS * MILLION >= measuredPpm * 3600n;
  return coveredS * packets * MILLION >= measuredPpm * 3600n * came;
}

function stateOf(promised: Promised, figures: HourFigures, measured: Measured, watch: HourWatch): HourState {
  const { target, metric } = promised;
  if (measured.kind === "duration") {
    // Of two clocks that go wrong alike, only the variation is free.
    const error = metric === "latency" ? (watch.clockErrorNs ?? 0n) : 0n;
    if (measured.highNs + error <= target) return "within";
    return measured.lowNs - error > target ? "beyond" : "unclear";
  }
  const [best, worst] = extremesOf(promised, figures, measured, watch);
  const isWithin = ({ part, whole }: Fraction) =>
    metric === "answered" ? part * MILLION >= target * whole : part * MILLION <= target * whole;
  if (isWithin(worst)) return "within";
  return isWithin(best) ? "unclear" : "beyond";
}

interface Fraction {
  readonly part: bigint;
  readonly whole: bigint;
}

/** The share if all that is not known were well, and if it were not. */
function extremesOf(
  { metric }: Promised,
  { requests, replied, lost, matched, unknown }: HourFigures,
  measured: Fraction,
  { droppedBehind }: HourWatch,
): [best: Fraction, worst: Fraction] {
  if (metric === "answered") {
    // A reply that the probe dropped looks like none.
    return [{ part: least(requests, replied + droppedBehind), whole: requests }, measured];
  }
  if (metric === "loss") {
    const whole = matched + lost + unknown;
    // A packet that the later hop's probe dropped looks lost.
    return [
      { part: lost - least(lost, droppedBehind), whole },
      { part: lost + unknown, whole },
    ];
  }
  return [measured, measured];
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** What an hour's samples are: replies, requests, packets, segments. */
export function samplesOf({ metric }: Promised, figures: HourFigures): bigint {
  switch (metric) {
    case "answered":
      return figures.requests;
    case "loss":
      return figures.matched + figures.lost;
    case "retransmitted":
      return figures.segments;
    default:
      return figures.negative + [...figures.buckets.values()].reduce((sum, samples) => sum + samples, 0n);
  }
}

function figureOf(promised: Promised, figures: HourFigures): Measured | null {
  const samples = samplesOf(promised, figures);
  if (samples === 0n) return null;
  switch (promised.metric) {
    case "answered":
      return { kind: "share", part: figures.replied, whole: samples };
    case "loss":
      return { kind: "share", part: figures.lost, whole: samples };
    case "retransmitted":
      return { kind: "share", part: figures.retransmitted, whole: samples };
    default:
      return percentileOf(promised, figures, samples);
  }
}

/** The sample at rank ceil(p n) of n, as far as the histogram and the exact least and greatest tell it. */
function percentileOf(promised: Promised, figures: HourFigures, samples: bigint): Measured {
  const ppm = promised.percentilePpm!;
  const rank = (ppm * samples + MILLION - 1n) / MILLION;
  const start = startOf(promised, figures);
  let seen = 0n;
  for (const { lowNs, highNs, count } of classes(figures)) {
    seen += count;
    if (seen >= rank) return { kind: "duration", lowNs: lowNs - start, highNs: highNs - start };
  }
  throw new Error("a percentile lies beyond all samples");
}

/** What durations are told from: variation from the hour's least latency, others from 0. */
function startOf({ metric }: Promised, { minNs }: HourFigures): bigint {
  return metric === "variation" ? (minNs ?? 0n) : 0n;
}

/** Samples that are known to lie in [lowNs, highNs], rising. */
function classes({ negative, buckets, minNs, maxNs }: HourFigures): { lowNs: bigint; highNs: bigint; count: bigint }[] {
  const rising = [...buckets].filter(([, count]) => count > 0n).sort(([a], [b]) => a - b);
  const all = rising.map(([bucket, count]) => ({
    lowNs: BigInt(bucketLowerNs(bucket)),
    highNs: BigInt(bucketLowerNs(bucket + 1)) - 1n,
    count,
  }));
  if (negative > 0n) all.unshift({ lowNs: minNs ?? -1n, highNs: -1n, count: negative });
  return all.map(({ lowNs, highNs, count }) => ({
    lowNs: minNs !== null && minNs > lowNs && minNs <= highNs ? minNs : lowNs,
    highNs: maxNs !== null && maxNs < highNs && maxNs >= lowNs ? maxNs : highNs,
    count,
  }));
}

function spreadOf(promised: Promised, figures: HourFigures): { samplesWithin: bigint; samplesBeyond: bigint } {
  const { metric, target } = promised;
  const samples = samplesOf(promised, figures);
  if (metric === "answered") return { samplesWithin: figures.replied, samplesBeyond: samples - figures.replied };
  if (metric === "loss") return { samplesWithin: figures.matched, samplesBeyond: figures.lost };
  if (metric === "retransmitted") {
    return { samplesWithin: samples - figures.retransmitted, samplesBeyond: figures.retransmitted };
  }
  const limit = target + startOf(promised, figures);
  let [samplesWithin, samplesBeyond] = [0n, 0n];
  for (const { lowNs, highNs, count } of classes(figures)) {
    if (highNs <= limit) samplesWithin += count;
    else if (lowNs > limit) samplesBeyond += count;
  }
  return { samplesWithin, samplesBeyond };
}

/** The figures of several hours as if they were one. */
function added(hours: readonly HourFigures[]): HourFigures {
  const sum = noFigures();
  for (const each of hours) {
    for (const name of ["requests", "replied", "matched", "lost", "unknown", "negative"] as const)
      sum[name] += each[name];
    sum.segments += each.segments;
    sum.retransmitted += each.retransmitted;
    if (each.minNs !== null && (sum.minNs === null || each.minNs < sum.minNs)) sum.minNs = each.minNs;
    if (each.maxNs !== null && (sum.maxNs === null || each.maxNs > sum.maxNs)) sum.maxNs = each.maxNs;
    for (const [bucket, count] of each.buckets) sum.buckets.set(bucket, (sum.buckets.get(bucket) ?? 0n) + count);
  }
  return sum;
}

/** How far beyond the target an hour is, as a number that compares hours of one objective and of all: 1 is at it. */
export function excess({ target, metric }: Promised, measured: Measured): number {
  if (measured.kind === "duration") return Number(measured.lowNs + measured.highNs) / 2 / Number(target);
  const part = metric === "answered" ? measured.whole - measured.part : measured.part;
  const allowed = Number(metric === "answered" ? MILLION - target : target) / 1e6;
  const share = Number(part) / Number(measured.whole);
  // Where nothing is allowed, more is worse all the same.
  return allowed === 0 ? share * 1e6 : share / allowed;
}
