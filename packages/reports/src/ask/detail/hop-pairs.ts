import { utcText } from "../../time-grid.ts";
import { Histogram } from "../histogram.ts";
import { type Database, localStart } from "../volume-question.ts";
import { patternSql } from "./address-patterns.ts";
import { readSums, type Sums, sumsSql } from "./flows.ts";
import { askHourSums, askRowSources, hourStart, type RowSource } from "./row-sources.ts";
import type { DetailScope } from "./scope.ts";

/** Two hops of the route of a class, and what went between them. */
export interface HopPair {
  readonly classNo: string;
  readonly className: string;
  readonly from: Hop;
  readonly to: Hop;
  readonly sums: Sums;
  /** By UTC hour. */
  readonly hours: ReadonlyMap<string, Sums>;
  /** Latencies from 0 on, by stretch of the grid. */
  readonly latencies: ReadonlyMap<string, Histogram>;
}

export interface Hop {
  readonly number: number;
  readonly probe: string | null;
  readonly interface: string | null;
}

type Row = Record<string, string | null>;

const VERDICTS = ["matched", "lost", "missed", "unknown", "dropped"] as const;
export const HOP_SUMS = {
  sums: {
    ...Object.fromEntries(
      VERDICTS.flatMap((verdict) =>
        ["packets", "bytes"].map((what) => [`${verdict}_${what}`, `SUM(x.${verdict}_${what})`]),
      ),
    ),
    latency_sum_ns: "SUM(x.latency_sum_ns)",
    latency_min_ns: "MIN(x.latency_min_ns)",
    latency_max_ns: "MAX(x.latency_max_ns)",
  },
};

const KEYS = "class_no, from_hop, to_hop, bucket_start";

/** Rows of a table that has one verdict only, as a class makes them that wants verdicts apart. */
function apartRows(table: string, verdict: (typeof VERDICTS)[number], where: string): string {
  const columns = VERDICTS.flatMap((each) => (each === verdict ? ["packets", "bytes"] : ["0", "0"]));
  return `SELECT ${KEYS}, ${columns.join(", ")}, 0, NULL, NULL FROM ${table} AS x WHERE ${where}`;
}

/** All verdicts, in whichever table they stand, of a source of `owcttable`. */
function verdictRows({ table, where }: RowSource): string {
  const grain = table.slice(-3);
  return `SELECT ${KEYS}, ${VERDICTS.map((each) => `${each}_packets, ${each}_bytes`).join(", ")},
      latency_sum_ns, latency_min_ns, latency_max_ns FROM ${table} AS x WHERE ${where}
    UNION ALL ${apartRows(`owlosttable${grain}`, "lost", where)}
    UNION ALL ${apartRows(`owmisstable${grain}`, "missed", where)}
    UNION ALL ${apartRows(`owdroptable${grain}`, "dropped", where)}`;
}

/**
 * Pairs of hops of the classes that have flows in scope, or that measure nothing by flow. Which flow a packet between hops
 * was of is not kept, so a pair is told of as a whole.
 */
export async function askHopPairs(
  database: Database,
  scope: DetailScope,
  unit: "hour" | "day" | "month",
): Promise<{ readonly pairs: readonly HopPair[]; readonly wholeHours: readonly string[] }> {
  const { period, flowClass } = scope;
  const pattern = patternSql(scope.patterns);
  const where = `(x.class_no IN (SELECT f.class_no FROM flow AS f WHERE ${pattern.text})
             OR x.class_no NOT IN (SELECT f.class_no FROM flow AS f))
        ${flowClass === null ? "" : "AND x.class_no IN (SELECT class_no FROM flow_class WHERE name = ?)"}`;
  const values = [...pattern.values, ...(flowClass === null ? [] : [flowClass])];
  const { sources, wholeHours } = await askRowSources(
    { table: "owcttable_1h", at: "bucket_start" },
    period,
    async (source) =>
      await askHourSums(
        database,
        "bucket_start",
        "SUM(x.matched_packets) + SUM(x.lost_packets) + SUM(x.missed_packets) + SUM(x.unknown_packets) + SUM(x.dropped_packets)",
        { text: `FROM (${verdictRows(source)}) AS x`, values: [] },
      ),
  );
  const rowsOfPeriod = `(${sources.map(verdictRows).join(" UNION ALL ")})`;
  const hour = hourStart(period, "x.bucket_start");
  const key =
    "CAST(x.class_no AS CHAR) AS class_no, CAST(x.from_hop AS CHAR) AS from_hop, CAST(x.to_hop AS CHAR) AS to_hop";
  const rows = await database.rows<Row>(
    `SELECT ${key}, ${hour} AS hour, ${sumsSql(HOP_SUMS)}
       FROM ${rowsOfPeriod} AS x WHERE ${where} GROUP BY x.class_no, x.from_hop, x.to_hop, hour`,
    values,
  );
  const totals = await database.rows<Row>(
    `SELECT ${key}, c.name AS class_name, ${sumsSql(HOP_SUMS)}
       FROM ${rowsOfPeriod} AS x JOIN flow_class AS c ON c.class_no = x.class_no
      WHERE ${where} GROUP BY x.class_no, c.name, x.from_hop, x.to_hop ORDER BY c.name, x.from_hop, x.to_hop`,
    values,
  );
  const stretch =
    unit === "hour"
      ? "DATE_FORMAT(x.bucket_start, '%Y-%m-%d %H:%i:%s')"
      : `DATE_FORMAT(${localStart(period, "x.bucket_start")}, '${unit === "day" ? "%Y-%m-%d" : "%Y-%m"}')`;
  const buckets = await database.rows<Row>(
    `SELECT ${key}, ${stretch} AS stretch, CAST(x.histogram_bucket AS CHAR) AS bucket, CAST(SUM(x.samples) AS CHAR) AS samples
       FROM owlatencytable_1h AS x WHERE x.bucket_start >= ? AND x.bucket_start < ? AND ${where} GROUP BY x.class_no, x.from_hop, x.to_hop, stretch, x.histogram_bucket`,
    [utcText(period.fromMs), utcText(period.untilMs), ...values],
  );
  const hops = await database.rows<Row>(
    "SELECT CAST(class_no AS CHAR) AS class_no, CAST(hop AS CHAR) AS hop, probe, interface FROM hop",
  );
  const pairs = totals.map((total): HopPair => {
    const isOfPair = (row: Row) =>
      row.class_no === total.class_no && row.from_hop === total.from_hop && row.to_hop === total.to_hop;
    const hopOf = (number: string): Hop => {
      const found = hops.find((row) => row.class_no === total.class_no && row.hop === number);
      return { number: Number(number), probe: found?.probe ?? null, interface: found?.interface ?? null };
    };
    const latencies = new Map<string, Histogram>();
    for (const row of buckets.filter(isOfPair)) {
      const histogram = latencies.get(row.stretch!) ?? new Histogram();
      histogram.add(Number(row.bucket), BigInt(row.samples!));
      latencies.set(row.stretch!, histogram);
    }
    return {
      classNo: total.class_no!,
      className: total.class_name!,
      from: hopOf(total.from_hop!),
      to: hopOf(total.to_hop!),
      sums: readSums(total, HOP_SUMS),
      hours: new Map(rows.filter(isOfPair).map((row) => [row.hour!, readSums(row, HOP_SUMS)])),
      latencies,
    };
  });
  return { pairs, wholeHours };
}
