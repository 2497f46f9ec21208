import type { observationTypes, RecordOf } from "@trafmon/observation";
import { CodedError } from "@trafmon/runtime";
import type { Period } from "../../period.ts";
import { utcMs, utcText } from "../../time-grid.ts";
import type { Database } from "../volume-question.ts";

const HOUR_MS = 3_600_000;

export type ObjectiveMetric = Exclude<RecordOf<typeof observationTypes.objective>["metric"], "none">;

/** An objective and the hours for which it was promised. Shares are in millionths. */
export interface Promised {
  readonly classNo: number;
  readonly className: string;
  /** Whose measurements are judged; null: those of a pair of hops. */
  readonly probe: { readonly number: number; readonly name: string } | null;
  readonly name: string;
  readonly metric: ObjectiveMetric;
  /** Nanoseconds, or millionths of a metric that is a share. */
  readonly target: bigint;
  readonly percentilePpm: bigint | null;
  readonly protocol: string | null;
  readonly hops: readonly [from: number, to: number] | null;
  readonly hoursPpm: bigint;
  readonly samples: bigint;
  readonly measuredPpm: bigint;
  /** UTC hours (`YYYY-MM-DD HH:00:00`) of the period in which it was in force, rising. */
  readonly hours: readonly string[];
}

type Terms = Omit<Promised, "hours">;

/** What a probe announced for a class, from an instant on. */
interface Announcement {
  readonly sinceMs: number;
  readonly terms: readonly Terms[];
}

type Row = Record<string, string | null>;

/**
 * What was promised in a period: a row for each objective, of each probe or pair of hops, and of each target it had.
 * Hours that begin in the period and end by `nowMs` are meant. One in which the promise changed goes by what was in
 * force when it began; the first one of all by what was promised in it.
 */
export async function askPromises(database: Database, period: Period, nowMs: number): Promise<Promised[]> {
  const rows = await askAnnounced(database, period);
  const hours = hoursOf(period, nowMs);
  return together(rows, (row) => row.class_no!)
    .flatMap((ofClass) => [
      ...together(ofClass, (row) => row.probe_no!).flatMap((ofProbe) =>
        inForce(announcements(ofProbe, isOfProbe), hours),
      ),
      ...inForce(announcements(ofHopProbes(ofClass), isOfHops), hours),
    ])
    .sort((a, b) => compare(sortKey(a), sortKey(b)));
}

/** What was announced before the period's end. */
async function askAnnounced(database: Database, period: Period): Promise<Row[]> {
  try {
    return await database.rows<Row>(
      `SELECT CAST(o.class_no AS CHAR) AS class_no, c.name AS class_name, CAST(r.probe_no AS CHAR) AS probe_no,
              p.name AS probe, DATE_FORMAT(o.since, '%Y-%m-%d %H:%i:%s') AS since, o.objective AS objective,
              o.metric AS metric, CAST(o.target AS CHAR) AS target, CAST(o.percentile AS CHAR) AS percentile,
              o.protocol AS protocol, CAST(o.from_hop AS CHAR) AS from_hop, CAST(o.to_hop AS CHAR) AS to_hop,
              CAST(o.hours AS CHAR) AS hours, CAST(o.samples AS CHAR) AS samples, CAST(o.measured AS CHAR) AS measured,
              CONCAT(DATE_FORMAT(o.since, '%Y-%m-%d %H:%i:%s.%f'), ' ', LPAD(o.run_no, 10, '0')) AS place
         FROM objective AS o
         JOIN probe_run AS r ON r.run_no = o.run_no
         JOIN probe AS p ON p.probe_no = r.probe_no
         JOIN flow_class AS c ON c.class_no = o.class_no
        WHERE o.since < ?
        ORDER BY o.class_no, r.probe_no, o.since, o.run_no, o.objective`,
      [utcText(period.untilMs)],
    );
  } catch (error) {
    // A database that no loader with objectives has seen yet, after an upgrade, holds none.
    const lacks =
      error instanceof CodedError && error.code === "REPORTS_NO_TABLES" && /\.objective'/.test(error.message);
    if (lacks) return [];
    throw error;
  }
}

/** Hours that begin in the period and are over. */
function hoursOf({ fromMs, untilMs }: Period, nowMs: number): string[] {
  const hours: string[] = [];
  const first = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  for (let at = first; at < untilMs && at + HOUR_MS <= nowMs; at += HOUR_MS) hours.push(utcText(at));
  return hours;
}

function isOfHops(row: Row): boolean {
  return row.from_hop !== null;
}

function isOfProbe(row: Row): boolean {
  return row.from_hop === null && row.metric !== "none";
}

/** Pairs of hops are the class's, not a probe's: the latest word of any probe that has ever told of them counts. */
function ofHopProbes(rows: readonly Row[]): Row[] {
  const probes = new Set(rows.filter(isOfHops).map((row) => row.probe_no));
  return rows.filter((row) => probes.has(row.probe_no!)).sort((a, b) => compare(a.place!, b.place!));
}

/** Rows of one key together, keys and rows in the order in which they come. */
function together(rows: readonly Row[], keyOf: (row: Row) => string): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** Rows in the order announced, put together by the instant and run; `isMeant`: which of them are about the question. */
function announcements(rows: readonly Row[], isMeant: (row: Row) => boolean): Announcement[] {
  return together(rows, (row) => row.place!).map((announced) => ({
    sinceMs: utcMs(announced[0]!.since!),
    terms: announced.filter(isMeant).map(termsOf),
  }));
}

function inForce(announced: readonly Announcement[], hours: readonly string[]): Promised[] {
  const found = new Map<string, { terms: Terms; hours: string[] }>();
  let at = -1;
  for (const hour of hours) {
    const startMs = utcMs(hour);
    while (at + 1 < announced.length && announced[at + 1]!.sinceMs <= startMs) at++;
    const now = at >= 0 ? announced[at] : announced.find(({ sinceMs }) => sinceMs < startMs + HOUR_MS);
    for (const terms of now?.terms ?? []) {
      const key = JSON.stringify(terms, (_, value) => (typeof value === "bigint" ? String(value) : value));
      const entry = found.get(key) ?? { terms, hours: [] };
      entry.hours.push(hour);
      found.set(key, entry);
    }
  }
  return [...found.values()].map(({ terms, hours }) => ({ ...terms, hours }));
}

function termsOf(row: Row): Terms {
  const isPair = row.from_hop !== null;
  return {
    classNo: Number(row.class_no),
    className: row.class_name!,
    probe: isPair ? null : { number: Number(row.probe_no), name: row.probe! },
    name: row.objective!,
    metric: row.metric as ObjectiveMetric,
    target: BigInt(row.target!),
    percentilePpm: row.percentile === null ? null : BigInt(row.percentile!),
    protocol: row.protocol ?? null,
    hops: isPair ? [Number(row.from_hop), Number(row.to_hop)] : null,
    hoursPpm: BigInt(row.hours!),
    samples: BigInt(row.samples!),
    measuredPpm: BigInt(row.measured!),
  };
}

/** By class, objective, place, and time. */
function sortKey(promised: Promised): string {
  return [promised.className, promised.name, promised.probe?.name ?? "", promised.hours[0] ?? ""].join("\u0000");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
