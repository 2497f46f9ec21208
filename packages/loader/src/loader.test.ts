import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { bucketOf } from "@trafmon/observation";
import { createLog, systemClock } from "@trafmon/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoaderUnderTest, testConnection } from "./fixtures/loader-under-test.ts";
import { addSampleTraffic, FLOW, IPCT, SAMPLE_START_S, SampleLogs } from "./fixtures/sample-logs.ts";

let bench: LoaderUnderTest;

beforeEach(async () => {
  bench = await LoaderUnderTest.make();
});
afterEach(async () => {
  await bench.remove();
});

test("the account's packets and bytes are the same in the logs, the rows, the minutes, the hours and the days", async () => {
  const logs = new SampleLogs("p1");
  const totals = addSampleTraffic(logs, 40, 20, 1);
  logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ filesLoaded: 4, linesRejected: 0, filesRejected: 0, filesWaiting: 0 });
  expect(await bench.accountTotals()).toEqual([totals, totals, totals, totals]);

  // 10 minutes before midnight and 10 after, with statistics for each.
  const coverage = await bench.rows("SELECT bucket_start, covered_s, packets FROM capsttable_1d ORDER BY 1");
  expect(coverage).toMatchObject([
    { covered_s: 600, packets: 10_000 },
    { covered_s: 600, packets: 10_000 },
  ]);
  const stale = await bench.rows("SELECT day, source FROM stale_day ORDER BY day");
  expect(stale.map((row) => row.day.toISOString().slice(0, 10))).toEqual(["2026-03-01", "2026-03-02"]);
});

test("many small batches, read while the one before is merged, give the same sums as one", async () => {
  const logs = new SampleLogs("p1");
  let totals = { packets: 0n, bytes: 0n };
  for (let seed = 1; seed <= 6; seed++) {
    const more = addSampleTraffic(logs, 25, 8, seed);
    totals = { packets: totals.packets + more.packets, bytes: totals.bytes + more.bytes };
    logs.write(bench.path);
  }
  const secondConnection = await testConnection();
  try {
    expect(await bench.load({ secondConnection, batchBytes: 50_000 })).toMatchObject({
      filesLoaded: 24,
      linesRejected: 0,
      filesWaiting: 0,
    });
  } finally {
    await secondConnection.end();
  }
  expect(await bench.accountTotals()).toEqual([totals, totals, totals, totals]);
});

test("sums beyond what a double holds are exact to the last unit", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  for (let minute = 0; minute < 3; minute++) {
    const fields = { ...IPCT, interval_start_s: SAMPLE_START_S + 60 * minute };
    logs.add("ipct", { ...fields, fwd_packets: 1, fwd_bytes: Number.MAX_SAFE_INTEGER });
  }
  logs.write(bench.path);
  await bench.load();
  const totals = { packets: 3n, bytes: 3n * BigInt(Number.MAX_SAFE_INTEGER) };
  expect(await bench.accountTotals()).toEqual([totals, totals, totals, totals]);
});

test("further files add to intervals that exist", async () => {
  const logs = new SampleLogs("p1");
  const first = addSampleTraffic(logs, 10, 15, 2);
  logs.write(bench.path);
  await bench.load();
  const second = addSampleTraffic(logs, 10, 15, 3);
  logs.write(bench.path);
  await bench.load();
  const totals = { packets: first.packets + second.packets, bytes: first.bytes + second.bytes };
  expect(await bench.accountTotals()).toEqual([totals, totals, totals, totals]);
  const [count] = await bench.rows("SELECT COUNT(*) AS flows FROM flow");
  expect(count).toEqual({ flows: 10 });
});

test("loading a file twice changes nothing; the same name with other content is refused", async () => {
  const logs = new SampleLogs("p1");
  const totals = addSampleTraffic(logs, 10, 5, 4);
  const names = logs.write(bench.path);
  const copies = join(bench.path, "copies");
  mkdirSync(copies);
  for (const name of names) copyFileSync(join(bench.path, name), join(copies, name));
  await bench.load();
  for (const name of names) copyFileSync(join(copies, name), join(bench.path, name));
  expect(await bench.load()).toMatchObject({ filesLoaded: 0, filesRejected: 0 });
  expect(await bench.accountTotals()).toEqual([totals, totals, totals, totals]);

  const ipct = names.find((name) => name.startsWith("ipct"))!;
  writeFileSync(join(bench.path, ipct), `${readFileSync(join(copies, ipct), "utf8")}more\n`);
  expect(await bench.load()).toMatchObject({ filesLoaded: 0, filesRejected: 1 });
  expect(existsSync(join(bench.path, "rejected", ipct))).toBe(true);
  expect(await bench.accountTotals()).toEqual([totals, totals, totals, totals]);
});

