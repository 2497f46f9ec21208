import type { Period } from "../period.ts";
import { utcText } from "../time-grid.ts";
import type { Database } from "./volume-question.ts";

/** Records that a probe's full or damaged spool lost, as the collector learned of it. */
export interface SpoolLoss {
  readonly probe: string;
  /** Records by type; of damaged PDUs nobody knows what they held. */
  readonly records: ReadonlyMap<string, number>;
  readonly unknownPdus: number;
  /** What was lost is of this time at the latest, UTC `YYYY-MM-DD HH:MM:SS`. */
  readonly until: string;
}

interface LostParameters {
  readonly records?: Readonly<Record<string, number>>;
  readonly unknown_pdus?: number;
  readonly first_watermark_s?: number;
  readonly last_watermark_s?: number;
}

/** Losses that concern a period: by the time of the records where that is known, else by when it was told. */
export async function askSpoolLosses(
  database: Database,
  period: Period,
  probes: readonly number[] | null,
): Promise<SpoolLoss[]> {
  const rows = await database.rows<{ origin: string; parameters: string; at: string }>(
    `SELECT e.origin AS origin, e.parameters AS parameters, DATE_FORMAT(e.at, '%Y-%m-%d %H:%i:%s') AS at
       FROM eventtable AS e
       LEFT JOIN probe AS p ON p.name = e.origin
      WHERE e.code = 'records_lost' AND e.at >= ?
        ${probes === null ? "" : `AND p.probe_no IN (${probes.map(() => "?").join(", ") || "NULL"})`}
      ORDER BY e.at`,
    // A probe may have been away for long before its losses were told, never after.
    [utcText(period.fromMs), ...(probes ?? [])],
  );
  return rows.flatMap(({ origin, parameters, at }): SpoolLoss[] => {
    const told = readParameters(parameters);
    const toldMs = Date.parse(`${at.replace(" ", "T")}Z`);
    const firstMs = told.first_watermark_s === undefined ? toldMs : told.first_watermark_s * 1000;
    const lastMs = told.last_watermark_s === undefined ? toldMs : told.last_watermark_s * 1000;
    if (firstMs >= period.untilMs || lastMs < period.fromMs) return [];
    const records = new Map(Object.entries(told.records ?? {}).map(([type, count]) => [type, Number(count)]));
    return [{ probe: origin, records, unknownPdus: Number(told.unknown_pdus ?? 0), until: utcText(lastMs) }];
  });
}

function readParameters(text: string): LostParameters {
  try {
    return Object(JSON.parse(text)) as LostParameters;
  } catch {
    // An event's parameters are told for people first; without them the loss still counts.
    return {};
  }
}
