import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reportTotals } from "../read/report-totals.ts";
import { ROOT } from "../site/built-programs.ts";
import { SiteDatabase } from "../site/site-database.ts";
import { TestSite } from "../site/test-site.ts";

interface Truth {
  readonly days: Readonly<Record<string, { packets: number; bytes: number }>>;
  readonly transfers: Readonly<Record<string, { count: number; bytes: number }>>;
  readonly connections: Readonly<Record<string, number>>;
  readonly requests: Readonly<Record<string, { requests: number; replied: number }>>;
}

let site: TestSite;
let database: SiteDatabase;
let truth: Truth;
let load: Awaited<ReturnType<SiteDatabase["load"]>>;

beforeAll(async () => {
  site = await TestSite.make({ probes: ["synthetic"] });
  const folder = join(site.folder, "history");
  mkdirSync(folder);
  const period = ["-s", "2026-02-27", "-e", "2026-03-07", "--scale", "0.1", "--interval", "900"];
  const program = join(ROOT, "packages/trafgen/bundle/history-main.js");
  await promisify(execFile)(process.execPath, [program, "-o", folder, ...period]);
  for (const name of readdirSync(join(folder, "logs"))) renameSync(join(folder, "logs", name), join(site.logs, name));
  truth = JSON.parse(readFileSync(join(folder, "truth.json"), "utf8"));
  database = await SiteDatabase.make(site);
  load = await database.load();
  await database.call("Update_ftp_data_in_ipcttable", "2026-02-27", "2026-03-07");
  await database.call("Aggr_activityvolumetable_first_level", "2026-02-27", "2026-03-07");
});

afterAll(async () => {
  await database?.remove();
  await site?.remove();
});

test("the loader takes every line of a synthetic history", () => {
  expect(load).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/ lines loaded$/m) });
});

test("the tables hold its volumes day by day, attributed or not", async () => {
  const sums = "SUM(fwd_packets + rev_packets) AS packets, SUM(fwd_bytes + rev_bytes) AS bytes";
  for (const table of ["ipcttable_1d", "ipcttable_1h"]) {
    const rows = await database.rows(
      `SELECT DATE_FORMAT(bucket_start, '%Y-%m-%d') AS day, ${sums} FROM ${table} GROUP BY 1`,
    );
    const days = rows.map(({ day, packets, bytes }) => [day, { packets: Number(packets), bytes: Number(bytes) }]);
    expect(Object.fromEntries(days), table).toEqual(truth.days);
  }
});

test("the tables hold its connections, transfers and requests", async () => {
  const connections = await database.rows("SELECT outcome, COUNT(*) AS n FROM tcpcxtable GROUP BY 1");
  expect(Object.fromEntries(connections.map(({ outcome, n }) => [outcome, Number(n)]))).toEqual(truth.connections);
  const transfers = await database.rows(
    "SELECT outcome, COUNT(*) AS n, SUM(bytes) AS bytes FROM ftptftable GROUP BY outcome",
  );
  const told = transfers.map(({ outcome, n, bytes }) => [outcome, { count: Number(n), bytes: Number(bytes) }]);
  expect(Object.fromEntries(told)).toEqual(truth.transfers);
  const requests = await database.rows(
    "SELECT protocol, SUM(requests) AS requests, SUM(replied) AS replied FROM twowaytable_1d GROUP BY protocol",
  );
  const asked = requests.map((row) => [row.protocol, { requests: Number(row.requests), replied: Number(row.replied) }]);
  expect(Object.fromEntries(asked)).toEqual(truth.requests);
});

test("the report totals to its packets and bytes", async () => {
  const total = { packets: 0, bytes: 0 };
  for (const { packets, bytes } of Object.values(truth.days)) {
    total.packets += packets;
    total.bytes += bytes;
  }
  const { services, activitiesBytes } = await reportTotals(database, site.folder, "synthetic");
  expect(services).toEqual(total);
  expect(activitiesBytes).toBe(total.bytes);
});
