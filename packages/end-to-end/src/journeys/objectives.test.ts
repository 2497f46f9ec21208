import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ROOT } from "../site/built-programs.ts";
import { SiteDatabase } from "../site/site-database.ts";
import { TestSite } from "../site/test-site.ts";

const CAPTURE = join(ROOT, "samples/wan-loss.centre.pcap.gz");

let site: TestSite;
let database: SiteDatabase;

beforeAll(async () => {
  site = await TestSite.make({ probes: ["office"] });
  await site.startCollector();
  expect(await site.replay("office", [CAPTURE])).toMatchObject({ exitCode: 0 });
  await site.stopCollector();
  database = await SiteDatabase.make(site);
  expect(await database.load()).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  await database?.remove();
  await site?.remove();
});

/** Instants of the capture's packets, seconds since the epoch, as tshark tells them. */
function instants(): number[] {
  const words = ["-r", CAPTURE, "-T", "fields", "-e", "frame.time_epoch"];
  return execFileSync("tshark", words, { stdio: ["ignore", "pipe", "ignore"] })
    .toString()
    .trim()
    .split("\n")
    .map(Number);
}

test("what the configuration promises is in the database since the first packet, whenever it is replayed", async () => {
  const rows = await database.rows(
    `SELECT c.name AS class, o.objective, o.metric, o.target, UNIX_TIMESTAMP(CONVERT_TZ(o.since, '+00:00', @@session.time_zone)) AS since
       FROM objective o JOIN flow_class c ON c.class_no = o.class_no ORDER BY class, objective`,
  );
  expect(rows.map((row) => [row.class, row.objective, row.metric, Number(row.target)])).toEqual([
    ["all", "names-there", "answered", 500_000],
    ["all", "tcp-clean", "retransmitted", 0],
    ["tuples", "", "none", 0],
  ]);
  const [first] = instants();
  for (const { since } of rows) expect(Math.abs(Number(since) - first!)).toBeLessThan(0.001);
});

test("the report of that day judges its hour by it", async () => {
  const [first, last] = [instants()[0]!, instants().at(-1)!];
  const day = new Date(first * 1000).toISOString().slice(0, 10);
  await database.call("Aggr_activityvolumetable_first_level", null, null);
  const { stdout, exitCode } = await database.report(site.folder, ["-s", day, "-e", day, "--json", "-T", "0"]);
  expect(exitCode).toBe(0);
  const { objectives } = JSON.parse(stdout.trim().split("\n").at(-1)!);
  const clean = objectives.find((each: { objective: string }) => each.objective === "tcp-clean");
  const [sums] = await database.rows(
    `SELECT CAST(SUM(fwd_packets + rev_packets) AS CHAR) AS segments,
            CAST(SUM(fwd_retransmitted_segments + rev_retransmitted_segments) AS CHAR) AS again FROM tcpcttable`,
  );
  expect(clean.measured).toEqual({ part: sums!.again, whole: sums!.segments });
  // The sample has losses.
  expect(Number(sums!.again)).toBeGreaterThan(0);
  const hoursWithPackets = Math.floor(last / 3600) - Math.floor(first / 3600) + 1;
  expect(clean.hours).toMatchObject({ within: 0, beyond: hoursWithPackets, unclear: 0 });
  expect(clean.hours.all).toBe(24 - new Date(first * 1000).getUTCHours());
  // Most of the day nobody watched.
  expect(clean.verdict).toBe("missed");
});
