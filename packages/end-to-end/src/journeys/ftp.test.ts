import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownCapture } from "../captures/capture-files.ts";
import { hasTshark } from "../captures/oracle-answer.ts";
import { accountVolumes, IP_COUNTER_TABLES } from "../read/database-volumes.ts";
import { type LogRecord, LogRecords } from "../read/log-records.ts";
import { SiteDatabase } from "../site/site-database.ts";
import { TestSite } from "../site/test-site.ts";

/** Scenes where TCP is FTP and nothing else, active and passive, IPv4 and IPv6. */
const CAPTURES = ["ftp-active.office.pcap.gz", "ftp-passive.office.pcap.gz"].map(ownCapture);

/** IP bytes of TCP by tshark: of control connections, and of all others. */
function tcpBytes(path: string): { control: number; data: number } {
  const fields = ["tcp.port", "ip.len", "ipv6.plen"].flatMap((field) => ["-e", field]);
  const { stdout } = spawnSync("tshark", ["-r", path, "-n", "-Y", "tcp", "-T", "fields", ...fields], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  const sums = { control: 0, data: 0 };
  for (const line of stdout.trimEnd().split("\n")) {
    const [ports, v4Bytes, v6Bytes] = line.split("\t");
    const bytes = v4Bytes === "" ? Number(v6Bytes) + 40 : Number(v4Bytes);
    if (ports!.split(",").includes("21")) sums.control += bytes;
    else sums.data += bytes;
  }
  return sums;
}

describe.skipIf(!hasTshark())("FTP through probe, collector, loader, procedures", () => {
  let site: TestSite;
  let database: SiteDatabase;
  let logged: readonly LogRecord[];
  const truth = CAPTURES.map(({ path }) => tcpBytes(path));
  const control = truth.reduce((sum, each) => sum + each.control, 0);
  const data = truth.reduce((sum, each) => sum + each.data, 0);

  beforeAll(async () => {
    site = await TestSite.make({ probes: ["north"] });
    database = await SiteDatabase.make(site);
    await site.startCollector();
    await site.replay(
      "north",
      CAPTURES.map(({ path }) => path),
    );
    await site.stopCollector();
    logged = new LogRecords(site.logs).of("ftptf");
    await database.load();
  });

  afterAll(async () => {
    await database?.remove();
    await site?.remove();
  });

  /** IP bytes of TCP in the account class: by the flow they are reported under, where `attributed`, else their own. */
  const byService = async (table: string, flow: "flow_no" | "attributed_flow_no") => {
    const rows = await database.rows(
      `SELECT f.service, CAST(SUM(x.fwd_bytes + x.rev_bytes) AS CHAR) AS bytes
         FROM ${table} x JOIN flow own ON own.flow_no = x.flow_no JOIN flow f ON f.flow_no = x.${flow}
        WHERE own.account = 1 AND own.protocol = 6 GROUP BY f.service`,
    );
    return Object.fromEntries(rows.map(({ service, bytes }) => [String(service), Number(bytes)]));
  };

  test("no data connection is unknown TCP: what the sessions announced counts as ftp-data", async () => {
    expect(data).toBeGreaterThan(1_000_000);
    for (const table of IP_COUNTER_TABLES) {
      expect(await byService(table, "flow_no"), table).toEqual({ ftp: control, "ftp-data": data });
      expect(await byService(table, "attributed_flow_no"), table).toEqual({ ftp: control, "ftp-data": data });
    }
  });

  test("every transfer is in the log and in the table, once", async () => {
    expect(logged).toHaveLength(12);
    const [{ transfers, bytes }] = (await database.rows(
      "SELECT COUNT(*) AS transfers, CAST(SUM(bytes) AS CHAR) AS bytes FROM ftptftable WHERE outcome = 'complete'",
    )) as [{ transfers: number; bytes: string }];
    expect(transfers).toBe(12);
    expect(Number(bytes)).toBe(logged.reduce((sum, record) => sum + Number(record.bytes), 0));
  });

  test("then all of it is reported under the sessions, in the rows, the sums and the prepared table; totals stay", async () => {
    const before = await Promise.all(IP_COUNTER_TABLES.map((table) => accountVolumes(database, table)));
    await database.call("Update_ftp_data_in_ipcttable", "2026-11-19", "2026-11-19");
    for (const table of IP_COUNTER_TABLES) {
      expect(await byService(table, "attributed_flow_no"), table).toEqual({ ftp: control + data });
      expect(await byService(table, "flow_no"), table).toEqual({ ftp: control, "ftp-data": data });
    }
    expect(await Promise.all(IP_COUNTER_TABLES.map((table) => accountVolumes(database, table)))).toEqual(before);

    await database.call("aggregate_stale_days", true);
    const prepared = await database.rows(
      `SELECT service, CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) AS bytes, CAST(SUM(ftp_transfers_completed) AS CHAR) AS completed
         FROM activityvolumetable_1d WHERE protocol = 6 GROUP BY service`,
    );
    expect(prepared).toEqual([{ service: "ftp", bytes: String(control + data), completed: "12" }]);
  });
});
