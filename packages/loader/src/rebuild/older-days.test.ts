import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RowDataPacket } from "@trafmon/database";
import { systemClock } from "@trafmon/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RebuildUnderTest } from "../fixtures/rebuild-under-test.ts";
import { addSampleTraffic, FLOW, IPCT, SAMPLE_START_S, SampleLogs } from "../fixtures/sample-logs.ts";
import { LogFolder } from "../gather/log-folder.ts";
import { compareDatabases } from "./compare-databases.ts";

let bench: RebuildUnderTest;

beforeEach(async () => {
  bench = await RebuildUnderTest.make();
});
afterEach(async () => {
  await bench.remove();
});

const DAY_S = 86_400;

/** Loads what was added, as on that day: its files go to `loaded/<day>`, and the history says so. */
async function loadOn(day: string): Promise<void> {
  const [[before]] = await bench.connection.query<RowDataPacket[]>("SELECT CAST(UTC_TIMESTAMP(6) AS CHAR) AS at");
  const clock = { ...systemClock, wallMs: () => Date.parse(`${day}T12:00:00Z`) };
  await bench.load({ keepDays: 36_500, clock });
  await bench.rows("UPDATE load_history SET loaded_at = ? WHERE loaded_at >= ?", [`${day} 12:00:00`, before!.at]);
}

const forget = (day: string) => rmSync(join(bench.path, "loaded", day), { recursive: true });
const daysFrom = (nth: number) => ({
  ...IPCT,
  interval_start_s: SAMPLE_START_S + nth * DAY_S,
  first_s: SAMPLE_START_S + nth * DAY_S,
  last_s: SAMPLE_START_S + nth * DAY_S,
});

/** All rows of a query on a database, as text. */
async function rowsOf(database: string, sql: string): Promise<string> {
  await bench.connection.query(`USE \`${database}\``);
  return JSON.stringify((await bench.connection.query<RowDataPacket[]>(sql))[0]);
}

async function expectSame(sql: string): Promise<void> {
  const old = await rowsOf(bench.database, sql);
  expect(old, sql).not.toBe("[]");
  expect(await rowsOf(bench.into, sql), sql).toBe(old);
}

test("what only the database holds comes into the new one: old rows, sums, flows, identities, NetFlow and prepared days", async () => {
  // Logs of these are gone at the end; the probe that comes first in them comes second in the others.
  const gone = new SampleLogs("gone", "00000000000000b2");
  addSampleTraffic(gone, 9, 4, 7);
  gone.add("ident", {
    address: Uint8Array.of(192, 0, 2, 1),
    kind: "name",
    value: "old.example",
    source: "dns",
    valid_from_s: SAMPLE_START_S,
    valid_to_s: SAMPLE_START_S + 60,
  });
  gone.add("event", { at_s: SAMPLE_START_S, code: "x", text: "then", parameters: "{}" });
  gone.write(bench.path);
  const router = new SampleLogs("router", "00000000000000c3");
  router.add("netflow", {
    exporter: Uint8Array.of(10, 9, 9, 9),
    src_address: Uint8Array.of(10, 0, 0, 1),
    dst_address: Uint8Array.of(192, 0, 2, 1),
    protocol: 17,
    first_s: SAMPLE_START_S,
    last_s: SAMPLE_START_S + 1200,
    packets: 11,
    bytes: 1100,
    sampling_rate: 1,
  });
  const [netflow] = router.write(bench.path);
  // Its formatter names the file for the hour.
  const hour = (Math.floor(SAMPLE_START_S / 3600) * 3600).toString(16).padStart(16, "0");
  renameSync(join(bench.path, netflow!), join(bench.path, netflow!.replace(/_[0-9a-f]{16}_/, `_${hour}_`)));
  await loadOn("2026-03-03");
  const kept = new SampleLogs("kept").add("flow", FLOW);
  // Late data of an old day, and a day of its own.
  kept.add("ipct", { ...IPCT, fwd_packets: 5, fwd_bytes: 500 }).add("ipct", { ...daysFrom(9), fwd_packets: 6 });
  kept.add("ident", {
    address: Uint8Array.of(192, 0, 2, 1),
    kind: "name",
    value: "new.example",
    source: "dns",
    valid_from_s: SAMPLE_START_S + 9 * DAY_S,
    valid_to_s: SAMPLE_START_S + 9 * DAY_S + 60,
  });
  kept.write(bench.path);
  await loadOn("2026-03-12");
  await bench.connection.query(`CALL \`${bench.template}\`.aggregate_stale_days(?, FALSE)`, [bench.database]);
  forget("2026-03-03");

  const result = await bench.rebuild();
  expect(await compareDatabases(bench.connection, bench.database, bench.into)).toEqual([]);
  expect(result.linesRejected).toBe(0);
  const taken = new Map(result.older.map(({ type, days, torn }) => [type, [...days, ...torn]]));
  expect(taken.get("ipct")).toEqual(["2026-03-01"]);
  expect(taken.get("netflow")).toEqual(["2026-03-01", "2026-03-02"]);
  await expectSame(
    "SELECT name, started, fwd_address FROM flow_instance JOIN flow USING (flow_no) JOIN probe USING (probe_no) ORDER BY 1, 2, 3",
  );
  await expectSame(
    "SELECT INET6_NTOA(address) AS a, value, name, valid_from FROM address_identity JOIN probe USING (probe_no) ORDER BY 2",
  );
  await expectSame("SELECT * FROM netflowtable_1m ORDER BY bucket_start");
  await expectSame("SELECT text FROM eventtable");
  await expectSame(
    "SELECT * FROM activityvolumetable_1d ORDER BY bucket_start, probe_no, src_address, dst_address, service",
  );
  await expectSame("SELECT * FROM activityvolumetable_netflow_1h ORDER BY bucket_start");
  await expectSame("SELECT day, source, fwd_bytes FROM aggregated_day ORDER BY day, source");
  await expectSame("SELECT file_name, HEX(sha256) AS sha FROM load_history ORDER BY file_name");
  await expectSame("SELECT COUNT(*) AS n FROM v_ipct_1h JOIN v_activity_1d");
});

