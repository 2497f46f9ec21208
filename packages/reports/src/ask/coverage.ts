import type { Period } from "../period.ts";
import { utcText } from "../time-grid.ts";
import { askSpoolLosses, type SpoolLoss } from "./spool-losses.ts";
import type { Database, VolumeQuestion } from "./volume-question.ts";

/** How far the figures of a period can be relied on. */
export interface Coverage {
  /**
   * Seconds of each UTC hour in which at least one probe was live; hours without any are missing. Of NetFlow nobody tells:
   * the hours of days of which there are records, since an exporter that says nothing for a day rather was away.
   */
  readonly liveSeconds: ReadonlyMap<string, number>;
  readonly captures: readonly CaptureFigures[];
  /** What probes could not keep until the collector had it. */
  readonly spoolLosses: readonly SpoolLoss[];
  /** UTC days, rising, for which data came after the tables were prepared. */
  readonly staleDays: readonly string[];
  /** UTC days that were prepared before they were over. */
  readonly partialDays: readonly string[];
}

/** What one interface of a probe took in. */
export interface CaptureFigures {
  readonly probe: string;
  readonly interface: string;
  readonly coveredS: number;
  readonly packets: bigint;
  readonly kernelDropped: bigint;
  readonly cardDropped: bigint;
  readonly queueDropped: bigint;
  readonly undecodable: bigint;
  readonly nonIp: bigint;
  readonly unmatched: bigint;
}

export async function askCoverage(database: Database, question: VolumeQuestion, period: Period): Promise<Coverage> {
  const span = [utcText(period.fromMs), utcText(period.untilMs)];
  const lastUtcDay = utcText(period.untilMs - 1).slice(0, 10);
  const utcDays = [span[0]!.slice(0, 10), lastUtcDay];
  const stale = await database.rows<{ day: string }>(
    `SELECT DATE_FORMAT(day, '%Y-%m-%d') AS day FROM stale_day
      WHERE source = ? AND day BETWEEN ? AND ? ORDER BY day`,
    [question.source, ...utcDays],
  );
  const partial = await database.rows<{ day: string }>(
    `SELECT DATE_FORMAT(day, '%Y-%m-%d') AS day FROM aggregated_day
      WHERE source = ? AND day BETWEEN ? AND ? AND aggregated_at < day + INTERVAL 1 DAY ORDER BY day`,
    [question.source, ...utcDays],
  );
  const days = { staleDays: stale.map((row) => row.day), partialDays: partial.map((row) => row.day) };
  const probes = question.probes === null ? "" : `AND c.probe_no IN (${question.probes.map(() => "?").join(", ")})`;
  // What routers dropped before they counted, nobody tells.
  if (question.source === "netflow") {
    const exporters =
      question.exporters === undefined ? "" : `AND c.probe IN (${question.exporters.map(() => "?").join(", ")})`;
    const recorded = await database.rows<{ day: string }>(
      `SELECT DISTINCT DATE_FORMAT(c.bucket_start, '%Y-%m-%d') AS day FROM activityvolumetable_netflow_1d AS c
        WHERE c.bucket_start BETWEEN ? AND ? ${probes} ${exporters}`,
      [...utcDays, ...(question.probes ?? []), ...(question.exporters ?? [])],
    );
    const withRecords = new Set(recorded.map((row) => row.day));
    const hours = hoursOf(period).filter((hour) => withRecords.has(hour.slice(0, 10)));
    return { ...days, liveSeconds: new Map(hours.map((hour) => [hour, 3600])), captures: [], spoolLosses: [] };
  }

  const values = [...span, ...(question.probes ?? [])];
  const live = await database.rows<{ bucket: string; covered_s: number | string }>(
    `SELECT DATE_FORMAT(c.bucket_start, '%Y-%m-%d %H:%i:%s') AS bucket, MAX(c.covered_s) AS covered_s
       FROM capsttable_1h AS c
      WHERE c.bucket_start >= ? AND c.bucket_start < ? ${probes}
      GROUP BY c.bucket_start`,
    values,
  );
  const captures = await database.rows<Record<string, string>>(
    `SELECT p.name AS probe, c.interface AS interface, ${captureSums()}
       FROM capsttable_1h AS c JOIN probe AS p ON p.probe_no = c.probe_no
      WHERE c.bucket_start >= ? AND c.bucket_start < ? ${probes}
      GROUP BY p.name, c.interface
      ORDER BY p.name, c.interface`,
    values,
  );
  return {
    ...days,
    spoolLosses: await askSpoolLosses(database, period, question.probes),
    liveSeconds: new Map(live.map((row) => [row.bucket, Math.min(3600, Number(row.covered_s))])),
    captures: captures.map((row) => ({
      probe: row.probe!,
      interface: row.interface!,
      coveredS: Number(row.covered_s),
      packets: BigInt(row.packets!),
      kernelDropped: BigInt(row.kernel_dropped!),
      cardDropped: BigInt(row.card_dropped!),
      queueDropped: BigInt(row.queue_dropped!),
      undecodable: BigInt(row.undecodable!),
      nonIp: BigInt(row.non_ip!),
      unmatched: BigInt(row.unmatched!),
    })),
  };
}

function captureSums(): string {
  return [
    "covered_s",
    "packets",
    "kernel_dropped",
    "card_dropped",
    "queue_dropped",
    "undecodable",
    "non_ip",
    "unmatched",
  ]
    .map((column) => `CAST(SUM(c.${column}) AS CHAR) AS ${column}`)
    .join(", ");
}

const HOUR_MS = 3_600_000;

/** UTC hours that a period touches. */
function hoursOf({ fromMs, untilMs }: Period): string[] {
  const starts: string[] = [];
  for (let at = fromMs - (fromMs % HOUR_MS); at < untilMs; at += HOUR_MS) starts.push(utcText(at));
  return starts;
}
