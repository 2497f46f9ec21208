import { byEnd } from "../compose/ends.ts";
import type { Period } from "../period.ts";
import { minuteGrid, minuteSpan, type TimeGrid, utcText } from "../time-grid.ts";
import type { Coverage } from "./coverage.ts";
import { askTraffic, type Traffic } from "./traffic.ts";
import type { Database, VolumeQuestion } from "./volume-question.ts";

/** Activities of a short measurement, minute by minute. */
export interface MinuteTraffic {
  readonly grid: TimeGrid;
  readonly activities: readonly Traffic[];
  /** Keys of the grid's stretches in which a probe was live or that have volume. */
  readonly measured: ReadonlySet<string>;
}

/**
 * The same traffic as `byHour`, from the minutes, when all of it lies within few hours. null where that is not so, or
 * where the minutes tell another tale than the prepared hours (dropped by now, or described anew since).
 */
export async function askMinutes(
  database: Database,
  question: VolumeQuestion,
  byHour: readonly Traffic[],
  coverage: Coverage,
): Promise<MinuteTraffic | null> {
  const { period } = question;
  const hours = [...coverage.liveSeconds.keys(), ...byHour.map((each) => each.bucket)];
  const span = question.source === "netflow" || byHour.length === 0 ? null : minuteSpan(period, hours);
  if (span === null) return null;
  const shown: Period = { ...period, ...span };
  const traffic = await askTraffic(database, question, shown, "activity", "minute");
  if (!sameSums(traffic, byHour)) return null;
  const live = await askLiveMinutes(database, question, shown);
  const minutes = [...live, ...traffic.map((each) => each.bucket)];
  const grid = minuteGrid(period, minutes);
  return {
    grid,
    activities: traffic.map((each) => ({ ...each, bucket: grid.keyOf(each.bucket) })),
    measured: new Set(minutes.map((minute) => grid.keyOf(minute))),
  };
}

async function askLiveMinutes(database: Database, question: VolumeQuestion, span: Period): Promise<string[]> {
  const probes = question.probes === null ? "" : `AND probe_no IN (${question.probes.map(() => "?").join(", ")})`;
  const rows = await database.rows<{ minute: string }>(
    `SELECT DISTINCT DATE_FORMAT(bucket_start, '%Y-%m-%d %H:%i:%s') AS minute FROM capsttable_1m
      WHERE bucket_start >= ? AND bucket_start < ? AND covered_s > 0 ${probes}`,
    [utcText(span.fromMs), utcText(span.untilMs), ...(question.probes ?? [])],
  );
  return rows.map((row) => row.minute);
}

function sameSums(one: readonly Traffic[], other: readonly Traffic[]): boolean {
  const text = (traffic: readonly Traffic[]) =>
    byEnd(traffic, "activity")
      .map(({ label, bytes, sent, received }) => JSON.stringify([label, ...[bytes, sent, received].map(String)]))
      .sort()
      .join("\n");
  return text(one) === text(other);
}
