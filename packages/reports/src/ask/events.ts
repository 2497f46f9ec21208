import type { Period } from "../period.ts";
import { utcText } from "../time-grid.ts";
import type { Database } from "./volume-question.ts";

/** Events of one kind from one origin. */
export interface EventKind {
  readonly severity: "info" | "warning" | "error";
  readonly code: string;
  readonly origin: string;
  readonly count: bigint;
  /** `YYYY-MM-DD HH:MM:SS` UTC. */
  readonly first: string;
  readonly last: string;
  /** The sentence of the last one. */
  readonly text: string;
}

/** Gravest first, then most frequent. Whatever the filters: an event concerns no flow in particular. */
export async function askEvents(database: Database, period: Period): Promise<EventKind[]> {
  const rows = await database.rows<Record<string, string>>(
    `SELECT severity, code, origin, CAST(COUNT(*) AS CHAR) AS count,
            DATE_FORMAT(MIN(at), '%Y-%m-%d %H:%i:%s') AS first, DATE_FORMAT(MAX(at), '%Y-%m-%d %H:%i:%s') AS last,
            SUBSTRING(MAX(CONCAT(DATE_FORMAT(at, '%Y%m%d%H%i%s%f'), text)), 21) AS text
       FROM eventtable
      WHERE at >= ? AND at < ?
      GROUP BY severity, code, origin
      ORDER BY FIELD(severity, 'error', 'warning', 'info'), COUNT(*) DESC, code, origin`,
    [utcText(period.fromMs), utcText(period.untilMs)],
  );
  return rows.map((row) => ({
    severity: row.severity as EventKind["severity"],
    code: row.code!,
    origin: row.origin!,
    count: BigInt(row.count!),
    first: row.first!,
    last: row.last!,
    text: row.text!,
  }));
}
