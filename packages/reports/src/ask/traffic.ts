import type { TimeAxis } from "../compose/model.ts";
import type { Period } from "../period.ts";
import { type Database, dayGrain, fromWhere, localStart, placeOf, type VolumeQuestion } from "./volume-question.ts";

/** One side of traffic as some dimension names it. */
export interface End {
  /** null: not named in that dimension. */
  readonly name: string | null;
  readonly place: "own" | "special" | "internet";
}

/** Traffic between two ends. */
export interface Traffic {
  /** Day `YYYY-MM-DD`, month `YYYY-MM`, hour or minute `YYYY-MM-DD HH:MM:SS` UTC; empty when not asked for. */
  readonly bucket: string;
  readonly src: End;
  readonly dst: End;
  readonly fwdBytes: bigint;
  readonly revBytes: bigint;
  readonly packets: bigint;
}

export type Dimension = "activity" | "location" | "country";
type TimeUnit = TimeAxis["unit"];

/** Volumes from end to end, in one dimension, over a period, by stretches of time when `unit` is given. */
export async function askTraffic(
  database: Database,
  question: VolumeQuestion,
  period: Period,
  dimension: Dimension,
  unit: TimeUnit | null = null,
): Promise<Traffic[]> {
  const { text, values } = fromWhere(question, period, grainOf(period, unit));
  const rows = await database.rows<Record<string, string | bigint | null>>(
    `SELECT ${bucketOf(period, unit)} AS bucket,
        v.src_${dimension} AS src_name, ${placeOf("src")} AS src_place,
        v.dst_${dimension} AS dst_name, ${placeOf("dst")} AS dst_place,
        CAST(SUM(v.fwd_bytes) AS CHAR) AS fwd_bytes, CAST(SUM(v.rev_bytes) AS CHAR) AS rev_bytes,
        CAST(SUM(v.fwd_packets + v.rev_packets) AS CHAR) AS packets
   ${text}
  GROUP BY bucket, src_name, src_place, dst_name, dst_place`,
    values,
  );
  return rows.map((row) => ({
    bucket: String(row.bucket),
    src: { name: row.src_name as string | null, place: row.src_place as End["place"] },
    dst: { name: row.dst_name as string | null, place: row.dst_place as End["place"] },
    fwdBytes: BigInt(row.fwd_bytes!),
    revBytes: BigInt(row.rev_bytes!),
    packets: BigInt(row.packets!),
  }));
}

/** The table that holds stretches of so much time. */
export function grainOf(period: Period, unit: TimeUnit | null): "1m" | "1h" | "1d" {
  return unit === "minute" ? "1m" : unit === "hour" ? "1h" : dayGrain(period);
}

/** `Traffic.bucket` of a row, in SQL. */
export function bucketOf(period: Period, unit: TimeUnit | null): string {
  if (unit === null) return "''";
  if (unit === "hour" || unit === "minute") return "DATE_FORMAT(v.bucket_start, '%Y-%m-%d %H:%i:%s')";
  return `DATE_FORMAT(${localStart(period)}, '${unit === "day" ? "%Y-%m-%d" : "%Y-%m"}')`;
}

/** Volume of each UTC hour that has any: start `YYYY-MM-DD HH:MM:SS` to bytes. */
export async function askHours(
  database: Database,
  question: VolumeQuestion,
  period: Period,
): Promise<Map<string, bigint>> {
  const { text, values } = fromWhere(question, period, "1h");
  const rows = await database.rows<{ bucket: string; bytes: string }>(
    `SELECT ${bucketOf(period, "hour")} AS bucket, CAST(SUM(v.fwd_bytes + v.rev_bytes) AS CHAR) AS bytes
   ${text}
  GROUP BY bucket
  ORDER BY bucket`,
    values,
  );
  return new Map(rows.map((row) => [row.bucket, BigInt(row.bytes)]));
}

/** Volume of each day that has any, in the period's zone. */
export async function askDays(
  database: Database,
  question: VolumeQuestion,
  period: Period,
): Promise<Map<string, { bytes: bigint; packets: bigint }>> {
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const rows = await database.rows<{ bucket: string; bytes: string; packets: string }>(
    `SELECT ${bucketOf(period, "day")} AS bucket, CAST(SUM(v.fwd_bytes + v.rev_bytes) AS CHAR) AS bytes,
        CAST(SUM(v.fwd_packets + v.rev_packets) AS CHAR) AS packets
   ${text}
  GROUP BY bucket
  ORDER BY bucket`,
    values,
  );
  return new Map(rows.map((row) => [row.bucket, { bytes: BigInt(row.bytes), packets: BigInt(row.packets) }]));
}

/** Volume of a whole period. */
export async function askTotal(database: Database, question: VolumeQuestion, period: Period): Promise<bigint> {
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const [row] = await database.rows<{ bytes: string | null }>(
    `SELECT CAST(SUM(v.fwd_bytes + v.rev_bytes) AS CHAR) AS bytes ${text}`,
    values,
  );
  return BigInt(row?.bytes ?? 0);
}
