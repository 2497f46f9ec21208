import { type Period, periodBefore } from "../period.ts";
import { utcText } from "../time-grid.ts";
import type { Database, VolumeQuestion } from "./volume-question.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** UTC hours that a midnight of the zone cuts. */
export interface CutHours {
  /** What minutes can tell apart, exactly. */
  readonly byMinute: readonly string[];
  /** Whose minutes are not there, or not all: they stay whole. */
  readonly whole: readonly string[];
}

/** How many periods before this one a report looks at, at most. */
const PERIODS_BEFORE = 5;

/** The hours of a question, and of the periods it is compared with. Minutes count only where they add up to their hour. */
export async function askCutHours(database: Database, question: VolumeQuestion): Promise<CutHours> {
  let first: Period = question.period;
  const offsets = first.zone.offsetSpans(first.fromMs, first.untilMs);
  if (offsets.every(({ offsetMinutes }) => offsetMinutes % 60 === 0)) return { byMinute: [], whole: [] };
  for (let at = 0; at < PERIODS_BEFORE; at++) first = periodBefore(first);
  const hours = hoursAtMidnights(first.fromMs, question.period);
  if (hours.length === 0) return { byMinute: [], whole: [] };
  if (question.source === "netflow") return { byMinute: [], whole: hours };
  const bytesOf = async (table: string) => {
    const spans = hours.map((hour) => `(x.bucket_start >= '${hour}' AND x.bucket_start < '${hour}' + INTERVAL 1 HOUR)`);
    const rows = await database.rows<{ hour: string; bytes: string }>(
      `SELECT DATE_FORMAT(x.bucket_start, '%Y-%m-%d %H:00:00') AS hour,
              CAST(SUM(x.fwd_bytes) + SUM(x.rev_bytes) AS CHAR) AS bytes
         FROM ${table} AS x JOIN flow AS f ON f.flow_no = x.flow_no
        WHERE f.account = 1 AND (${spans.join(" OR ")})
        GROUP BY hour`,
    );
    return new Map(rows.map((row) => [row.hour, row.bytes]));
  };
  const [minutes, whole] = [await bytesOf("ipcttable_1m"), await bytesOf("ipcttable_1h")];
  const isExact = (hour: string) => (minutes.get(hour) ?? "0") === (whole.get(hour) ?? "0");
  return { byMinute: hours.filter(isExact), whole: hours.filter((hour) => !isExact(hour)) };
}

/** UTC hours that a midnight of the zone cuts, from an instant to the end of a period. */
export function hoursAtMidnights(fromMs: number, { zone, untilMs }: Period): string[] {
  const hours = new Set<string>();
  for (let at = fromMs; at <= untilMs; at += DAY_MS) {
    const midnight = zone.startOfDay(zone.local(at).slice(0, 10));
    if (midnight % HOUR_MS !== 0) hours.add(utcText(Math.floor(midnight / HOUR_MS) * HOUR_MS));
  }
  if (untilMs % HOUR_MS !== 0) hours.add(utcText(Math.floor(untilMs / HOUR_MS) * HOUR_MS));
  return [...hours].sort();
}
