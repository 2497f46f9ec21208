import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../site/built-programs.ts";
import { SiteDatabase } from "../site/site-database.ts";
import { TestSite } from "../site/test-site.ts";

const SAMPLES = ["morning.office", "ftp-passive.office", "wan-reorder.office", "slow-reader.office"];
/** The days of the samples. */
const [FIRST, LAST] = ["2026-11-19", "2026-11-20"];

let site: TestSite;
let database: SiteDatabase;
/** Files of nfpcapd. */
let flows: string;

beforeAll(async () => {
  site = await TestSite.make({ probes: ["unused"] });
  flows = join(site.folder, "flows");
  mkdirSync(flows);
  for (const name of SAMPLES) {
    const plain = join(site.folder, `${name}.pcap`);
    execFileSync("editcap", ["-F", "pcap", join(ROOT, `samples/${name}.pcap.gz`), plain]);
    execFileSync("nfpcapd", ["-r", plain, "-w", flows, "-S", "2"], {
      stdio: "pipe",
      env: { ...process.env, TZ: "UTC" },
    });
  }
  database = await SiteDatabase.make(site);
});
afterAll(async () => {
  await database?.remove();
  await site?.remove();
});

/** What nfdump itself counts in all files. */
function nfdumpTotals() {
  const text = execFileSync("nfdump", ["-C", "none", "-R", flows, "-I"]).toString();
  const value = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(text)![1]);
  return { flows: value("Flows"), packets: value("Packets"), bytes: value("Bytes") };
}

async function format() {
  const period = ["-S", "2026/11/19:00", "-E", "2026/11/20:23"];
  return await site.run("netflow", ["--source", "nfdump", "-N", flows, "-D", site.logs, ...period]);
}

async function tableTotals(table: string, packets: string, bytes: string) {
  const [row] = await database.rows(`SELECT SUM(${packets}) AS packets, SUM(${bytes}) AS bytes FROM ${table}`);
  return { packets: Number(row!.packets), bytes: Number(row!.bytes) };
}

test("flows of nfpcapd become rows, minutes, hours and days of nfdump's own totals, once", async () => {
  const { flows: flowCount, ...expected } = nfdumpTotals();
  expect(flowCount).toBeGreaterThan(100);
  expect(await format()).toMatchObject({ exitCode: 0 });
  expect(await database.load()).toMatchObject({ exitCode: 0 });
  for (const table of ["netflowtable", "netflowtable_1m", "netflowtable_1h", "netflowtable_1d"]) {
    expect(await tableTotals(table, "packets", "bytes"), table).toEqual(expected);
  }
  expect(await database.rows("SELECT COUNT(*) AS n FROM netflowtable")).toEqual([{ n: flowCount }]);

  // Nothing new; and even written anew, an hour is not added to itself.
  const again = await format();
  expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("0 files written") });
  expect(readdirSync(site.logs).filter((name) => name.endsWith(".log"))).toEqual([]);
  const period = ["-S", "2026/11/19:00", "-E", "2026/11/20:23", "--again"];
  await site.run("netflow", ["--source", "nfdump", "-N", flows, "-D", site.logs, ...period]);
  expect(await database.load()).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^[1-9]\d* files/) });
  for (const table of ["netflowtable", "netflowtable_1m", "netflowtable_1h", "netflowtable_1d"]) {
    expect(await tableTotals(table, "packets", "bytes"), table).toEqual(expected);
  }
});

test("the prepared tables and the volume report give the same totals", async () => {
  const { flows: _, ...expected } = nfdumpTotals();
  await database.call("Aggr_activityvolumetable_netflow_first_level", FIRST!, LAST!);
  for (const table of ["activityvolumetable_netflow_1h", "activityvolumetable_netflow_1d"]) {
    const totals = await tableTotals(table, "fwd_packets + rev_packets", "fwd_bytes + rev_bytes");
    expect(totals, table).toEqual(expected);
  }
  const folder = mkdtempSync(join(site.folder, "report-"));
  const period = ["-s", FIRST!, "-e", LAST!];
  const ended = await database.report(folder, ["-r", "manager", ...period, "-T", "0", "--source", "netflow"]);
  expect(ended).toMatchObject({ exitCode: 0 });
  const tables = readdirSync(folder).find((name) => name.endsWith("_csv"))!;
  const [header, ...lines] = readFileSync(join(folder, tables, "services.csv"), "utf8")
    .trimEnd()
    .split(/\r?\n/);
  const names = header!.split(",");
  const total = lines.find((line) => line.startsWith("total,"))!.split(",");
  expect({
    packets: Number(total[names.indexOf("packets")]),
    bytes: Number(total[names.indexOf("bytes")]),
  }).toEqual(expected);
});
