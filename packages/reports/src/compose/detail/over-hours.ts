import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import type { Sums } from "../../ask/detail/flows.ts";
import { utcMs } from "../../time-grid.ts";
import { periodWords } from "../calendar.ts";
import type { Distribution, LineChart, Quantity, StackedBars, Table, Value } from "../model.ts";

export type Hours = ReadonlyMap<string, Sums>;

/** A part of a sum, as a bar's layer or a line. */
export interface Layer {
  readonly label: string;
  readonly pick: (sums: Sums) => bigint | null;
}

export const WHY_NO_ROWS = "Nothing of this kind was measured of this flow in this period.";

/** Sums by stretch of the grid; null where no probe was live. */
export function stretchValues({ grid, live }: DetailAsking, hours: Hours, pick: Layer["pick"]): Value[] {
  const sums = new Map<string, bigint>();
  for (const [hour, of] of hours) {
    const key = grid.keyOf(hour);
    sums.set(key, (sums.get(key) ?? 0n) + (pick(of) ?? 0n));
  }
  return grid.keys.map((key) => sums.get(key) ?? (live.has(key) ? 0n : null));
}

export function barsOverTime(
  asking: DetailAsking,
  name: string,
  title: string,
  quantity: Quantity,
  layers: readonly (Layer & { readonly hours: Hours })[],
): StackedBars {
  const { grid } = asking;
  const series = layers.map(({ label, pick, hours }) => ({
    label,
    role: "item" as const,
    values: stretchValues(asking, hours, pick),
  }));
  return {
    kind: "stacked-bars",
    name,
    title: `${title} per ${grid.each} (times in ${grid.axis.zone})`,
    time: grid.axis,
    quantity,
    // A layer of which there is nothing would only fill the legend.
    series: series.filter(({ values }) => values.some((value) => value !== null && Number(value) > 0)),
    whyEmpty: WHY_NO_ROWS,
  };
}

/** Shares of sums over time, as lines; no share where there is no whole. */
export function sharesOverTime(
  asking: DetailAsking,
  name: string,
  title: string,
  hours: Hours,
  lines: readonly { readonly label: string; readonly part: Layer["pick"]; readonly whole: Layer["pick"] }[],
): LineChart {
  const { grid } = asking;
  return {
    kind: "line-chart",
    name,
    title: `${title} per ${grid.each} (times in ${grid.axis.zone})`,
    time: grid.axis,
    quantity: "percent",
    series: lines.map(({ label, part, whole }) => {
      const parts = stretchValues(asking, hours, part);
      const wholes = stretchValues(asking, hours, whole);
      return {
        label,
        style: "plain",
        values: wholes.map(
          (of, at): Value => (of === null || Number(of) === 0 ? null : Number(parts[at]) / Number(of)),
        ),
      };
    }),
    whyEmpty: WHY_NO_ROWS,
  };
}

/** How hourly values are spread, over the hours that have any. `factor`: from an hour's sum to the value. */
export function hourlySpread(
  name: string,
  title: string,
  quantity: Quantity,
  hours: Hours,
  pick: Layer["pick"],
  factor = 1,
): Distribution {
  // An hour that a midnight cuts has two parts here.
  const whole = new Map<string, bigint>();
  for (const [start, sums] of hours) {
    const hour = start.slice(0, 13);
    whole.set(hour, (whole.get(hour) ?? 0n) + (pick(sums) ?? 0n));
  }
  const values = [...whole.values()].map((sum) => Number(sum) * factor).filter((value) => value > 0);
  return valueSpread(name, title, quantity, "hours", values, WHY_NO_ROWS);
}

const BINS = 24;

export function valueSpread(
  name: string,
  title: string,
  quantity: Quantity,
  counted: string,
  values: readonly number[],
  whyEmpty: string,
): Distribution {
  const rising = [...values].sort((a, b) => a - b);
  const most = rising.at(-1) ?? 0;
  const step = most / BINS;
  const bins = Array.from({ length: rising.length === 0 ? 0 : BINS }, (_, at) => ({
    from: at * step,
    until: (at + 1) * step,
    count: 0n,
  }));
  // The greatest value lies in the last bin.
  for (const value of rising) bins[Math.min(BINS - 1, Math.floor(value / step))]!.count++;
  return {
    kind: "distribution",
    name,
    title,
    quantity,
    counted,
    logarithmic: false,
    bins,
    marks: [50, 95, 99].flatMap((percent) => {
      const value = rising[Math.ceil((percent / 100) * rising.length) - 1];
      return value === undefined ? [] : [{ label: percent === 50 ? "median" : `p${percent}`, value }];
    }),
    whyEmpty,
  };
}

const MOST_BUSY = 5;

/** The hours with most, most first. */
export function busiestHours(
  { scope: { period } }: DetailAsking,
  name: string,
  title: string,
  hours: Hours,
  rank: Layer["pick"],
  columns: readonly { readonly label: string; readonly csv: string; readonly pick: Layer["pick"] }[],
): Table {
  const ranked = [...hours]
    .map(([hour, sums]) => ({ hour, sums, weight: rank(sums) ?? 0n }))
    .filter(({ weight }) => weight > 0n)
    .sort((a, b) => (a.weight === b.weight ? (a.hour < b.hour ? -1 : 1) : a.weight > b.weight ? -1 : 1));
  return {
    kind: "table",
    name,
    title,
    columns: [
      { label: `Hour from (${period.zone.name})`, kind: "text", csv: "hour_from" },
      ...columns.map(({ label, csv }) => ({ label, csv, kind: "count" as const })),
    ],
    rows: ranked.slice(0, MOST_BUSY).map(({ hour, sums }) => ({
      role: "item",
      cells: [period.zone.local(utcMs(hour)), ...columns.map(({ pick }) => pick(sums))],
    })),
    whyEmpty: `There was none in ${periodWords(period)}.`,
  };
}

/** A table of what went which way. */
export function waysTable(
  name: string,
  sums: Sums,
  rows: readonly { readonly label: string; readonly column: string }[],
): Table {
  return {
    kind: "table",
    name,
    title: "Both ways",
    columns: [
      { label: "Counted", kind: "text", csv: "counted" },
      { label: "A to B", kind: "count", csv: "a_to_b" },
      { label: "B to A", kind: "count", csv: "b_to_a" },
      { label: "Together", kind: "count", csv: "together" },
    ],
    rows: rows.map(({ label, column }) => {
      const [fwd, rev] = [sums[`fwd_${column}`] ?? 0n, sums[`rev_${column}`] ?? 0n];
      return { role: "item", cells: [label, fwd, rev, fwd + rev] };
    }),
    whyEmpty: WHY_NO_ROWS,
  };
}

/** Both directions of a column together. */
export function bothWays(column: string): Layer["pick"] {
  return (sums) => (sums[`fwd_${column}`] ?? 0n) + (sums[`rev_${column}`] ?? 0n);
}

export function oneWay(column: string): Layer["pick"] {
  return (sums) => sums[column] ?? 0n;
}

/** SUM of both directions' columns, for `FlowTable.sums`. */
export function waySums(...columns: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    columns.flatMap((column) => ["fwd", "rev"].map((way) => [`${way}_${column}`, `SUM(x.${way}_${column})`])),
  );
}

export function plainSums(...columns: readonly string[]): Record<string, string> {
  return Object.fromEntries(columns.map((column) => [column, `SUM(x.${column})`]));
}
