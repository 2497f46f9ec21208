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

/** Keeps the newest day of a table only. */
const age = (table: string) =>
  bench.rows(`CALL \`${bench.template}\`.Partition_drop(?, ?, 1)`, [bench.database, table]);
const COUNTERS = ["ipcttable", "tcpcttable", "capsttable"];

async function sums(): Promise<unknown> {
  const found: unknown[] = [];
  for (const table of ["ipcttable_1h", "ipcttable_1d", "tcpcttable_1d", "capsttable_1d"]) {
    const bytes = table.startsWith("ipct") ? "SUM(fwd_bytes + rev_bytes)" : "NULL";
    const packets = table.startsWith("capst") ? "SUM(packets)" : "SUM(fwd_packets + rev_packets)";
    found.push(
      await bench.rows(
        `SELECT bucket_start, ${packets} AS packets, ${bytes} AS bytes FROM ${table} GROUP BY 1 ORDER BY 1`,
      ),
    );
  }
  found.push(
    await bench.rows("SELECT bucket_start, SUM(samples) AS samples FROM tcprtttable_1d GROUP BY 1 ORDER BY 1"),
  );
  return found;
}

test("records that come again after their rows were removed are refused; what is new of the same days is added", async () => {
  const first = new SampleLogs("p1");
  const totals = addSampleTraffic(first, 10, 20, 1);
  first.write(bench.path);
  await bench.load();
  const before = await sums();
  for (const table of COUNTERS) await age(table);
  expect(await bench.rows("SELECT 1 FROM ipcttable WHERE interval_start < '2026-03-02'")).toEqual([]);

  // The same records from another collector, and one that this one alone had.
  const second = new SampleLogs("p1", first.run, "standby");
  addSampleTraffic(second, 10, 20, 1);
  second.write(bench.path);
  const again = await bench.load();
  expect(again.linesLoaded).toBe(10);
  expect(await sums()).toEqual(before);
  second.add("ipct", { ...IPCT, flow_id: 1, fwd_packets: 1, fwd_bytes: 60 }).write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 1, linesRejected: 0 });
  const [, , hours, days] = await bench.accountTotals();
  expect(hours).toEqual({ packets: totals.packets + 1n, bytes: totals.bytes + 60n });
  expect(days).toEqual(hours);

  // It goes in its turn, and is known then, too.
  await age("ipcttable");
  const third = new SampleLogs("p1", first.run, "third");
  addSampleTraffic(third, 10, 20, 1);
  third.add("ipct", { ...IPCT, flow_id: 1, fwd_packets: 1, fwd_bytes: 60 }).write(bench.path);
  await bench.load();
  expect((await bench.accountTotals())[3]).toEqual(days);
  // One run without holes is one range.
  expect(
    await bench.rows("SELECT first_record_no AS n FROM removed_record WHERE table_name = 'ipcttable'"),
  ).toHaveLength(2);
});

test("of a day that another run had removed, a run that was never loaded is taken whole", async () => {
  new SampleLogs("p1")
    .add("flow", FLOW)
    .add("ipct", { ...IPCT, fwd_bytes: 100 })
    .write(bench.path);
  const nextDay = { ...IPCT, interval_start_s: SAMPLE_START_S + 86_400, fwd_bytes: 1 };
  new SampleLogs("p1", "00000000000000b1").add("flow", FLOW).add("ipct", nextDay).write(bench.path);
  await bench.load();
  await age("ipcttable");
  new SampleLogs("p1", "00000000000000c1")
    .add("flow", FLOW)
    .add("ipct", { ...IPCT, fwd_bytes: 1000 })
    .write(bench.path);
  expect(await bench.load()).toMatchObject({ linesRejected: 0 });
  expect(
    await bench.rows("SELECT SUM(fwd_bytes) AS bytes FROM ipcttable_1d WHERE bucket_start < '2026-03-02'"),
  ).toEqual([{ bytes: "1100" }]);
});

test("a removal that was interrupted is noted already, and noting it again adds what came since", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  const records = [100, 200, 400, 800].map((fwd_bytes) => ({ ...IPCT, fwd_bytes }));
  for (const record of records.slice(0, 2)) logs.add("ipct", record);
  logs.add("ipct", { ...IPCT, interval_start_s: SAMPLE_START_S + 86_400, fwd_bytes: 1 });
  logs.write(bench.path);
  await bench.load();
  const mark = () =>
    bench.rows(`CALL \`${bench.template}\`.mark_removed(?, 'ipcttable', 'p20260301', TO_DAYS('2026-03-02'))`, [
      bench.database,
    ]);
  await mark();
  // Loaded between the note and the removal; number 4 follows number 3, which is of the next day.
  logs.add("ipct", records[2]!).write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 1, linesRejected: 0 });
  await age("ipcttable");
  const ranges = await bench.rows(
    "SELECT first_record_no AS a, last_record_no AS b FROM removed_record WHERE table_name = 'ipcttable' ORDER BY 1",
  );
  expect(ranges).toEqual([
    { a: 1, b: 2 },
    { a: 4, b: 4 },
  ]);
  const again = new SampleLogs("p1", logs.run, "standby").add("flow", FLOW);
  for (const record of records.slice(0, 2)) again.add("ipct", record);
  again.add("ipct", { ...IPCT, interval_start_s: SAMPLE_START_S + 86_400, fwd_bytes: 1 });
  for (const record of records.slice(2)) again.add("ipct", record);
  again.write(bench.path);
  expect(await bench.load()).toMatchObject({ linesRejected: 4 });
  expect(await bench.rows("SELECT fwd_bytes AS bytes FROM ipcttable_1d ORDER BY bucket_start")).toEqual([
    { bytes: 1500 },
    { bytes: 1 },
  ]);
});