test("with the logs alone what they lack is told, day by day, and identities stay their probe's", async () => {
  const gone = new SampleLogs("gone", "00000000000000b2").add("flow", FLOW);
  gone.add("ipct", { ...IPCT, fwd_packets: 1 }).add("ident", {
    address: Uint8Array.of(192, 0, 2, 1),
    kind: "name",
    value: "old.example",
    source: "dns",
    valid_from_s: SAMPLE_START_S,
    valid_to_s: SAMPLE_START_S + 60,
  });
  gone.write(bench.path);
  await loadOn("2026-03-03");
  new SampleLogs("kept")
    .add("flow", FLOW)
    .add("ipct", { ...daysFrom(9), fwd_packets: 6 })
    .write(bench.path);
  await loadOn("2026-03-12");
  forget("2026-03-03");
  const { older } = await bench.rebuild({ logsOnly: true });
  expect(older).toEqual([
    { type: "ipct", days: ["2026-03-01"], torn: [] },
    { type: "ident", days: ["2026-03-01"], torn: [] },
  ]);
  expect(await rowsOf(bench.into, "SELECT CAST(SUM(fwd_packets) AS CHAR) AS n FROM ipcttable_1d")).toBe('[{"n":"6"}]');
  await expectSame("SELECT value, name FROM address_identity JOIN probe USING (probe_no)");
});

test("a day of which each side lacks a part is told as torn, and of a day that the logs tell whole the logs are believed", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW).add("ipct", { ...IPCT, fwd_packets: 1, rev_packets: 4 });
  logs.write(bench.path);
  await loadOn("2026-03-03");
  logs
    .add("ipct", { ...IPCT, fwd_packets: 2 })
    .add("ipct", { ...daysFrom(9), fwd_packets: 6 })
    .write(bench.path);
  await loadOn("2026-03-12");
  forget("2026-03-03");
  await bench.rows("UPDATE ipcttable_1d SET fwd_packets = 0 WHERE bucket_start = '2026-03-01'");
  await bench.rows("UPDATE ipcttable_1d SET fwd_packets = 7 WHERE bucket_start = '2026-03-10'");
  const { older } = await bench.rebuild();
  expect(older).toEqual([{ type: "ipct", days: [], torn: ["2026-03-01"] }]);
  expect(await rowsOf(bench.into, "SELECT fwd_packets AS n FROM ipcttable_1d ORDER BY bucket_start")).toBe(
    '[{"n":2},{"n":6}]',
  );
});

test("files in rejected/ are tried again, and what is refused again stays told", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  for (let day = 0; day < 401; day++) logs.add("tcpct", daysFrom(day));
  logs.add("ipct", { ...IPCT, fwd_packets: 3 });
  const names = logs.write(bench.path);
  const [broken] = logs.add("udpct", IPCT).write(bench.path);
  const ipct = names.find((name) => name.startsWith("ipct"))!;
  const text = readFileSync(join(bench.path, ipct), "utf8");
  // A header that no version knows, twice under one name; the second one has become readable since.
  writeFileSync(join(bench.path, ipct), "probe\n");
  writeFileSync(join(bench.path, broken!), "probe\n");
  expect(await bench.load()).toMatchObject({ filesLoaded: 1, filesRejected: 3 });
  writeFileSync(join(bench.path, ipct), "other\n");
  expect(await bench.load()).toMatchObject({ filesRejected: 1 });
  writeFileSync(join(bench.path, "rejected", `${ipct}.2`), text);
  mkdirSync(join(bench.path, "loaded"), { recursive: true });

  // Once more too many days, once more no header, twice.
  expect(await bench.rebuild()).toMatchObject({ filesLoaded: 2, filesRejected: 3, linesLoaded: 2 });
  expect(await rowsOf(bench.into, "SELECT fwd_packets AS n FROM ipcttable_1d")).toBe('[{"n":3}]');
  const refused = readdirSync(join(bench.path, "rebuilding", "rejected"));
  expect(refused.filter((name) => name.endsWith(".rej"))).toHaveLength(3);
  // The loader's own stay as they were.
  expect(readdirSync(join(bench.path, "rejected")).filter((name) => !name.endsWith(".rej"))).toHaveLength(4);
});

