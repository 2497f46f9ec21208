import { utcText } from "../../time-grid.ts";
import { Histogram } from "../histogram.ts";
import { type Database, localStart } from "../volume-question.ts";
import { askFlowSources, type FlowTable, readSums, type Sums, sumsSql } from "./flows.ts";
import { hourStart } from "./row-sources.ts";
import type { DetailScope } from "./scope.ts";

/** What a flow did, key by key and UTC hour by hour. Shape: flow, then key (empty without one), then hour. */
export type FlowHours = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Sums>>>;

type Row = Record<string, string | null>;

/** Sums by UTC hour (`hourStart`) of some flows; `key`: SQL of what tells rows of an hour apart. */
export async function askFlowHours(
  database: Database,
  scope: DetailScope,
  table: FlowTable,
  flows: readonly string[],
  key = "''",
): Promise<FlowHours> {
  const hours = new Map<string, Map<string, Map<string, Sums>>>();
  if (flows.length === 0) return hours;
  const { sources } = await askFlowSources(database, scope, table);
  for (const source of sources) {
    const rows = await database.rows<Row>(
      `SELECT CAST(x.flow_no AS CHAR) AS flow_no, ${key} AS key_text,
              ${hourStart(scope.period, `x.${table.at}`)} AS hour, ${sumsSql(table)}
         FROM ${source.table} AS x
        WHERE x.flow_no IN (${flows.map(() => "?").join(", ")}) AND ${source.where}
        GROUP BY x.flow_no, key_text, hour`,
      flows,
    );
    for (const row of rows) {
      const keys = hours.get(row.flow_no!) ?? new Map<string, Map<string, Sums>>();
      const byHour = keys.get(row.key_text ?? "") ?? new Map<string, Sums>();
      byHour.set(row.hour!, readSums(row, table));
      keys.set(row.key_text ?? "", byHour);
      hours.set(row.flow_no!, keys);
    }
  }
  return hours;
}

/** Histograms by flow, key, and stretch of time of the grid. */
export type FlowHistograms = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Histogram>>>;

/** `table`: with `histogram_bucket` and `samples` per hour, without its `_1h`. */
export async function askFlowHistograms(
  database: Database,
  scope: DetailScope,
  table: string,
  flows: readonly string[],
  unit: "hour" | "day" | "month",
  key: string,
): Promise<FlowHistograms> {
  const histograms = new Map<string, Map<string, Map<string, Histogram>>>();
  if (flows.length === 0) return histograms;
  const isCoarse = unit !== "hour" && scope.period.zone.name === "UTC";
  const local = localStart(scope.period, "x.bucket_start");
  const bucket =
    unit === "hour"
      ? "DATE_FORMAT(x.bucket_start, '%Y-%m-%d %H:%i:%s')"
      : `DATE_FORMAT(${local}, '${unit === "day" ? "%Y-%m-%d" : "%Y-%m"}')`;
  const rows = await database.rows<Row>(
    `SELECT CAST(x.flow_no AS CHAR) AS flow_no, ${key} AS key_text, ${bucket} AS stretch,
            CAST(x.histogram_bucket AS CHAR) AS bucket, CAST(SUM(x.samples) AS CHAR) AS samples
       FROM ${table}_${isCoarse ? "1d" : "1h"} AS x
      WHERE x.flow_no IN (${flows.map(() => "?").join(", ")}) AND x.bucket_start >= ? AND x.bucket_start < ?
      GROUP BY x.flow_no, key_text, stretch, x.histogram_bucket`,
    [...flows, ...spanOf(scope)],
  );
  for (const { flow_no, key_text, stretch, bucket: number, samples } of rows) {
    const keys = histograms.get(flow_no!) ?? new Map<string, Map<string, Histogram>>();
    const stretches = keys.get(key_text!) ?? new Map<string, Histogram>();
    const histogram = stretches.get(stretch!) ?? new Histogram();
    histogram.add(Number(number), BigInt(samples!));
    stretches.set(stretch!, histogram);
    keys.set(key_text!, stretches);
    histograms.set(flow_no!, keys);
  }
  return histograms;
}

/** Rows as they are, the `most` first of each flow by an order. */
export async function askWorst(
  database: Database,
  scope: DetailScope,
  question: { table: string; at: string; columns: string; order: string; where: string; most: number },
  flows: readonly string[],
): Promise<Map<string, Row[]>> {
  const worst = new Map<string, Row[]>();
  if (flows.length === 0) return worst;
  const rows = await database.rows<Row>(
    `SELECT w.* FROM (
       SELECT CAST(x.flow_no AS CHAR) AS flow_no, ${question.columns},
              ROW_NUMBER() OVER (PARTITION BY x.flow_no ORDER BY ${question.order}, x.run_no, x.record_no) AS place
         FROM ${question.table} AS x
        WHERE x.flow_no IN (${flows.map(() => "?").join(", ")}) AND x.${question.at} >= ? AND x.${question.at} < ?
          AND ${question.where}) AS w
      WHERE w.place <= ${question.most}
      ORDER BY w.flow_no, w.place`,
    [...flows, ...spanOf(scope)],
  );
  for (const row of rows) worst.set(row.flow_no!, [...(worst.get(row.flow_no!) ?? []), row]);
  return worst;
}

/** How often values came, by flow, in bins of an eighth of a doubling. `value`: SQL, greater than 0 where `where`. */
export async function askSpread(
  database: Database,
  scope: DetailScope,
  question: { table: string; at: string; value: string; where: string },
  flows: readonly string[],
): Promise<Map<string, { from: number; until: number; count: bigint }[]>> {
  const spread = new Map<string, { from: number; until: number; count: bigint }[]>();
  if (flows.length === 0) return spread;
  const rows = await database.rows<Row>(
    `SELECT CAST(x.flow_no AS CHAR) AS flow_no, CAST(FLOOR(8 * LOG2(${question.value})) AS CHAR) AS bin,
            CAST(COUNT(*) AS CHAR) AS count
       FROM ${question.table} AS x
      WHERE x.flow_no IN (${flows.map(() => "?").join(", ")}) AND x.${question.at} >= ? AND x.${question.at} < ?
        AND ${question.where}
      GROUP BY x.flow_no, bin`,
    [...flows, ...spanOf(scope)],
  );
  const byFlow = new Map<string, Map<number, bigint>>();
  for (const { flow_no, bin, count } of rows) {
    const bins = byFlow.get(flow_no!) ?? new Map<number, bigint>();
    bins.set(Number(bin), BigInt(count!));
    byFlow.set(flow_no!, bins);
  }
  for (const [flow, bins] of byFlow) {
    const [first, last] = [Math.min(...bins.keys()), Math.max(...bins.keys())];
    spread.set(
      flow,
      Array.from({ length: last - first + 1 }, (_, at) => {
        const bin = first + at;
        return { from: 2 ** (bin / 8), until: 2 ** ((bin + 1) / 8), count: bins.get(bin) ?? 0n };
      }),
    );
  }
  return spread;
}

function spanOf({ period }: DetailScope): [string, string] {
  return [utcText(period.fromMs), utcText(period.untilMs)];
}
