import type { Period } from "../period.ts";
import { type Database, dayGrain, fromWhere, type VolumeQuestion } from "./volume-question.ts";

/** A probe, or for NetFlow an exporter with the number of the formatter that wrote its records, and what it saw in a period. */
export interface ProbeTraffic {
  readonly number: number;
  readonly name: string;
  readonly bytes: bigint;
  readonly packets: bigint;
}

/** Whether a report adds this one's volume. */
export function isAdded({ probes, exporters }: VolumeQuestion, { number, name }: ProbeTraffic): boolean {
  return (probes === null || probes.includes(number)) && (exporters === undefined || exporters.includes(name));
}

/** All that have volume in the period whatever the filters, largest first. */
export async function askProbes(database: Database, question: VolumeQuestion, period: Period): Promise<ProbeTraffic[]> {
  const { exporters: _, ...rest } = question;
  const unfiltered = { ...rest, probes: null, flowClass: null, activity: null, location: null, host: null };
  const { text, values } = fromWhere(unfiltered, period, dayGrain(period));
  const rows = await database.rows<Record<string, string>>(
    `SELECT v.probe_no AS number, v.probe AS name, CAST(SUM(v.fwd_bytes) + SUM(v.rev_bytes) AS CHAR) AS bytes,
        CAST(SUM(v.fwd_packets) + SUM(v.rev_packets) AS CHAR) AS packets
   ${text}
  GROUP BY v.probe_no, v.probe
  ORDER BY (SUM(v.fwd_bytes) + SUM(v.rev_bytes)) DESC, v.probe`,
    values,
  );
  return rows.map((row) => ({
    number: Number(row.number),
    name: row.name!,
    bytes: BigInt(row.bytes!),
    packets: BigInt(row.packets!),
  }));
}

/** Names of all probes ever met, with their numbers. */
export async function askProbeNumbers(database: Database): Promise<Map<string, number>> {
  const rows = await database.rows<{ name: string; probe_no: number | string }>(
    "SELECT name, probe_no FROM probe ORDER BY name",
  );
  return new Map(rows.map((row) => [row.name, Number(row.probe_no)]));
}

/** First and last day (UTC) of all prepared volumes; null when there are none. */
export async function askExtent(
  database: Database,
  source: VolumeQuestion["source"],
): Promise<{ first: string; last: string } | null> {
  const table = source === "netflow" ? "activityvolumetable_netflow_1d" : "activityvolumetable_1d";
  const [row] = await database.rows<{ first: string | null; last: string | null }>(
    `SELECT DATE_FORMAT(MIN(bucket_start), '%Y-%m-%d') AS first, DATE_FORMAT(MAX(bucket_start), '%Y-%m-%d') AS last
       FROM ${table}`,
  );
  return row?.first && row.last ? { first: row.first, last: row.last } : null;
}

/** Addresses of all exporters of NetFlow that volumes are prepared of, as the reports write them. */
export async function askExporters(database: Database): Promise<string[]> {
  const rows = await database.rows<{ name: string }>(
    "SELECT DISTINCT probe AS name FROM activityvolumetable_netflow_1d ORDER BY probe",
  );
  return rows.map((row) => row.name);
}
