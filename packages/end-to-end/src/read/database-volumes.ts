import type { SiteDatabase } from "../site/site-database.ts";
import { type PayloadVolume, type Volume, VolumeSums } from "./volume.ts";

/** The tables of IP counters, from what was measured to the coarsest aggregate. */
export const IP_COUNTER_TABLES = ["ipcttable", "ipcttable_1m", "ipcttable_1h", "ipcttable_1d"] as const;

/** What reports read, made by the procedures. */
export const PREPARED_TABLES = ["activityvolumetable_1h", "activityvolumetable_1d"] as const;

export const CAPTURE_TABLES = ["capsttable", "capsttable_1m", "capsttable_1h", "capsttable_1d"] as const;

/** What a table of IP counters holds of the account class, by probe. */
export async function accountVolumes(database: SiteDatabase, table: string): Promise<Map<string, Volume>> {
  const rows = await database.rows(
    `SELECT p.name AS probe,
            CAST(SUM(x.fwd_packets + x.rev_packets) AS CHAR) AS packets,
            CAST(SUM(x.fwd_bytes + x.rev_bytes) AS CHAR) AS bytes
       FROM ${table} x
       JOIN flow f ON f.flow_no = x.flow_no
       JOIN probe p ON p.probe_no = f.probe_no
      WHERE f.account = 1
      GROUP BY p.name`,
  );
  return new Map(rows.map((row) => [row.probe, { packets: Number(row.packets), bytes: Number(row.bytes) }]));
}

/** What a prepared table holds, by probe. */
export async function preparedVolumes(database: SiteDatabase, table: string): Promise<Map<string, Volume>> {
  const rows = await database.rows(
    `SELECT probe,
            CAST(SUM(fwd_packets + rev_packets) AS CHAR) AS packets,
            CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) AS bytes
       FROM ${table}
      GROUP BY probe`,
  );
  return new Map(rows.map((row) => [row.probe, { packets: Number(row.packets), bytes: Number(row.bytes) }]));
}

/** Figures of one probe in a table of capture statistics. */
export interface CaptureFigures {
  readonly packets: number;
  readonly bytes: number;
  readonly ipPackets: number;
  readonly ipBytes: number;
  readonly undecodable: number;
}

export async function captureFigures(database: SiteDatabase, table: string): Promise<Map<string, CaptureFigures>> {
  const probeNo =
    table === "capsttable" ? "(SELECT probe_no FROM probe_run r WHERE r.run_no = x.run_no)" : "x.probe_no";
  const rows = await database.rows(
    `SELECT p.name AS probe,
            CAST(SUM(x.packets) AS CHAR) AS packets,
            CAST(SUM(x.bytes) AS CHAR) AS bytes,
            CAST(SUM(x.ip_packets) AS CHAR) AS ip_packets,
            CAST(SUM(x.ip_bytes) AS CHAR) AS ip_bytes,
            CAST(SUM(x.undecodable) AS CHAR) AS undecodable
       FROM ${table} x
       JOIN probe p ON p.probe_no = ${probeNo}
      GROUP BY p.name`,
  );
  return new Map(
    rows.map((row) => [
      row.probe,
      {
        packets: Number(row.packets),
        bytes: Number(row.bytes),
        ipPackets: Number(row.ip_packets),
        ipBytes: Number(row.ip_bytes),
        undecodable: Number(row.undecodable),
      },
    ]),
  );
}

/** All connection records, tails too, by probe and `sender port receiver port`. */
export async function tcpVolumes(database: SiteDatabase): Promise<Map<string, Record<string, PayloadVolume>>> {
  const rows = await database.rows(
    `SELECT p.name AS probe,
            INET6_NTOA(x.fwd_address) AS near_address, x.fwd_port AS near_port,
            INET6_NTOA(x.rev_address) AS far_address, x.rev_port AS far_port,
            x.fwd_packets, x.fwd_bytes, x.fwd_payload_bytes,
            x.rev_packets, x.rev_bytes, x.rev_payload_bytes
       FROM tcpcxtable x
       JOIN probe_run r ON r.run_no = x.run_no
       JOIN probe p ON p.probe_no = r.probe_no`,
  );
  const sums = new Map<string, VolumeSums<PayloadVolume>>();
  for (const row of rows) {
    const near = `${row.near_address} ${row.near_port}`;
    const far = `${row.far_address} ${row.far_port}`;
    const ofProbe = sums.get(row.probe) ?? new VolumeSums<PayloadVolume>();
    sums.set(row.probe, ofProbe);
    ofProbe.add(`${near} ${far}`, wayOf(row, "fwd"));
    ofProbe.add(`${far} ${near}`, wayOf(row, "rev"));
  }
  return new Map([...sums].map(([probe, ofProbe]) => [probe, ofProbe.byKey()]));
}

function wayOf(row: Readonly<Record<string, unknown>>, way: "fwd" | "rev"): PayloadVolume {
  return {
    packets: Number(row[`${way}_packets`]),
    bytes: Number(row[`${way}_bytes`]),
    payloadBytes: Number(row[`${way}_payload_bytes`]),
  };
}
