import type { Connection, RowDataPacket } from "@trafmon/database";
import { addressText, parseLogFileName } from "@trafmon/observation";
import type { StagedFile } from "../load/batch.ts";
import { fileHourOf } from "../load/netflow-converter.ts";

/** An hour of an exporter, as its formatter told it. */
export interface NetflowHour {
  readonly probeNo: number;
  /** 4 or 16 bytes. */
  readonly exporter: Uint8Array;
  /** `YYYY-MM-DD HH:00:00`, UTC. */
  readonly fileHour: string;
}

/** Hours known of the minutes, the flows and the removals: a flow begins in its hour, and lasts 7 days at most. */
const HOURS_OF_MINUTES = `
  SELECT DISTINCT p.probe_no, p.name, x.exporter FROM netflowtable x
    JOIN probe_run r ON r.run_no = x.run_no JOIN probe p ON p.probe_no = r.probe_no
   WHERE x.file_hour = ?
   UNION
  SELECT DISTINCT p.probe_no, p.name, x.exporter FROM netflowtable_1m x JOIN probe p ON p.probe_no = x.probe_no
   WHERE x.bucket_start >= ? AND x.bucket_start < ? + INTERVAL 8 DAY AND x.file_hour = ?`;
const HOURS_REMOVED = `
  SELECT p.probe_no, p.name, h.exporter FROM removed_netflow_hour h JOIN probe p ON p.probe_no = h.probe_no
   WHERE h.file_hour = ?`;

/**
 * The hours that a file without any line empties, of those that are there or, `removed`, of which retention has removed
 * minutes. There is no line to tell whose hour it is: the file's name does, as the formatter made it of its own name and
 * the exporter's address.
 */
export async function emptiedHours(
  connection: Connection,
  { file, linesLoaded, refusals }: StagedFile,
  { removed }: { readonly removed: boolean },
): Promise<NetflowHour[]> {
  if (file.type !== "netflow" || linesLoaded > 0 || refusals.length > 0) return [];
  const { epoch, collector } = parseLogFileName(file.name)!;
  const fileHour = fileHourOf(epoch)!;
  const [rows] = await connection.query<RowDataPacket[]>(
    removed ? HOURS_REMOVED : HOURS_OF_MINUTES,
    Array(removed ? 1 : 4).fill(fileHour),
  );
  return rows
    .filter(({ name, exporter }) => `${name}-${addressText(exporter).replace(/[.:]/g, "-")}` === collector)
    .map((row) => ({ probeNo: row.probe_no, exporter: row.exporter, fileHour }));
}