test("loaded files are kept compressed under the day, for as long as asked", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  const [name] = logs.write(bench.path);
  const content = readFileSync(join(bench.path, name!), "utf8");
  const clock = { ...systemClock, wallMs: () => Date.UTC(2026, 1, 28, 23, 59, 59, 999) };
  await bench.load({ clock });
  const day = join(bench.path, "loaded", "2026-02-28");
  expect(gunzipSync(readFileSync(join(day, `${name}.gz`))).toString()).toBe(content);
  renameSync(day, join(bench.path, "loaded", "2020-01-01"));
  await bench.load();
  expect(readdirSync(join(bench.path, "loaded"))).toEqual([]);
  logs.add("flow", FLOW).write(bench.path);
  await bench.load({ keepDays: 0 });
  expect(readdirSync(join(bench.path, "loaded"))).toEqual([]);
});

test("a flow that comes back, in the same run or another, keeps its number; one of another probe or class has its own", async () => {
  const logs = new SampleLogs("p1");
  logs.add("flow", FLOW).add("flow", { ...FLOW, flow_id: 8, direction: "first", started_s: SAMPLE_START_S + 900 });
  logs.add("flow", { ...FLOW, flow_id: 9, class: "web" }).add("flowend", { flow_id: 7, ended_s: SAMPLE_START_S + 5 });
  logs.write(bench.path);
  new SampleLogs("p1", "00000000000000b2").add("flow", FLOW).write(bench.path);
  new SampleLogs("p2", "00000000000000c3").add("flow", FLOW).write(bench.path);
  await bench.load();
  expect(
    await bench.rows(
      "SELECT run_no, flow_id, flow_no, ended IS NOT NULL AS has_ended FROM flow_instance ORDER BY 1, 2",
    ),
  ).toEqual([
    { run_no: 1, flow_id: 7, flow_no: 1, has_ended: 1 },
    { run_no: 1, flow_id: 8, flow_no: 1, has_ended: 0 },
    { run_no: 1, flow_id: 9, flow_no: 2, has_ended: 0 },
    { run_no: 2, flow_id: 7, flow_no: 1, has_ended: 0 },
    { run_no: 3, flow_id: 7, flow_no: 3, has_ended: 0 },
  ]);
  expect(await bench.rows("SELECT flow_no, probe, class, fwd_address FROM v_flow ORDER BY 1")).toEqual([
    { flow_no: 1, probe: "p1", class: "all", fwd_address: "10.0.0.1" },
    { flow_no: 2, probe: "p1", class: "web", fwd_address: "10.0.0.1" },
    { flow_no: 3, probe: "p2", class: "all", fwd_address: "10.0.0.1" },
  ]);
  expect(await bench.rows("SELECT INET6_NTOA(address) AS address FROM ipInfotable ORDER BY 1")).toEqual([
    { address: "10.0.0.1" },
    { address: "192.0.2.1" },
  ]);
});

test("a loader that stays does not add to flows that retention removed meanwhile, and takes them up when told again", async () => {
  await bench.withLoader(async (loader) => {
    const day = 86_400;
    const logs = new SampleLogs("p1").add("flow", FLOW).add("flowend", { flow_id: 7, ended_s: SAMPLE_START_S });
    logs.add("flow", { ...FLOW, flow_id: 8, fwd_port: 40001, started_s: SAMPLE_START_S + 9 * day }).write(bench.path);
    expect(await loader.pass()).toMatchObject({ filesRejected: 0, filesLoaded: 2 });
    await bench.rows("INSERT INTO retention VALUES ('flow', 2, NULL)");
    await loader.call("apply_retention", bench.database, false);
    expect(await bench.rows("SELECT flow_no FROM flow")).toEqual([{ flow_no: 2 }]);

    logs.add("ipct", { ...IPCT, fwd_packets: 3 }).write(bench.path);
    expect(await loader.pass()).toMatchObject({ filesLoaded: 0, filesWaiting: 1 });
    logs.add("flow", FLOW).write(bench.path);
    expect(await loader.pass()).toMatchObject({ filesLoaded: 2, filesWaiting: 0 });
    expect(
      await bench.rows("SELECT f.fwd_port, x.fwd_packets FROM ipcttable_1h x JOIN flow f USING (flow_no)"),
    ).toEqual([{ fwd_port: 40000, fwd_packets: 3 }]);
  });
});