test("a feed named since then chooses among the kept lines, and what it leaves out does not come back", async () => {
  for (const [collector, fwd_packets] of [
    ["central", 1],
    ["relay", 100],
  ] as const) {
    // Record numbers of their own, so that both were loaded.
    const logs = new SampleLogs("p1", collector === "relay" ? "00000000000000d4" : "00000000000000a1", collector);
    logs
      .add("flow", FLOW)
      .add("ipct", { ...IPCT, fwd_packets })
      .write(bench.path);
  }
  await loadOn("2026-03-03");
  await bench.rows("INSERT INTO feed (probe, since, collector) VALUES ('p1', '2026-01-01', 'central')");
  expect(await bench.rebuild()).toMatchObject({ linesRejected: 1, older: [] });
  expect(await rowsOf(bench.into, "SELECT CAST(SUM(fwd_packets) AS CHAR) AS n FROM ipcttable_1d")).toBe('[{"n":"1"}]');
});

test("records whose rows were removed before their logs were are known in the new database, too", async () => {
  const first = new SampleLogs("p1").add("flow", FLOW).add("ipct", { ...IPCT, fwd_bytes: 100 });
  first.write(bench.path);
  await loadOn("2026-03-03");
  first.add("ipct", { ...daysFrom(9), fwd_bytes: 7 }).write(bench.path);
  await loadOn("2026-03-12");
  await bench.rows(`CALL \`${bench.template}\`.Partition_drop(?, 'ipcttable', 1)`, [bench.database]);
  forget("2026-03-03");
  await bench.rebuild();
  // Up to the day taken over; of later ones the logs gave every row.
  const marks = "SELECT CAST(removed_before AS CHAR) AS day FROM retention_mark";
  expect(await rowsOf(bench.into, marks)).toBe('[{"day":"2026-03-02"}]');
  await expectSame("SELECT * FROM removed_record");
  // The old days' logs again, from the other collector.
  const second = new SampleLogs("p1", first.run, "standby").add("flow", FLOW).add("ipct", { ...IPCT, fwd_bytes: 100 });
  second.write(bench.path);
  await bench.load({ database: bench.into });
  expect(await rowsOf(bench.into, "SELECT fwd_bytes AS n FROM ipcttable_1d ORDER BY bucket_start")).toBe(
    '[{"n":100},{"n":7}]',
  );
});

test("logs of several collectors' folders make one database", async () => {
  const other = join(bench.path, "other");
  mkdirSync(other);
  new SampleLogs("p1")
    .add("flow", FLOW)
    .add("ipct", { ...IPCT, fwd_packets: 1 })
    .write(bench.path);
  await bench.load();
  const relay = new SampleLogs("p2", "00000000000000d4", "relay");
  relay
    .add("flow", FLOW)
    .add("ipct", { ...IPCT, fwd_packets: 2 })
    .write(other);
  await bench.load({ folder: await LogFolder.open(other) });
  expect(await bench.rebuild({ paths: [bench.path, other] })).toMatchObject({ filesLoaded: 4, older: [] });
  expect(await compareDatabases(bench.connection, bench.database, bench.into)).toEqual([]);
});

test("a kept file that is damaged is told and left out, and its days come from the database", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW).add("ipct", { ...IPCT, fwd_packets: 1 });
  logs.write(bench.path);
  await loadOn("2026-03-03");
  const folder = join(bench.path, "loaded", "2026-03-03");
  const damaged = readdirSync(folder).map((name) => join(folder, name));
  truncateSync(damaged.find((file) => file.includes("/flow_"))!, 30);
  writeFileSync(damaged.find((file) => file.includes("/ipct_"))!, "no gzip");
  const result = await bench.rebuild();
  expect(result).toMatchObject({ filesLoaded: 0, older: [{ type: "ipct", days: ["2026-03-01"], torn: [] }] });
  expect([...result.damaged].sort()).toEqual(damaged.sort());
  expect(await compareDatabases(bench.connection, bench.database, bench.into)).toEqual([]);
});
