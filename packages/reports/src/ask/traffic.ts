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
  return (await askTrafficBy(database, question, period, [dimension], unit))[0]!;
}

/** The same in several dimensions at once, in their order: reading the table is most of the work. */
export async function askTrafficBy(
  database: Database,
  question: VolumeQuestion,
  period: Period,
  dimensions: readonly Dimension[],
  unit: TimeUnit | null = null,
): Promise<Traffic[][]> {
  const { text, values } = fromWhere(question, period, grainOf(period, unit));
  const names = dimensions.flatMap((dimension) => ["src", "dst"].map((side) => `v.${side}_${dimension}`));
  const rows = await database.rows<Record<string, string | null>>(
    `SELECT ${bucketOf(period, unit)} AS bucket, ${names.map((name) => `${name} AS ${name.slice(2)}`).join(", ")},
        ${placeOf("src")} AS src_place, ${placeOf("dst")} AS dst_place,
        CAST(SUM(v.fwd_bytes) AS CHAR) AS fwd_bytes, CAST(SUM(v.rev_bytes) AS CHAR) AS rev_bytes,
        CAST(SUM(v.fwd_packets) + SUM(v.rev_packets) AS CHAR) AS packets
   ${text}
  GROUP BY ${[...groupOf(period, unit), ...names, "src_place", "dst_place"].join(", ")}`,
    values,
  );
  return dimensions.map((dimension) => folded(rows, dimension));
}

/** Adds up what differs in other dimensions only. */
function folded(rows: readonly Record<string, string | null>[], dimension: Dimension): Traffic[] {
  const sums = new Map<string, { -readonly [key in keyof Traffic]: Traffic[key] }>();
  for (const row of rows) {
    const [src, dst] = ["src", "dst"].map((side) => ({
      name: row[`${side}_${dimension}`]!,
      place: row[`${side}_place`] as End["place"],
    })) as [End, End];
    const bucket = String(row.bucket);
    const key = JSON.stringify([bucket, src.name, src.place, dst.name, dst.place]);
    const sum = sums.get(key) ?? { bucket, src, dst, fwdBytes: 0n, revBytes: 0n, packets: 0n };
    sum.fwdBytes += BigInt(row.fwd_bytes!);
    sum.revBytes += BigInt(row.rev_bytes!);
    sum.packets += BigInt(row.packets!);
    sums.set(key, sum);
  }
  return [...sums.values()];
}

/** What groups rows by `bucketOf`: the tables' own instant where that is the same, since their keys begin with it. */
export function groupOf(period: Period, unit: TimeUnit | null): string[] {
  if (unit === null) return [];
  return unit === "month" || (unit === "day" && dayGrain(period) !== "1d") ? ["bucket"] : ["v.bucket_start"];
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
    `SELECT ${bucketOf(period, "hour")} AS bucket, CAST(SUM(v.fwd_bytes) + SUM(v.rev_bytes) AS CHAR) AS bytes
   ${text}
  GROUP BY v.bucket_start
  ORDER BY v.bucket_start`,
    values,
  );
  // Minutes of hours that a midnight cuts come one by one.
  const hours = new Map<string, bigint>();
  for (const { bucket, bytes } of rows) {
    const hour = `${bucket.slice(0, 13)}:00:00`;
    hours.set(hour, (hours.get(hour) ?? 0n) + BigInt(bytes));
  }
  return hours;
}

/** Volume of each day that has any, in the period's zone. */
export async function askDays(
  database: Database,
  question: VolumeQuestion,
  period: Period,
): Promise<Map<string, { bytes: bigint; packets: bigint }>> {
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const rows = await database.rows<{ bucket: string; bytes: string; packets: string }>(
    `SELECT ${bucketOf(period, "day")} AS bucket, CAST(SUM(v.fwd_bytes) + SUM(v.rev_bytes) AS CHAR) AS bytes,
        CAST(SUM(v.fwd_packets) + SUM(v.rev_packets) AS CHAR) AS packets
   ${text}
  GROUP BY ${groupOf(period, "day").join()}
  ORDER BY bucket`,
    values,
  );
  return new Map(rows.map((row) => [row.bucket, { bytes: BigInt(row.bytes), packets: BigInt(row.packets) }]));
}

/** Volume of a whole period. */
export async function askTotal(database: Database, question: VolumeQuestion, period: Period): Promise<bigint> {
  const { text, values } = fromWhere(question, period, dayGrain(period));
  const [row] = await database.rows<{ bytes: string | null }>(
    `SELECT CAST(SUM(v.fwd_bytes) + SUM(v.rev_bytes) AS CHAR) AS bytes ${text}`,
    values,
  );
  return BigInt(row?.bytes ?? 0);
}
