import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HOUR_MS } from "./ask/hour-range.ts";
import { FormattedFolder, toldTotals } from "./testing/formatted-folder.ts";
import { sixDatagram } from "./testing/netflow-datagrams.ts";
import { NfcapdUnderTest } from "./testing/nfcapd-under-test.ts";
import { nfdumpTotals } from "./testing/nfdump-answer.ts";

const FTP = fileURLToPath(new URL("../../../samples/ftp-passive.office.pcap.gz", import.meta.url));
const HOUR = Math.floor(Date.now() / HOUR_MS);

let folder: FormattedFolder;

beforeEach(() => {
  folder = new FormattedFolder();
});
afterEach(() => folder.remove());

test("no flow is lost for its exporter's clock: each is told at its reception, and totals are nfdump's own", async () => {
  const daemon = await NfcapdUnderTest.start(folder.flows, { bind: "::1" });
  const nowS = Math.floor(Date.now() / 1000);
  for (const bootS of [nowS - 20, nowS - 5 * 3600, nowS + 5 * 3600, nowS + 400 * 86_400, 86_400]) {
    await daemon.send(sixDatagram(bootS));
  }
  await daemon.stop();
  const expected = nfdumpTotals(folder.flows);
  expect(expected.flows).toBe(5);
  // The hours around now, as cron asks for them one after the other.
  const results = [];
  for (const hour of [HOUR - 1, HOUR, HOUR + 1]) results.push(await folder.format(hour, hour + 1));
  expect(results.map(toldTotals).reduce((sum, each) => sum + each.flows, 0)).toBe(5);
  expect(folder.totals).toEqual(expected);
  const moved = results.reduce((sum, each) => sum + (each.corrections.get("of a wrong clock") ?? 0), 0);
  expect(moved).toBe(4);
  for (const { record: r } of folder.records()) {
    expect(Math.abs(r.last_s - nowS)).toBeLessThan(60);
    expect((r.last_s - r.first_s) * 1e9 + r.last_nanos - r.first_nanos).toBe(1_500_000_000);
  }
});

test("a capture made into files by nfpcapd is of the hours of its packets", async () => {
  const plain = join(folder.path, "old.pcap");
  // 29 February 2020, a moment before midnight.
  const start = Date.UTC(2020, 1, 29, 23, 59, 58);
  const first = execFileSync("tshark", ["-r", FTP, "-c", "1", "-T", "fields", "-e", "frame.time_epoch"]);
  const shift = start / 1000 - Number(first.toString());
  execFileSync("editcap", ["-F", "pcap", "-t", shift.toFixed(6), FTP, plain]);
  execFileSync("nfpcapd", ["-r", plain, "-w", folder.flows], { env: { ...process.env, TZ: "UTC" }, stdio: "ignore" });
  const expected = nfdumpTotals(folder.flows);
  expect(expected.flows).toBeGreaterThan(0);
  const hour = Date.UTC(2020, 1, 29, 23) / HOUR_MS;
  const result = await folder.format(hour, hour + 2);
  expect(toldTotals(result)).toEqual(expected);
  expect(result.corrections.get("of a wrong clock")).toBeUndefined();
  const days = new Set(
    folder.records().map(({ record }) => new Date(record.first_s * 1000).toISOString().slice(0, 10)),
  );
  expect([...days].sort()).toEqual(["2020-02-29", "2020-03-01"]);
});
