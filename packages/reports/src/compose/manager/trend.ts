import type { ManagerFigures } from "../../ask/manager-figures.ts";
import { dayLabel, periodWords } from "../calendar.ts";
import { byEnd } from "../ends.ts";
import { changeOf } from "../figures.ts";
import type { Block, LineChart, Section, Table } from "../model.ts";
import { topList } from "../top-list.ts";
import { unmeasuredDays } from "./title.ts";

const MOST_MOVERS = 8;
/** Days over which the smooth line is averaged: a week, so that weekends do not show. */
const SMOOTH_DAYS = 7;

/** Where the volume is going: day by day beside the period before, the last periods, and what changed most. */
export function trendSection(figures: ManagerFigures): Section {
  const blocks: Block[] = [];
  if (figures.question.period.days.length >= 3) blocks.push(dailyLines(figures));
  blocks.push(recentTable(figures), moversTable(figures));
  return { title: "Trend", blocks };
}

function dailyLines(figures: ManagerFigures): LineChart {
  const { question, before, coverage, coverageBefore, days, daysBefore } = figures;
  const { period } = question;
  const missing = new Set(unmeasuredDays(period, coverage, new Set(days.keys())));
  const missingBefore = new Set(unmeasuredDays(before, coverageBefore, new Set(daysBefore.keys())));
  const now = period.days.map((day) => (missing.has(day) ? null : (days.get(day)?.bytes ?? 0n)));
  const then = period.days.map((_, at) => {
    const day = before.days[at];
    return day === undefined || missingBefore.has(day) ? null : (daysBefore.get(day)?.bytes ?? 0n);
  });
  const smooth = now.map((_, at) => meanOf(now.slice(Math.max(0, at - SMOOTH_DAYS + 1), at + 1)));
  return {
    kind: "line-chart",
    name: "trend-per-day",
    title: `Volume per day, beside the period before (times in ${period.zone.name})`,
    time: { unit: "day", zone: period.zone.name, labels: period.days.map(dayLabel), names: period.days },
    quantity: "volume",
    series: [
      { label: periodWords(period), style: "strong", values: now },
      ...(smooth.some((bytes) => bytes !== null)
        ? [{ label: `mean of the last ${SMOOTH_DAYS} days`, style: "dashed" as const, values: smooth }]
        : []),
      ...(then.every((bytes) => bytes === null)
        ? []
        : [{ label: `${periodWords(before)}, day by day`, style: "faint" as const, values: then }]),
    ],
    whyEmpty: "No volume in this period.",
  };
}

/** Mean of a full week without gaps; else null. */
function meanOf(values: readonly (bigint | null)[]): bigint | null {
  if (values.length < SMOOTH_DAYS) return null;
  let sum = 0n;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return sum / BigInt(values.length);
}

function recentTable({ recent }: ManagerFigures): Table {
  // Periods before the first volume there is say nothing.
  const oldest = recent.findLastIndex(({ bytes }) => bytes > 0n);
  const rows = recent.slice(0, oldest + 1).map(({ period, bytes }, at) => ({
    role: "item" as const,
    cells: [
      periodWords(period),
      bytes,
      bytes,
      (Number(bytes) * 8000) / (period.untilMs - period.fromMs),
      changeOf(bytes, recent[at + 1]?.bytes ?? 0n),
    ],
  }));
  return {
    kind: "table",
    name: "recent-periods",
    title: "This period and those before it",
    columns: [
      { label: "Period", kind: "text", csv: "period" },
      { label: "Volume", kind: "volume", csv: "volume_bytes" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      { label: "Mean rate", kind: "rate", csv: "mean_rate_bits_per_s" },
      { label: "Change", kind: "change", csv: "change" },
    ],
    rows,
    note: "Mean rates are over whole periods, measured or not.",
    whyEmpty: "No volume in this period or the ones before it.",
  };
}

/** Activities and services whose volume changed most. */
function moversTable(figures: ManagerFigures): Table {
  const movers = [
    ...moversOf("Activity", byEnd(figures.activities, "activity"), byEnd(figures.activitiesBefore, "activity")),
    ...moversOf(
      "Service",
      figures.services.map((each) => ({ label: each.service, bytes: each.bytes })),
      figures.servicesBefore.map((each) => ({ label: each.service, bytes: each.bytes })),
    ),
  ];
  const ranked = topList(
    movers.map((each) => ({ ...each, bytes: each.now > each.was ? each.now - each.was : each.was - each.now })),
    MOST_MOVERS,
    1n,
  ).top;
  const hasBefore = figures.activitiesBefore.length > 0;
  return {
    kind: "table",
    name: "largest-changes",
    title: `Largest changes against ${periodWords(figures.before)}`,
    columns: [
      { label: "What", kind: "text", csv: "what" },
      { label: "Name", kind: "text", csv: "name" },
      { label: "Before", kind: "volume", csv: "before_bytes" },
      { label: "Now", kind: "volume", csv: "now_bytes" },
      { label: "Difference", kind: "volume", csv: "difference_bytes" },
      { label: "Change", kind: "change", csv: "change" },
    ],
    rows: hasBefore
      ? ranked.map(({ what, label, now, was }) => ({
          role: "item",
          cells: [what, label, was, now, now - was, changeOf(now, was)],
        }))
      : [],
    whyEmpty: `There is no volume in ${periodWords(figures.before)} to compare with.`,
  };
}

interface Mover {
  readonly what: string;
  readonly label: string;
  readonly now: bigint;
  readonly was: bigint;
}

function moversOf(
  what: string,
  now: readonly { label: string; bytes: bigint }[],
  then: readonly { label: string; bytes: bigint }[],
): Mover[] {
  const before = new Map(then.map((each) => [each.label, each.bytes]));
  const after = new Map(now.map((each) => [each.label, each.bytes]));
  return [...new Set([...before.keys(), ...after.keys()])].map((label) => ({
    what,
    label,
    now: after.get(label) ?? 0n,
    was: before.get(label) ?? 0n,
  }));
}
