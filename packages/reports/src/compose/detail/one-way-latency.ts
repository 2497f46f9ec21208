import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import { askHopPairs, type HopPair } from "../../ask/detail/hop-pairs.ts";
import { utcMs } from "../../time-grid.ts";
import { plural } from "../figures.ts";
import type { Bands, Block, LineChart, Value } from "../model.ts";
import { delaySpread, histogramUnit, wholeOf } from "./delay-blocks.ts";
import { NO_PAIRS, PAIR_COLUMNS, pairCells, pairId, pairIntro, pairTitle } from "./hop-words.ts";
import type { DetailFindings, DetailProtocol } from "./protocol.ts";

export const oneWayLatency: DetailProtocol = {
  name: "one-way-latency",
  title: "One-way latency",
  intro:
    "The time packets took from one hop to a later one (RFC 7679), and how it varies (RFC 5481). It is as good as the clocks of both probes.",
  topics: ["latency", "verdicts", "percentiles"],
  hasHistograms: true,
  make: latencyFindings,
};

async function latencyFindings(asking: DetailAsking): Promise<DetailFindings> {
  const { pairs: all, wholeHours } = await askHopPairs(asking.database, asking.scope, histogramUnit(asking));
  const pairs = all.filter(({ sums }) => (sums.matched_packets ?? 0n) > 0n);
  return {
    wholeHours,
    overview: {
      kind: "table",
      name: "overview",
      title: "Pairs of hops",
      columns: [
        ...PAIR_COLUMNS,
        { label: "Packets", kind: "count", csv: "matched_packets" },
        { label: "Least", kind: "duration", csv: "latency_min_ns" },
        { label: "Median", kind: "duration", csv: "latency_median_ns" },
        { label: "Mean", kind: "duration", csv: "latency_mean_ns" },
        { label: "p95", kind: "duration", csv: "latency_p95_ns" },
        { label: "p99", kind: "duration", csv: "latency_p99_ns" },
        { label: "Most", kind: "duration", csv: "latency_max_ns" },
      ],
      rows: pairs.map((pair, at) => {
        const whole = wholeOf(pair.latencies);
        const { matched_packets: matched, latency_sum_ns: sum, latency_min_ns: min, latency_max_ns: max } = pair.sums;
        return {
          role: "item",
          to: pairId(at),
          cells: [
            ...pairCells(pair),
            matched ?? 0n,
            min ?? null,
            whole.percentileNs(50),
            Number(sum ?? 0n) / Number(matched),
            whole.percentileNs(95),
            whole.percentileNs(99),
            max ?? null,
          ],
        };
      }),
      note: "Median, p95 and p99 come from histograms of the latencies that are not negative, and are within 1.6\u00a0%.",
      whyEmpty: NO_PAIRS,
    },
    instances: pairs.map((pair, at) => ({
      id: pairId(at),
      title: pairTitle(pair),
      intro: pairIntro(pair),
      blocks: blocksOf(asking, pair, pairId(at)),
    })),
  };
}

function blocksOf(asking: DetailAsking, pair: HopPair, id: string): Block[] {
  const why = "No packet was seen at both hops in this period.";
  return [
    ...negatives(asking, pair),
    latencyBands(asking, pair, id),
    variation(asking, pair, id),
    delaySpread(`${id}-spread`, "Spread of latencies", "packets", pair.latencies, why),
    worstHours(asking, pair, id),
  ];
}

/** Latencies below zero prove that a clock was wrong. */
function negatives({ scope: { period } }: DetailAsking, { hours }: HopPair): Block[] {
  const bad = [...hours].filter(([, sums]) => (sums.latency_min_ns ?? 0n) < 0n).map(([hour]) => hour);
  if (bad.length === 0) return [];
  const rising = bad.sort();
  const [first, last] = [rising[0]!, rising.at(-1)!];
  const local = (hour: string) => period.zone.local(utcMs(hour));
  return [
    {
      kind: "notice",
      warning: true,
      text: `Latencies below zero in ${plural(bad.length, "hour")}, from ${local(first)} to ${local(last)}: the clocks of the two probes disagreed by more than the way took. Neither these nor the other latencies of these hours can be relied on.`,
    },
  ];
}

