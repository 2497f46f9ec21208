import type { HourlyDirections } from "../../ask/directions.ts";
import type { OperatorFigures } from "../../ask/operator-figures.ts";
import { hourGrid, type TimeGrid } from "../../time-grid.ts";
import { shareOf } from "../figures.ts";
import type { Section, StackedBars, Table } from "../model.ts";
import { stretchRows, TIME_HEADING } from "../stretch-rows.ts";

const WAYS = [
  ["in", "in from the Internet", "inBytes"],
  ["out", "out to the Internet", "outBytes"],
  ["within", "within own and local networks", "withinBytes"],
  ["through", "between Internet hosts", "throughBytes"],
] as const;

/** More hours than this are too thin to be drawn one by one. */
const MOST_DAYS_BY_HOUR = 35;

/** Volume over time by the way it went. */
export function inOutSection(figures: OperatorFigures): Section {
  const { grid, question } = figures;
  const isFine = grid.unit !== "hour" && question.period.days.length <= MOST_DAYS_BY_HOUR;
  return {
    title: "Volume in and out",
    intro: "As seen from your own and local networks: every byte goes in, out, stays within, or passes through.",
    blocks: [...(isFine ? [bars(figures, hourGrid(question.period))] : []), bars(figures, grid), wayTable(figures)],
  };
}

function bars(figures: OperatorFigures, grid: TimeGrid): StackedBars {
  const sums = sumsBy(figures.directions, grid);
  const measured = measuredKeys(figures, grid);
  return {
    kind: "stacked-bars",
    name: `in-out-per-${grid.unit}`,
    title: `Volume per ${grid.each} by direction (times in ${grid.axis.zone})`,
    time: grid.axis,
    quantity: "volume",
    series: WAYS.filter(([, , pick]) => figures.directions.some((each) => each[pick] > 0n)).map(([, label, pick]) => ({
      label,
      role: "item",
      values: grid.keys.map((key) => (measured.has(key) ? (sums.get(key)?.[pick] ?? 0n) : null)),
    })),
    whyEmpty: "No volume in this period.",
  };
}

function measuredKeys({ coverage, hours, measured }: OperatorFigures, grid: TimeGrid): ReadonlySet<string> {
  if (grid.unit !== "hour") return measured;
  return new Set([...coverage.liveSeconds.keys(), ...hours.keys()]);
}

type Ways = Record<(typeof WAYS)[number][2], bigint>;

function sumsBy(directions: readonly HourlyDirections[], grid: TimeGrid): Map<string, Ways> {
  const sums = new Map<string, Ways>();
  for (const each of directions) {
    const key = grid.keyOf(each.bucket);
    const sum = sums.get(key) ?? { inBytes: 0n, outBytes: 0n, withinBytes: 0n, throughBytes: 0n };
    for (const [, , pick] of WAYS) sum[pick] += each[pick];
    sums.set(key, sum);
  }
  return sums;
}

function wayTable(figures: OperatorFigures): Table {
  const { grid, measured } = figures;
  const sums = sumsBy(figures.directions, grid);
  const totals: Ways = { inBytes: 0n, outBytes: 0n, withinBytes: 0n, throughBytes: 0n };
  for (const sum of sums.values()) for (const [, , pick] of WAYS) totals[pick] += sum[pick];
  const all = (ways: Ways) => WAYS.reduce((sum, [, , pick]) => sum + ways[pick], 0n);
  const total = all(totals);
  const cells = (ways: Ways) => [
    all(ways),
    shareOf(all(ways), total),
    all(ways),
    ...WAYS.map(([, , pick]) => ways[pick]),
  ];
  const none: Ways = { inBytes: 0n, outBytes: 0n, withinBytes: 0n, throughBytes: 0n };
  return {
    kind: "table",
    name: `directions-per-${grid.unit}`,
    title: `Volume per ${grid.each} in figures`,
    columns: [
      { label: TIME_HEADING[grid.unit], kind: "text", csv: grid.unit },
      { label: "Volume", kind: "volume", csv: "volume_bytes" },
      { label: "Share", kind: "share", csv: "share" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      ...WAYS.map(([name]) => ({
        label: name[0]!.toUpperCase() + name.slice(1),
        kind: "volume" as const,
        csv: `${name}_bytes`,
      })),
    ],
    rows:
      total === 0n
        ? []
        : [
            ...stretchRows(grid, measured, 3 + WAYS.length, (key) => cells(sums.get(key) ?? none)),
            { role: "total", cells: ["Total", ...cells(totals)] },
          ],
    note: "A dash: nothing was measured.",
    whyEmpty: "No volume in this period.",
  };
}