test("slices keep their bounds over runs that number them otherwise", async () => {
  for (const [run, bounds] of [
    ["00000000000000a1", [0, 100, 1000]],
    ["00000000000000b2", [0, 1000]],
  ] as const) {
    const logs = new SampleLogs("p1", run).add("flow", FLOW);
    bounds.forEach((lower, slice) => {
      logs.add("slice", { class: "all", metric: "ipsz", slice, lower, upper: bounds[slice + 1] ?? null });
      logs.add("ipsz", { flow_id: 7, interval_start_s: SAMPLE_START_S, interval_s: 60, slice, fwd_packets: slice + 1 });
    });
    logs.write(bench.path);
  }
  expect(await bench.load()).toMatchObject({ linesRejected: 0, filesWaiting: 0 });
  expect(
    await bench.rows(
      `SELECT s.lower, s.upper, x.fwd_packets FROM ipsztable_1d x JOIN slice s ON s.slice_no = x.slice_no ORDER BY 1, 2, 3 DESC`,
    ),
  ).toEqual(
    [
      { lower: 0, upper: 100, fwd_packets: 1 },
      { lower: 0, upper: 1000, fwd_packets: 1 },
      { lower: 100, upper: 1000, fwd_packets: 2 },
      { lower: 1000, upper: null, fwd_packets: 3 },
      { lower: 1000, upper: null, fwd_packets: 2 },
    ].sort((a, b) => a.lower - b.lower),
  );
});

test("round-trip histograms become additive rows, least and greatest values stay so", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  const tcpct = { flow_id: 7, interval_s: 60, fwd_rtt_samples: 1 };
  const at = (minute: number) => ({ interval_start_s: SAMPLE_START_S + 60 * minute });
  const ms = bucketOf(1_000_000);
  logs.add("tcpct", {
    ...tcpct,
    ...at(0),
    fwd_rtt_min_ns: 5,
    fwd_rtt_max_ns: 9,
    fwd_rtt_histogram: [ms, 2, ms + 1, 7],
  });
  logs.add("tcpct", { ...tcpct, ...at(1), rev_rtt_histogram: [3, 1] });
  logs.add("tcpct", { ...tcpct, ...at(2), fwd_rtt_min_ns: 7, fwd_rtt_max_ns: 8, fwd_rtt_histogram: [ms, 1] });
  logs.write(bench.path);
  await bench.load();
  expect(
    await bench.rows("SELECT direction, histogram_bucket AS b, samples FROM tcprtttable_1h ORDER BY 1, 2"),
  ).toEqual([
    { direction: "fwd", b: ms, samples: 3 },
    { direction: "fwd", b: ms + 1, samples: 7 },
    { direction: "rev", b: 3, samples: 1 },
  ]);
  expect(
    await bench.rows(
      "SELECT fwd_rtt_min_ns AS least, fwd_rtt_max_ns AS greatest, rev_rtt_min_ns AS none FROM tcpcttable_1d",
    ),
  ).toEqual([{ least: 5, greatest: 9, none: null }]);
});

test("instants keep their microseconds, floored; addresses of both families and large counters arrive whole", async () => {
  const logs = new SampleLogs("p1");
  logs.add("flow", {
    ...FLOW,
    fwd_address: new Uint8Array([0x20, 1, 0xd, 0xb8, ...new Uint8Array(11), 1]),
    fwd_prefix_length: 128,
  });
  const wide = { fwd_packets: Number.MAX_SAFE_INTEGER, first_nanos: 123_456_999, last_nanos: 999_999_999 };
  logs.add("ipct", { ...IPCT, ...wide }).write(bench.path);
  await bench.load();
  const [row] = await bench.rows(
    "SELECT CAST(fwd_packets AS CHAR) AS packets, CAST(first AS CHAR) AS first, CAST(last AS CHAR) AS last FROM ipcttable",
  );
  expect(row).toEqual({
    packets: "9007199254740991",
    first: "2026-03-01 23:50:00.123456",
    last: "2026-03-01 23:50:00.999999",
  });
  expect(await bench.rows("SELECT fwd_address, rev_address FROM v_flow")).toEqual([
    { fwd_address: "2001:db8::1", rev_address: "192.0.2.1" },
  ]);
});

