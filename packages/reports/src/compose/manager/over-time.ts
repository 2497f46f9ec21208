import type { ManagerFigures } from "../../ask/manager-figures.ts";
import type { Traffic } from "../../ask/traffic.ts";
import { charges, endName, totalBytes, totalPackets } from "../ends.ts";
import { shareOf } from "../figures.ts";
import type { Section, StackedBars, Table } from "../model.ts";
import { stretchRows, TIME_HEADING } from "../stretch-rows.ts";
import { topList } from "../top-list.ts";
import type { ListLimits } from "./limits.ts";
import { meanRate } from "./mean-rate.ts";

/** More layers than this cannot be told apart by colour. */
const MOST_LAYERS = 7;

/** Volume over time, stacked by activity, and the same in figures. */
export function overTimeSection(figures: ManagerFigures, limits: ListLimits): Section {
  return {
    title: `Volume per ${figures.grid.each}`,
    intro:
      "Traffic with the Internet or with hosts not described is charged to the activity of its described side; between two activities, each is charged with what it sent.",
    blocks: [stackedByActivity(figures, limits), stretchTable(figures)],
  };
}

/** The whole volume over time, small. */
export function volumeAside(figures: ManagerFigures): StackedBars {
  const { axis, keys, each } = figures.grid;
  const sums = sumsOf(figures, (traffic) => traffic.fwdBytes + traffic.revBytes);
  return {
    kind: "stacked-bars",
    name: "volume",
    title: `Volume per ${each} (times in ${axis.zone})`,
    aside: true,
    time: axis,
    quantity: "volume",
    series: [
      {
        label: "all traffic",
        role: "item",
        values: keys.map((key) => (figures.measured.has(key) ? (sums.get(key) ?? 0n) : null)),
      },
    ],
    whyEmpty: "No volume in this period.",
  };
}

/** Adds up by stretch of time. */
function sumsOf({ activities }: ManagerFigures, pick: (traffic: Traffic) => bigint): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const each of activities) sums.set(each.bucket, (sums.get(each.bucket) ?? 0n) + pick(each));
  return sums;
}

function stackedByActivity(figures: ManagerFigures, limits: ListLimits): StackedBars {
  const { axis, keys, each: per } = figures.grid;
  const volumes = new Map<string, Map<string, bigint>>();
  const sums = new Map<string, bigint>();
  for (const each of figures.activities) {
    for (const { end, bytes } of charges(each, "activity")) {
      const label = endName(end, "activity");
      const layer = volumes.get(label) ?? new Map<string, bigint>();
      layer.set(each.bucket, (layer.get(each.bucket) ?? 0n) + bytes);
      volumes.set(label, layer);
      sums.set(label, (sums.get(label) ?? 0n) + bytes);
    }
  }
  const ranked = [...sums].map(([label, bytes]) => ({ label, bytes }));
  const { top, others, below } = topList(ranked, Math.min(limits.top, MOST_LAYERS), limits.thresholdBytes);
  const { measured } = figures;
  const layerOf = (labels: readonly { label: string }[]) =>
    keys.map((key) =>
      measured.has(key) ? labels.reduce((sum, { label }) => sum + (volumes.get(label)?.get(key) ?? 0n), 0n) : null,
    );
  return {
    kind: "stacked-bars",
    name: `volume-per-${per.replace(" ", "-")}-by-activity`,
    title: `Volume per ${per} by activity (times in ${axis.zone})`,
    time: axis,
    quantity: "volume",
    series: [
      ...top.map((each) => ({ label: each.label, role: "item" as const, values: layerOf([each]) })),
      ...(others.length > 0
        ? [{ label: `others (${others.length})`, role: "others" as const, values: layerOf(others) }]
        : []),
      ...(below.length > 0
        ? [{ label: `below threshold (${below.length})`, role: "below" as const, values: layerOf(below) }]
        : []),
    ],
    whyEmpty: "No volume in this period.",
  };
}

const COLUMNS: Table["columns"] = [
  { label: "Volume", kind: "volume", csv: "volume_bytes" },
  { label: "Share", kind: "share", csv: "share" },
  { label: "Bytes", kind: "count", csv: "bytes" },
  { label: "Packets", kind: "count", csv: "packets" },
  { label: "Mean rate", kind: "rate", csv: "mean_rate_bits_per_s" },
];
const BUSIEST: Table["columns"] = [{ label: "Busiest hour", kind: "rate", csv: "busiest_hour_bits_per_s" }];

function stretchTable(figures: ManagerFigures): Table {
  const { grid, measured } = figures;
  const total = totalBytes(figures.activities);
  const bytesOf = sumsOf(figures, (traffic) => traffic.fwdBytes + traffic.revBytes);
  const packetsOf = sumsOf(figures, (traffic) => traffic.packets);
  const peaks = busiestHours(figures);
  const hasPeaks = grid.unit === "day" || grid.unit === "month";
  const columns = hasPeaks ? [...COLUMNS, ...BUSIEST] : COLUMNS;
  const rows = stretchRows(grid, measured, columns.length, (key, at) => {
    const bytes = bytesOf.get(key) ?? 0n;
    const rate = (Number(bytes) * 8) / grid.seconds[at]!;
    const cells = [bytes, shareOf(bytes, total), bytes, packetsOf.get(key) ?? 0n, rate];
    return hasPeaks ? [...cells, hourRate(peaks.get(key) ?? 0n)] : cells;
  });
  const { bitsPerS, overWhat } = meanRate(figures);
  const packets = totalPackets(figures.activities);
  const totals = ["Total", total, total === 0n ? null : 1, total, packets, bitsPerS];
  const peak = [...peaks.values()].reduce((most, each) => (each > most ? each : most), 0n);
  return {
    kind: "table",
    name: `volume-per-${grid.each.replace(" ", "-")}`,
    title: `Volume per ${grid.each} in figures`,
    columns: [{ label: TIME_HEADING[grid.unit], kind: "text", csv: grid.unit }, ...columns],
    rows: [...rows, { role: "total", cells: hasPeaks ? [...totals, hourRate(peak)] : totals }],
    note: `A dash: nothing was measured. The mean rate of the total is over ${overWhat}, the others over their whole stretch.`,
    whyEmpty: "No volume in this period.",
  };
}

function hourRate(bytes: bigint): number {
  return (Number(bytes) * 8) / 3600;
}

function busiestHours({ hours, grid }: ManagerFigures): Map<string, bigint> {
  const peaks = new Map<string, bigint>();
  for (const [hour, bytes] of hours) {
    const key = grid.keyOf(hour);
    if (bytes > (peaks.get(key) ?? 0n)) peaks.set(key, bytes);
  }
  return peaks;
}
