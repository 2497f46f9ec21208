import type { ManagerFigures } from "../../ask/manager-figures.ts";
import type { TimeUnit } from "../../ask/traffic.ts";
import { dayLabel, monthWords, weekday } from "../calendar.ts";
import { charges, endName, totalBytes } from "../ends.ts";
import { shareOf } from "../figures.ts";
import type { Section, StackedBars, Table } from "../model.ts";
import { type Stretches, stretchesOf, stretchOfHour, unitFor } from "../stretches.ts";
import { topList } from "../top-list.ts";
import type { ListLimits } from "./limits.ts";

/** More layers than this cannot be told apart by colour. */
const MOST_LAYERS = 7;

/** Volume per hour, day or month, stacked by activity, and the same in figures. */
export function overTimeSection(figures: ManagerFigures, limits: ListLimits): Section {
  const { period } = figures.question;
  const unit = unitFor(period);
  const stretches = stretchesOf(period, unit);
  return {
    title: `Volume per ${unit}`,
    intro:
      "Traffic with the Internet or with hosts not described is charged to the activity of its described side; between two activities, each is charged with what it sent.",
    blocks: [stackedByActivity(figures, limits, unit, stretches), stretchTable(figures, unit, stretches)],
  };
}

/** The whole volume over time, small. */
export function volumeAside(figures: ManagerFigures): StackedBars {
  const unit = unitFor(figures.question.period);
  const { axis, keys } = stretchesOf(figures.question.period, unit);
  const measured = measuredStretches(figures, unit);
  const sums = new Map<string, bigint>();
  for (const each of figures.activities) {
    sums.set(each.bucket, (sums.get(each.bucket) ?? 0n) + each.fwdBytes + each.revBytes);
  }
  return {
    kind: "stacked-bars",
    name: "volume",
    title: `Volume per ${unit} (times in ${axis.zone})`,
    aside: true,
    time: axis,
    series: [
      {
        label: "all traffic",
        role: "item",
        bytes: keys.map((key) => (measured.has(key) ? (sums.get(key) ?? 0n) : null)),
      },
    ],
    whyEmpty: "No volume in this period.",
  };
}

function stackedByActivity(
  figures: ManagerFigures,
  limits: ListLimits,
  unit: TimeUnit,
  { axis, keys }: Stretches,
): StackedBars {
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
  const measured = measuredStretches(figures, unit);
  const layerOf = (labels: readonly { label: string }[]) =>
    keys.map((key) =>
      measured.has(key) ? labels.reduce((sum, { label }) => sum + (volumes.get(label)?.get(key) ?? 0n), 0n) : null,
    );
  return {
    kind: "stacked-bars",
    name: `volume-per-${unit}-by-activity`,
    title: `Volume per ${unit} by activity (times in ${axis.zone})`,
    time: axis,
    series: [
      ...top.map((each) => ({ label: each.label, role: "item" as const, bytes: layerOf([each]) })),
      ...(others.length > 0
        ? [{ label: `others (${others.length})`, role: "others" as const, bytes: layerOf(others) }]
        : []),
      ...(below.length > 0
        ? [{ label: `below threshold (${below.length})`, role: "below" as const, bytes: layerOf(below) }]
        : []),
    ],
    whyEmpty: "No volume in this period.",
  };
}

/** Stretches in which a probe was live or that have volume; without statistics at all, volume alone decides. */
export function measuredStretches(figures: ManagerFigures, unit: TimeUnit): Set<string> {
  const { question, coverage, hours } = figures;
  const measured = new Set<string>();
  for (const hour of [...coverage.liveSeconds.keys(), ...hours.keys()]) {
    measured.add(stretchOfHour(question.period, unit, hour));
  }
  if (question.source === "netflow") for (const key of stretchesOf(question.period, unit).keys) measured.add(key);
  return measured;
}