test("an interval of an hour fills the hours and days only; statistics told twice cover their interval once", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  logs.add("ipct", { ...IPCT, interval_start_s: SAMPLE_START_S - 3000, interval_s: 3600, fwd_packets: 4 });
  logs.add("capst", { interface: "a", interval_start_s: SAMPLE_START_S, interval_s: 60, packets: 1 });
  logs.add("capst", {
    interface: "a",
    interval_start_s: SAMPLE_START_S,
    interval_s: 60,
    packets: 2,
    clock_error_ns: 8,
  });
  logs.write(bench.path);
  await bench.load();
  for (const [suffix, rows] of [
    ["_1m", 0],
    ["_1h", 1],
    ["_1d", 1],
  ] as const) {
    expect(await bench.rows(`SELECT fwd_packets FROM ipcttable${suffix}`)).toHaveLength(rows);
    expect(await bench.rows(`SELECT covered_s, packets, clock_error_max_ns AS error FROM capsttable${suffix}`)).toEqual(
      [{ covered_s: 60, packets: 3, error: 8 }],
    );
  }
});

test("two probes in one database are told apart in every table that has rows", async () => {
  for (const [probe, run] of [
    ["p1", "00000000000000a1"],
    ["p2", "00000000000000a1"],
  ] as const) {
    const logs = new SampleLogs(probe, run, `collector_${probe}`);
    addSampleTraffic(logs, 5, 2, 6);
    logs.write(bench.path);
  }
  await bench.load();
  const apart = {
    ipcttable: "JOIN probe_run r USING (run_no)",
    tcpcttable: "JOIN probe_run r USING (run_no)",
    capsttable: "JOIN probe_run r USING (run_no)",
    flow_instance: "JOIN probe_run r USING (run_no)",
    ipcttable_1m: "JOIN flow r USING (flow_no)",
    ipcttable_1d: "JOIN flow r USING (flow_no)",
    tcprtttable_1h: "JOIN flow r USING (flow_no)",
    capsttable_1h: "JOIN probe r USING (probe_no)",
  };
  for (const [table, join] of Object.entries(apart)) {
    const counts = await bench.rows(`SELECT r.probe_no, COUNT(*) AS n FROM ${table} ${join} GROUP BY 1 ORDER BY 1`);
    expect(
      counts.map((row) => row.probe_no),
      table,
    ).toEqual([1, 2]);
    expect(counts[0]!.n, table).toBe(counts[1]!.n);
  }
});

test("a second loader on the database is told to come later", async () => {
  await bench.load();
  const other = new SampleLogs("p1").add("flow", FLOW);
  other.write(bench.path);
  const [taken] = await bench.rows("SELECT GET_LOCK(CONCAT('trafMon_loader_', LEFT(SHA2(?, 256), 32)), 10) AS taken", [
    bench.database,
  ]);
  expect(taken).toEqual({ taken: 1 });
  await expect(bench.load()).rejects.toMatchObject({ code: "LOADER_BUSY", exitCode: 75 });
});

test("a transfer is loaded at once though both its flows were described to an earlier loader", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW).add("flow", { ...FLOW, flow_id: 8, fwd_port: 41_000 });
  logs.write(bench.path);
  await bench.load();
  logs.add("ftptf", { flow_id: 7, data_flow_id: 8, commanded_s: SAMPLE_START_S }).write(bench.path);
  expect(await bench.load()).toMatchObject({ filesLoaded: 1, linesLoaded: 1, filesWaiting: 0 });
});

test("views are made anew where the template has others, once", async () => {
  await bench.load();
  const told: string[] = [];
  const { log } = createLog({ program: "trafMon_loader", write: (line) => told.push(line) });
  const anew = () => told.filter((line) => line.includes("made its views anew"));
  await bench.load({ log });
  expect(anew()).toEqual([]);
  await bench.rows("CREATE OR REPLACE VIEW v_event AS SELECT 1 AS of_another_version");
  await bench.rows("DROP VIEW v_flow");
  await bench.load({ log });
  expect(anew()).toHaveLength(1);
  expect(await bench.rows("SELECT * FROM v_event")).toEqual([]);
  expect(await bench.rows("SELECT * FROM v_flow")).toEqual([]);
  await bench.load({ log });
  expect(anew()).toHaveLength(1);
});
