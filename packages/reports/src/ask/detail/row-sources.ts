import type { Period } from "../../period.ts";
import { utcText } from "../../time-grid.ts";
import { hoursAtMidnights } from "../cut-hours.ts";
import { type Database, localStart } from "../volume-question.ts";

/** Rows `x` of a table that a period is made of. */
export interface RowSource {
  readonly table: string;
  /** Conditions over `x`. */
  readonly where: string;
}

export interface RowSources {
  readonly sources: readonly RowSource[];
  /** UTC hours that a midnight of the zone cuts and that nothing can tell apart: they count where they begin. */
  readonly wholeHours: readonly string[];
}

/**
 * Where the rows of a period stand: in a table, and where that has hours which a midnight of the zone cuts, these in its
 * table of minutes. Minutes count only where they add up to their hour. `sumsOf`: what a source's rows come to, by UTC hour.
 */
export async function askRowSources(
  { table, at }: { readonly table: string; readonly at: string },
  period: Period,
  sumsOf: (source: RowSource) => Promise<ReadonlyMap<string, string>>,
): Promise<RowSources> {
  const span = `x.${at} >= '${utcText(period.fromMs)}' AND x.${at} < '${utcText(period.untilMs)}'`;
  const cut = table.endsWith("_1h") ? hoursAtMidnights(period.fromMs, period) : [];
  if (cut.length === 0) return { sources: [{ table, where: span }], wholeHours: [] };
  const minutes = table.replace(/_1h$/, "_1m");
  const within = (hours: readonly string[]) =>
    `(${hours.map((hour) => `(x.${at} >= '${hour}' AND x.${at} < '${hour}' + INTERVAL 1 HOUR)`).join(" OR ")})`;
  const [byMinute, byHour] = [
    await sumsOf({ table: minutes, where: within(cut) }),
    await sumsOf({ table, where: within(cut) }),
  ];
  const exact = cut.filter((hour) => (byMinute.get(hour) ?? "0") === (byHour.get(hour) ?? "0"));
  const told = new Set(exact);
  const wholeHours = cut.filter((hour) => !told.has(hour));
  if (exact.length === 0) return { sources: [{ table, where: span }], wholeHours };
  const list = exact.map((hour) => `'${hour}'`).join(", ");
  return {
    sources: [
      { table, where: `${span} AND x.${at} NOT IN (${list})` },
      { table: minutes, where: `${span} AND ${within(exact)}` },
    ],
    wholeHours,
  };
}

/** Sums by UTC hour, for `askRowSources`. `from`: FROM and WHERE over `x`. */
export async function askHourSums(
  database: Database,
  at: string,
  sum: string,
  from: { readonly text: string; readonly values: readonly unknown[] },
): Promise<ReadonlyMap<string, string>> {
  const rows = await database.rows<{ hour: string; sum: string }>(
    `SELECT DATE_FORMAT(x.${at}, '%Y-%m-%d %H:00:00') AS hour, CAST(${sum} AS CHAR) AS sum ${from.text} GROUP BY hour`,
    from.values,
  );
  return new Map(rows.map((row) => [row.hour, row.sum]));
}

/** SQL of the UTC hour of an instant; of an hour that a midnight of the zone cuts, the midnight for what comes after it. */
export function hourStart(period: Period, column: string): string {
  const hour = `DATE_FORMAT(${column}, '%Y-%m-%d %H:00:00')`;
  if (hoursAtMidnights(period.fromMs, period).length === 0) return hour;
  const local = localStart(period, column);
  const sinceMidnight = `(HOUR(${local}) * 3600 + MINUTE(${local}) * 60 + SECOND(${local}))`;
  return `GREATEST(${hour}, DATE_FORMAT(${column} - INTERVAL ${sinceMidnight} SECOND, '%Y-%m-%d %H:%i:%s'))`;
}