test("a removal that waits gets its turn in the middle of a long pass, and the pass goes on with what is left", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  const DAY_S = 86_400;
  logs.add("ipct", { ...IPCT, fwd_bytes: 1 }).add("ipct", { ...IPCT, interval_start_s: SAMPLE_START_S + DAY_S });
  logs.write(bench.path);
  await bench.load();
  for (let file = 1; file <= 8; file++) logs.add("ipct", { ...IPCT, fwd_bytes: 2 ** file }).write(bench.path);
  const remover = await testConnection();
  try {
    let removal: Promise<unknown> | null = null;
    const { log } = createLog({
      program: "trafMon_loader",
      write: (line) => {
        if (removal !== null || !line.includes("loaded a batch")) return;
        removal = remover.query("CALL ??.Partition_drop(?, 'ipcttable', 1)", [bench.template, bench.database]);
      },
    });
    // Every look at the clock is an hour later than the one before.
    let hours = 0;
    const clock = { ...systemClock, wallMs: () => systemClock.wallMs(), monotonicMs: () => 3_600_000 * ++hours };
    await bench.load({ log, clock, batchBytes: 1 });
    const files = await bench.rows("SELECT COUNT(*) AS n FROM load_history WHERE type = 'ipct'");
    expect(files).toEqual([{ n: 9 }]);
    await removal;
  } finally {
    await remover.end();
  }
  // What came before the removal went, and what came after is there.
  const [removed] = await bench.rows("SELECT MAX(last_record_no) AS n FROM removed_record");
  const rows = await bench.rows("SELECT record_no AS n FROM ipcttable WHERE interval_start < ? ORDER BY 1", [
    "2026-03-02",
  ]);
  expect(rows.map((row) => row.n)).toEqual([3, 4, 5, 6, 7, 8, 9, 10].filter((n) => n > removed!.n));
  expect(rows.length).toBeGreaterThan(0);
  expect(await bench.rows("SELECT fwd_bytes AS n FROM ipcttable_1d WHERE bucket_start < '2026-03-02'")).toEqual([
    { n: 511 },
  ]);
});

const PREPARED = { activityvolumetable: 7, activityrtt: 8, servicertt: 5 };

test.each([
  { removed: ["ipcttable_1h", "tcpcttable_1h", "tcprtttable_1h"], suffixes: ["_1h", "_1d"] },
  { removed: ["tcpcttable_1h"], suffixes: ["_1h", "_1d"] },
  { removed: ["ipcttable_1h", "tcprtttable_1h", "activityvolumetable_1h"], suffixes: ["_1d"] },
  // Noted, and then interrupted: all is there still.
  { removed: [], suffixes: ["_1h", "_1d"] },
])("what comes late for days of which $removed went reaches reports as if nothing had gone", async (given) => {
  const whole = await LoaderUnderTest.make();
  try {
    const [here, there] = [new SampleLogs("p1"), new SampleLogs("p1")];
    const load = async (add: (logs: SampleLogs) => void) => {
      for (const [logs, each] of [
        [here, bench],
        [there, whole],
      ] as const) {
        add(logs);
        logs.write(each.path);
        await each.load();
      }
    };
    const prepare = async () => {
      for (const each of [bench, whole]) {
        await each.rows("CALL ??.aggregate_stale_days(?, FALSE)", [each.template, each.database]);
      }
    };
    await load((logs) => {
      addSampleTraffic(logs, 10, 20, 1);
      const nextMonth = { ...IPCT, flow_id: 1, interval_start_s: SAMPLE_START_S + 40 * 86_400 };
      logs.add("ipct", nextMonth).add("tcpct", { ...nextMonth, fwd_rtt_samples: 1, fwd_rtt_histogram: [500, 1] });
    });
    await prepare();
    for (const table of given.removed) {
      await age(table);
      expect(await bench.rows(`SELECT 1 FROM ${table} WHERE bucket_start < '2026-04-01'`)).toEqual([]);
    }
    if (given.removed.length === 0) {
      await bench.rows("INSERT INTO retention_mark VALUES ('ipcttable_1h', '2026-04-01', UTC_TIMESTAMP(6))");
    }
    await prepare();
    for (const seed of [2, 3]) {
      await load((logs) => addSampleTraffic(logs, 14, 3, seed));
      for (let run = 0; run < 2; run++) {
        await prepare();
        expect(await bench.rows("SELECT day FROM stale_day")).toEqual([]);
        for (const [table, keys] of Object.entries(PREPARED)) {
          for (const suffix of table === "activityvolumetable" ? given.suffixes : ["_1h", "_1d"]) {
            const order = Array.from({ length: keys }, (_, nth) => nth + 1);
            const rows = (of: LoaderUnderTest) => of.rows(`SELECT * FROM ${table}${suffix} ORDER BY ${order}, service`);
            const expected = await rows(whole);
            expect(expected.length).toBeGreaterThan(1);
            expect(await rows(bench), `${table}${suffix}`).toEqual(expected);
          }
        }
      }
    }
  } finally {
    await whole.remove();
  }
});
