import type { Period } from "../../period.ts";
import { utcText } from "../../time-grid.ts";
import type { Database } from "../volume-question.ts";
import type { Promised } from "./promises.ts";

/** What was measured in an hour of what objectives are about. What does not apply is 0. */
export interface HourFigures {
  requests: bigint;
  replied: bigint;
  matched: bigint;
  lost: bigint;
  unknown: bigint;
  /** Latencies below 0, which the buckets leave out. */
  negative: bigint;
  segments: bigint;
  retransmitted: bigint;
  /** Least and greatest delay or latency, nanoseconds, exact. */
  minNs: bigint | null;
  maxNs: bigint | null;
  /** Delays or latencies by bucket of the log-linear histogram. */
  readonly buckets: Map<number, bigint>;
}

/** By UTC hour (`YYYY-MM-DD HH:00:00`). */
export type Hours = ReadonlyMap<string, HourFigures>;

type Row = Record<string, string | null>;

export function noFigures(): HourFigures {
  return {
    requests: 0n,
    replied: 0n,
    matched: 0n,
    lost: 0n,
    unknown: 0n,
    negative: 0n,
    segments: 0n,
    retransmitted: 0n,
    minNs: null,
    maxNs: null,
    buckets: new Map(),
  };
}

/** What an objective is about: several may be about the same. */
export function subjectOf({ classNo, probe, protocol, hops, metric }: Promised): string {
  if (hops !== null) return `hops ${classNo} ${hops.join(" ")}`;
  if (metric === "retransmitted") return `tcp ${classNo} ${probe!.number}`;
  return `requests ${classNo} ${probe!.number} ${protocol}`;
}

/** The figures of the hours of a period, by subject. */
export async function askHourFigures(
  database: Database,
  period: Period,
  promises: readonly Promised[],
): Promise<ReadonlyMap<string, Hours>> {
  const subjects = new Map<string, Map<string, HourFigures>>(promises.map((each) => [subjectOf(each), new Map()]));
  const asking = new Asking(database, period, subjects);
  const twoWay = promises.filter(({ metric }) => metric === "delay" || metric === "answered");
  if (twoWay.length > 0) await askRequests(asking, twoWay);
  const hops = promises.filter(({ hops }) => hops !== null);
  if (hops.length > 0) await askHops(asking, hops);
  const tcp = promises.filter(({ metric }) => metric === "retransmitted");
  if (tcp.length > 0) await askSegments(asking, tcp);
  return subjects;
}

/** Asks tables of hours, and adds what they say to the figures of subjects. */
class Asking {
  readonly #database: Database;
  readonly #span: readonly [from: string, until: string];
  readonly #subjects: ReadonlyMap<string, Map<string, HourFigures>>;

  constructor(database: Database, period: Period, subjects: ReadonlyMap<string, Map<string, HourFigures>>) {
    this.#database = database;
    this.#span = [utcText(period.fromMs), utcText(period.untilMs)];
    this.#subjects = subjects;
  }

  /**
   * Rows of a table `x` with hours, summed by subject. `from`: what is joined to it; `subject`: an expression that makes the
   * text of `subjectOf`; `where` with `values`: which rows. Rows of subjects that nobody asked for are passed over.
   */
  async each(
    { table, from = "", subject, columns, where, values, by = "" }: Question,
    take: (figures: HourFigures, row: Row) => void,
  ): Promise<void> {
    const rows = await this.#database.rows<Row>(
      `SELECT ${subject} AS subject, DATE_FORMAT(x.bucket_start, '%Y-%m-%d %H:%i:%s') AS hour, ${columns}
         FROM ${table} AS x ${from}
        WHERE x.bucket_start >= ? AND x.bucket_start < ? AND ${where}
        GROUP BY subject, x.bucket_start ${by}`,
      [...this.#span, ...values],
    );
    for (const row of rows) {
      const hours = this.#subjects.get(row.subject!);
      if (hours === undefined) continue;
      let figures = hours.get(row.hour!);
      if (figures === undefined) {
        figures = noFigures();
        hours.set(row.hour!, figures);
      }
      take(figures, row);
    }
  }
}

interface Question {
  readonly table: string;
  readonly from?: string;
  readonly subject: string;
  readonly columns: string;
  readonly where: string;
  readonly values: readonly unknown[];
  readonly by?: string;
}

const BY_FLOW = "JOIN flow AS f ON f.flow_no = x.flow_no";

function sum(column: string, name = column): string {
  return `CAST(SUM(x.${column}) AS CHAR) AS ${name}`;
}