function stretchTable(figures: ManagerFigures, unit: TimeUnit, { keys, axis }: Stretches): Table {
  const { period } = figures.question;
  const total = totalBytes(figures.activities);
  const bytesOf = new Map<string, bigint>();
  const packetsOf = new Map<string, bigint>();
  for (const each of figures.activities) {
    bytesOf.set(each.bucket, (bytesOf.get(each.bucket) ?? 0n) + each.fwdBytes + each.revBytes);
    packetsOf.set(each.bucket, (packetsOf.get(each.bucket) ?? 0n) + each.packets);
  }
  const measured = measuredStretches(figures, unit);
  const peaks = busiestHours(figures, unit);
  const seconds = secondsOf(figures, unit);
  const rows = keys.map((key, at) => {
    const bytes = measured.has(key) ? (bytesOf.get(key) ?? 0n) : null;
    const peak = peaks.get(key) ?? null;
    return {
      role: "item" as const,
      cells: [
        nameOf(unit, axis.names[at]!),
        bytes,
        bytes === null ? null : shareOf(bytes, total),
        bytes,
        bytes === null ? null : (packetsOf.get(key) ?? 0n),
        bytes === null ? null : (Number(bytes) * 8) / seconds[at]!,
        peak === null ? null : (Number(peak) * 8) / 3600,
      ],
    };
  });
  const packets = figures.activities.reduce((sum, each) => sum + each.packets, 0n);
  const wholeSeconds = (period.untilMs - period.fromMs) / 1000;
  const peak = [...figures.hours.values()].reduce((most, each) => (each > most ? each : most), 0n);
  return {
    kind: "table",
    name: `volume-per-${unit}`,
    title: `Volume per ${unit} in figures`,
    columns: [
      { label: unit[0]!.toUpperCase() + unit.slice(1), kind: "text", csv: unit },
      { label: "Volume", kind: "volume", csv: "volume_bytes" },
      { label: "Share", kind: "share", csv: "share" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      { label: "Packets", kind: "count", csv: "packets" },
      { label: "Mean rate", kind: "rate", csv: "mean_rate_bits_per_s" },
      { label: "Busiest hour", kind: "rate", csv: "busiest_hour_bits_per_s" },
    ].filter((column) => unit !== "hour" || column.label !== "Busiest hour") as Table["columns"],
    rows: [
      ...rows,
      {
        role: "total",
        cells: [
          "Total",
          total,
          total === 0n ? null : 1,
          total,
          packets,
          (Number(total) * 8) / wholeSeconds,
          (Number(peak) * 8) / 3600,
        ],
      },
    ],
    note: "A dash: nothing was measured. Mean rates are over the whole stretch, measured or not.",
    whyEmpty: "No volume in this period.",
  };
}

function busiestHours({ hours, question }: ManagerFigures, unit: TimeUnit): Map<string, bigint> {
  const peaks = new Map<string, bigint>();
  for (const [hour, bytes] of hours) {
    const key = stretchOfHour(question.period, unit, hour);
    if (bytes > (peaks.get(key) ?? 0n)) peaks.set(key, bytes);
  }
  return peaks;
}

/** Length of each stretch; a day on which clocks are changed has 23 or 25 hours. */
function secondsOf({ question: { period } }: ManagerFigures, unit: TimeUnit): number[] {
  const { keys } = stretchesOf(period, unit);
  if (unit === "hour") return keys.map(() => 3600);
  const starts = period.days.map((day) => period.zone.startOfDay(day));
  const seconds = new Map<string, number>();
  period.days.forEach((day, at) => {
    const key = unit === "day" ? day : day.slice(0, 7);
    const length = ((starts[at + 1] ?? period.untilMs) - starts[at]!) / 1000;
    seconds.set(key, (seconds.get(key) ?? 0) + length);
  });
  return keys.map((key) => seconds.get(key)!);
}

function nameOf(unit: TimeUnit, name: string): string {
  if (unit === "hour") return name;
  return unit === "day" ? `${weekday(name).slice(0, 3)} ${dayLabel(name)} ${name.slice(0, 4)}` : monthWords(name);
}
