import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownCapture } from "../captures/capture-files.ts";
import { accountVolumes } from "../read/database-volumes.ts";
import { LogRecords } from "../read/log-records.ts";
import { LogVolumes } from "../read/log-volumes.ts";
import { rowsByProbe, tableChecksums, tablesWithoutProbe } from "../read/table-rows.ts";
import { SiteDatabase } from "../site/site-database.ts";
import { TestSite } from "../site/test-site.ts";

/** Lists that all probes share, and notes of the loader and the procedures. */
const SHARED_TABLES = [
  ...["aggregated_day", "flow_class", "ipInfotable", "load_history", "protocol_table", "schema_version", "slice"],
  "stale_day",
];

describe("two probes that see the same packets, one collector, one database", () => {
  const probes = ["north", "south"];
  let site: TestSite;
  let database: SiteDatabase;
  let kept: string;

  beforeAll(async () => {
    site = await TestSite.make({ probes });
    database = await SiteDatabase.make(site);
    await site.startCollector();
    const files = [ownCapture("morning.office.pcap.gz").path];
    await Promise.all(probes.map((probe) => site.replay(probe, files)));
    await site.stopCollector();
    kept = join(site.folder, "logs-before-loading");
    cpSync(site.logs, kept, { recursive: true });
    await database.load();
    await database.call("aggregate_stale_days", true);
  });

  afterAll(async () => {
    await database?.remove();
    await site?.remove();
  });

  test("are told apart in every log", () => {
    const records = new LogRecords(kept);
    for (const type of records.types.filter((each) => each !== "event")) {
      const [north, south] = probes.map((probe) => records.of(type).filter((record) => record.probe === probe));
      expect(north!.length, type).toBeGreaterThan(0);
      expect(south!.length, type).toBe(north!.length);
      expect(records.of(type).length, type).toBe(2 * north!.length);
    }
  });

  test("are told apart in every table", async () => {
    const rows = await rowsByProbe(database);
    expect(rows.size).toBeGreaterThan(20);
    for (const [table, counts] of rows) {
      const { north, south, coll = 0, ...others } = counts;
      expect(others, table).toEqual({});
      expect(north, table).toBeGreaterThan(0);
      expect(south, table).toBe(north);
      // The collector speaks of itself in events.
      if (!["eventtable", "probe", "probe_run"].includes(table)) expect(coll, table).toBe(0);
    }
    expect((await tablesWithoutProbe(database)).filter((table) => !SHARED_TABLES.includes(table))).toEqual([]);
  });

  test("have the same volumes, which nothing adds together", async () => {
    const expected = new LogVolumes(new LogRecords(kept), "north").account();
    expect(expected.packets).toBeGreaterThan(0);
    expect(await accountVolumes(database, "ipcttable_1d")).toEqual(new Map(probes.map((probe) => [probe, expected])));
  });

  test("loading again changes nothing, not even when the same files come once more", async () => {
    const before = await tableChecksums(database);
    expect(before.size).toBeGreaterThan(50);
    expect(await database.load()).toMatchObject({ exitCode: 0 });
    expect(await tableChecksums(database)).toEqual(before);
    for (const name of readdirSync(kept)) cpSync(join(kept, name), join(site.logs, name));
    expect(await database.load()).toMatchObject({ exitCode: 0 });
    expect(await tableChecksums(database)).toEqual(before);
    expect(readdirSync(site.logs).filter((name) => name.endsWith(".log"))).toEqual([]);
  });
});