const SAMPLES = `CAST(x.histogram_bucket AS CHAR) AS bucket, ${sum("samples")}`;

function takeBucket(figures: HourFigures, { bucket, samples }: Row): void {
  const number = Number(bucket);
  figures.buckets.set(number, (figures.buckets.get(number) ?? 0n) + BigInt(samples!));
}

async function askRequests(asking: Asking, promises: readonly Promised[]): Promise<void> {
  const tuples = promises.map(({ classNo, probe, protocol }) => [classNo, probe!.number, protocol]);
  const where = `(f.class_no, f.probe_no, x.protocol) IN (${tuples.map(() => "(?, ?, ?)").join(", ")})`;
  const common = {
    from: BY_FLOW,
    subject: "CONCAT('requests ', f.class_no, ' ', f.probe_no, ' ', x.protocol)",
    where,
    values: tuples.flat(),
  };
  const columns = [
    sum("requests"),
    sum("replied"),
    "CAST(MIN(x.delay_min_ns) AS CHAR) AS min_ns, CAST(MAX(x.delay_max_ns) AS CHAR) AS max_ns",
  ].join(", ");
  await asking.each({ ...common, table: "twowaytable_1h", columns }, (figures, row) => {
    figures.requests += BigInt(row.requests!);
    figures.replied += BigInt(row.replied!);
    takeExtremes(figures, row);
  });
  if (!promises.some(({ metric }) => metric === "delay")) return;
  const buckets = { ...common, table: "twowaydelaytable_1h", columns: SAMPLES, by: ", x.histogram_bucket" };
  await asking.each(buckets, takeBucket);
}

async function askHops(asking: Asking, promises: readonly Promised[]): Promise<void> {
  const tuples = promises.map(({ classNo, hops }) => [classNo, ...hops!]);
  const common = {
    subject: "CONCAT('hops ', x.class_no, ' ', x.from_hop, ' ', x.to_hop)",
    where: `(x.class_no, x.from_hop, x.to_hop) IN (${tuples.map(() => "(?, ?, ?)").join(", ")})`,
    values: tuples.flat(),
  };
  const columns = [
    sum("matched_packets", "matched"),
    sum("lost_packets", "lost"),
    sum("unknown_packets", "unknown"),
    sum("negative_packets", "negative"),
    "CAST(MIN(x.latency_min_ns) AS CHAR) AS min_ns, CAST(MAX(x.latency_max_ns) AS CHAR) AS max_ns",
  ].join(", ");
  await asking.each({ ...common, table: "owcttable_1h", columns }, (figures, row) => {
    figures.matched += BigInt(row.matched!);
    figures.lost += BigInt(row.lost!);
    figures.unknown += BigInt(row.unknown!);
    figures.negative += BigInt(row.negative!);
    takeExtremes(figures, row);
  });
  // A class that wants verdicts apart has its losses here.
  const apart = { ...common, table: "owlosttable_1h", columns: sum("packets", "lost") };
  await asking.each(apart, (figures, row) => {
    figures.lost += BigInt(row.lost!);
  });
  if (promises.every(({ metric }) => metric === "loss")) return;
  const buckets = { ...common, table: "owlatencytable_1h", columns: SAMPLES, by: ", x.histogram_bucket" };
  await asking.each(buckets, takeBucket);
}

async function askSegments(asking: Asking, promises: readonly Promised[]): Promise<void> {
  const tuples = promises.map(({ classNo, probe }) => [classNo, probe!.number]);
  const columns = ["packets", "retransmitted_segments"]
    .map((each) => `CAST(SUM(x.fwd_${each}) + SUM(x.rev_${each}) AS CHAR) AS ${each}`)
    .join(", ");
  const question = {
    table: "tcpcttable_1h",
    from: BY_FLOW,
    subject: "CONCAT('tcp ', f.class_no, ' ', f.probe_no)",
    columns,
    where: `(f.class_no, f.probe_no) IN (${tuples.map(() => "(?, ?)").join(", ")})`,
    values: tuples.flat(),
  };
  await asking.each(question, (figures, row) => {
    figures.segments += BigInt(row.packets!);
    figures.retransmitted += BigInt(row.retransmitted_segments!);
  });
}

function takeExtremes(figures: HourFigures, { min_ns: min, max_ns: max }: Row): void {
  if (min !== null) figures.minNs = BigInt(min!);
  if (max !== null) figures.maxNs = BigInt(max!);
}
