import type { Period } from "../period.ts";
import { utcText } from "../time-grid.ts";
import { Histogram, Histograms } from "./histogram.ts";
import { type Database, dayGrain, INTERNET, localStart, UNASSIGNED, type VolumeQuestion } from "./volume-question.ts";

/** Requests of one protocol, and how long their replies took. */
export interface ProtocolDelays {
  readonly protocol: string;
  readonly requests: bigint;
  readonly replied: bigint;
  readonly unanswered: bigint;
  readonly late: bigint;
  readonly repeats: bigint;
  readonly sumNs: bigint;
  readonly minNs: bigint | null;
  readonly maxNs: bigint | null;
  readonly histogram: Histogram;
  /** By day of the period's zone. */
  readonly byDay: Histograms;
}

/**
 * Two-way delays by protocol, most requests first. A request may be in several flow classes: of each protocol only one
 * class is told, the account's where it has any, else the one with most requests.
 */
export async function askDelays(
  database: Database,
  question: VolumeQuestion,
  period: Period,
): Promise<ProtocolDelays[]> {
  if (question.source === "netflow") return [];
  const grain = dayGrain(period);
  const { text, values } = flowWhere(question, period);
  const rows = await database.rows<Record<string, string | null>>(
    `SELECT x.protocol AS protocol, f.class_no AS class_no, MAX(f.account) AS account,
        CAST(SUM(x.requests) AS CHAR) AS requests, CAST(SUM(x.replied) AS CHAR) AS replied,
        CAST(SUM(x.unanswered) AS CHAR) AS unanswered, CAST(SUM(x.late) AS CHAR) AS late,
        CAST(SUM(x.repeats) AS CHAR) AS repeats, CAST(SUM(x.delay_sum_ns) AS CHAR) AS sum_ns,
        CAST(MIN(x.delay_min_ns) AS CHAR) AS min_ns, CAST(MAX(x.delay_max_ns) AS CHAR) AS max_ns
       FROM twowaytable_${grain} AS x ${text}
      GROUP BY x.protocol, f.class_no`,
    values,
  );
  const chosen = new Map<string, Record<string, string | null>>();
  for (const row of rows) {
    const other = chosen.get(row.protocol!);
    if (other === undefined || isBetter(row, other)) chosen.set(row.protocol!, row);
  }
  const buckets = await database.rows<Record<string, string>>(
    `SELECT x.protocol AS protocol, f.class_no AS class_no,
        DATE_FORMAT(${localStart(period, "x.bucket_start")}, '%Y-%m-%d') AS day,
        x.histogram_bucket AS bucket, CAST(SUM(x.samples) AS CHAR) AS samples
       FROM twowaydelaytable_${grain} AS x ${text}
      GROUP BY x.protocol, f.class_no, day, x.histogram_bucket`,
    values,
  );
  const byDay = new Map<string, Histograms>();
  for (const { protocol, class_no, day, bucket, samples } of buckets) {
    if (String(chosen.get(protocol!)?.class_no) !== String(class_no)) continue;
    const days = byDay.get(protocol!) ?? new Histograms();
    days.of(day!).add(Number(bucket), BigInt(samples!));
    byDay.set(protocol!, days);
  }
  return [...chosen.values()]
    .map((row) => delaysOf(row, byDay.get(row.protocol!) ?? new Histograms()))
    .sort((a, b) =>
      a.requests === b.requests ? (a.protocol < b.protocol ? -1 : 1) : a.requests > b.requests ? -1 : 1,
    );
}

function isBetter(one: Record<string, string | null>, other: Record<string, string | null>): boolean {
  const account = Number(one.account) - Number(other.account);
  return account !== 0 ? account > 0 : BigInt(one.requests!) > BigInt(other.requests!);
}

function delaysOf(row: Record<string, string | null>, byDay: Histograms): ProtocolDelays {
  const histogram = new Histogram();
  for (const day of byDay.names()) histogram.addAll(byDay.of(day));
  const orNull = (text: string | null | undefined) => (text === null || text === undefined ? null : BigInt(text));
  return {
    protocol: row.protocol!,
    requests: BigInt(row.requests!),
    replied: BigInt(row.replied!),
    unanswered: BigInt(row.unanswered!),
    late: BigInt(row.late!),
    repeats: BigInt(row.repeats!),
    sumNs: BigInt(row.sum_ns!),
    minNs: orNull(row.min_ns),
    maxNs: orNull(row.max_ns),
    histogram,
    byDay,
  };
}

/** Joins and conditions of a question over a table `x` that has flow numbers and buckets. */
function flowWhere(question: VolumeQuestion, period: Period): { text: string; values: unknown[] } {
  const conditions = ["x.bucket_start >= ?", "x.bucket_start < ?"];
  const values: unknown[] = [utcText(period.fromMs), utcText(period.untilMs)];
  const add = (condition: string, ...given: unknown[]) => {
    conditions.push(condition);
    values.push(...given);
  };
  if (question.probes !== null)
    add(`f.probe_no IN (${question.probes.map(() => "?").join(", ") || "NULL"})`, ...question.probes);
  if (question.flowClass !== null) add("c.name = ?", question.flowClass);
  for (const what of ["activity", "location"] as const) {
    const name = question[what];
    if (name === null) continue;
    const sides = ["s", "d"].map((side) => {
      if (name === INTERNET) return `${side}.${what} = ? OR (${side}.${what} IS NULL AND ${side}.kind IS NULL)`;
      if (name === UNASSIGNED) return `${side}.${what} = ? OR (${side}.${what} IS NULL AND ${side}.kind IS NOT NULL)`;
      return `${side}.${what} = ?`;
    });
    add(`(${sides.join(" OR ")})`, name, name);
  }
  if (question.host !== null) {
    const { host } = question;
    add(
      "(s.host_name = ? OR d.host_name = ? OR f.fwd_address = INET6_ATON(?) OR f.rev_address = INET6_ATON(?))",
      ...[host, host, host, host],
    );
  }
  const describes = question.activity !== null || question.location !== null || question.host !== null;
  const text = `
       JOIN flow AS f ON f.flow_no = x.flow_no
       JOIN flow_class AS c ON c.class_no = f.class_no
       ${describes ? "LEFT JOIN ipInfotable AS s ON s.address = f.fwd_address LEFT JOIN ipInfotable AS d ON d.address = f.rev_address" : ""}
      WHERE ${conditions.join(" AND ")}`;
  return { text, values };
}