/** Least or most by stretch of the grid. */
function extremes(
  { grid }: DetailAsking,
  { hours }: HopPair,
  which: "latency_min_ns" | "latency_max_ns",
): Map<string, bigint> {
  const found = new Map<string, bigint>();
  for (const [hour, sums] of hours) {
    const value = sums[which];
    if (value === null || value === undefined) continue;
    const key = grid.keyOf(hour);
    const known = found.get(key);
    const isBetter = known === undefined || (which === "latency_min_ns" ? value < known : value > known);
    if (isBetter) found.set(key, value);
  }
  return found;
}

function latencyBands(asking: DetailAsking, pair: HopPair, id: string): Bands {
  const { grid } = asking;
  const [least, most] = [extremes(asking, pair, "latency_min_ns"), extremes(asking, pair, "latency_max_ns")];
  const percentile = (percent: number) =>
    grid.keys.map((key): Value => pair.latencies.get(key)?.percentileNs(percent) ?? null);
  return {
    kind: "bands",
    name: `${id}-latency`,
    title: `Latency per ${grid.each} (times in ${grid.axis.zone})`,
    time: grid.axis,
    quantity: "duration",
    // Below zero there is no axis; a notice tells of it.
    low: { label: "least", values: grid.keys.map((key) => clamped(least.get(key))) },
    middle: { label: "median", values: percentile(50) },
    high: { label: "p95", values: percentile(95) },
    most: { label: "most", values: grid.keys.map((key) => clamped(most.get(key))) },
    whyEmpty: "No packet was seen at both hops in this period.",
  };
}

function clamped(value: bigint | undefined): Value {
  return value === undefined ? null : value < 0n ? 0n : value;
}

function variation(asking: DetailAsking, pair: HopPair, id: string): LineChart {
  const { grid } = asking;
  const over = (percent: number) =>
    grid.keys.map((key): Value => {
      const histogram = pair.latencies.get(key);
      const [high, low] = [histogram?.percentileNs(percent) ?? null, histogram?.percentileNs(0) ?? null];
      return high === null || low === null ? null : high - low;
    });
  return {
    kind: "line-chart",
    name: `${id}-variation`,
    title: `Delay variation per ${grid.each}: above the least latency (times in ${grid.axis.zone})`,
    time: grid.axis,
    quantity: "duration",
    series: [
      { label: "median", style: "plain", values: over(50) },
      { label: "p95", style: "plain", values: over(95) },
      { label: "p99", style: "plain", values: over(99) },
    ],
    whyEmpty: "The latency did not vary, or no packet was seen at both hops.",
  };
}

const MOST_WORST = 5;

function worstHours({ scope: { period } }: DetailAsking, { hours }: HopPair, id: string): Block {
  const ranked = [...hours]
    .filter(([, sums]) => sums.latency_max_ns !== null && sums.latency_max_ns !== undefined)
    .sort(([a, x], [b, y]) => Number(y.latency_max_ns! - x.latency_max_ns!) || (a < b ? -1 : 1));
  return {
    kind: "table",
    name: `${id}-worst`,
    title: "Hours with the longest latency",
    columns: [
      { label: `Hour from (${period.zone.name})`, kind: "text", csv: "hour_from" },
      { label: "Packets", kind: "count", csv: "matched_packets" },
      { label: "Least", kind: "duration", csv: "latency_min_ns" },
      { label: "Mean", kind: "duration", csv: "latency_mean_ns" },
      { label: "Most", kind: "duration", csv: "latency_max_ns" },
    ],
    rows: ranked.slice(0, MOST_WORST).map(([hour, sums]) => ({
      role: "item",
      cells: [
        period.zone.local(utcMs(hour)),
        sums.matched_packets ?? 0n,
        sums.latency_min_ns ?? null,
        sums.matched_packets ? Number(sums.latency_sum_ns ?? 0n) / Number(sums.matched_packets) : null,
        sums.latency_max_ns ?? null,
      ],
    })),
    whyEmpty: "No packet was seen at both hops in this period.",
  };
}
