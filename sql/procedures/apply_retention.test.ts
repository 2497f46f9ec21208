import { afterEach, beforeEach, expect, test } from "vitest";
import { RuntimeDatabase } from "../fixtures/runtime-database.ts";

let database: RuntimeDatabase;

beforeEach(async () => {
  database = await RuntimeDatabase.make();
  await database.setClock("2028-03-02 00:00:30");
});
afterEach(async () => {
  await database.remove();
});

const DAYS = ["2028-02-27", "2028-02-28", "2028-02-29", "2028-03-01"];

/** Two flows with a row on each of some days, added up as the loader does. `bytes` of the days' sums may be falsified. */
async function addDays(days = DAYS, falsify: Record<string, number> = {}): Promise<void> {
  for (const table of ["ipcttable", "ipcttable_1m", "ipcttable_1h", "ipcttable_1d"]) {
    await database.call("partition_add", table, days.join(","));
  }
  for (const [nth, day] of days.entries()) {
    for (const flow_no of [1, 2]) {
      const counters = {
        flow_no,
        attributed_flow_no: flow_no,
        fwd_packets: 10,
        rev_packets: 5,
        fwd_bytes: 1000,
        rev_bytes: nth,
      };
      const times = { first: `${day} 23:59:00`, last: `${day} 23:59:59` };
      const row = { run_no: 1, record_no: 10 * nth + flow_no, interval_start: `${day} 23:59:00`, interval_s: 60 };
      await database.insert("ipcttable", { ...counters, ...times, ...row });
      await database.insert("ipcttable_1m", { ...counters, ...times, bucket_start: `${day} 23:59:00` });
      await database.insert("ipcttable_1h", { ...counters, ...times, bucket_start: `${day} 23:00:00` });
      const fwd_bytes = counters.fwd_bytes + (falsify[day] ?? 0);
      await database.insert("ipcttable_1d", { ...counters, fwd_bytes, ...times, bucket_start: `${day} 00:00:00` });
    }
  }
}

const policy = (table_name: string, keep_days: number | null, keep_mib: number | null = null) =>
  database.insert("retention", { table_name, keep_days, keep_mib });

async function apply(dryRun: boolean): Promise<string[]> {
  const [rows] = (await database.call("apply_retention", dryRun)).resultSets;
  return rows!.map((row) => `${row.table_name} ${row.partition_name} ${row.outcome}`);
}

const daysIn = async (table: string, column: string) =>
  (await database.rows(`SELECT DISTINCT CAST(DATE(${column}) AS CHAR) AS day FROM ${table} ORDER BY 1`)).map(
    (row) => row.day,
  );

test("without a policy nothing goes, a dry run tells, and what is told goes, once", async () => {
  await addDays();
  expect(await apply(false)).toEqual([]);
  await policy("ipcttable", 2);
  await policy("ipcttable_1m", 3);
  const told = ["ipcttable p20280227", "ipcttable p20280228", "ipcttable_1m p20280227"];
  expect(await apply(true)).toEqual(told.map((each) => `${each} would go`));
  expect(await daysIn("ipcttable", "interval_start")).toEqual(DAYS);
  expect(await apply(false)).toEqual(told.map((each) => `${each} gone`));
  // Counted from the newest day, over a leap day.
  expect(await daysIn("ipcttable", "interval_start")).toEqual(DAYS.slice(2));
  expect(await daysIn("ipcttable_1m", "bucket_start")).toEqual(DAYS.slice(1));
  expect(await daysIn("ipcttable_1d", "bucket_start")).toEqual(DAYS);
  const history = await database.rows("SELECT table_name, partition_name FROM retention_history ORDER BY nth");
  expect(history.map((row) => `${row.table_name} ${row.partition_name}`)).toEqual(told);
  expect(await apply(false)).toEqual([]);
});

test("what the days do not hold stays, with all that is newer, and goes once they do", async () => {
  await addDays(DAYS, { "2028-02-28": -1 });
  await policy("ipcttable", 1);
  const expected = ["ipcttable p20280227 gone", "ipcttable p20280228 kept: the table of days does not hold it"];
  expect(await apply(false)).toEqual(expected);
  expect(await daysIn("ipcttable", "interval_start")).toEqual(DAYS.slice(1));
  await database.rows("UPDATE ipcttable_1d SET fwd_bytes = 1000");
  expect(await apply(false)).toEqual(["ipcttable p20280228 gone", "ipcttable p20280229 gone"]);
});

test("rows that come late for a day whose others are gone hold up nothing", async () => {
  // The days hold what went before, too.
  await addDays(DAYS, { "2028-02-27": 5000 });
  await policy("ipcttable", 1);
  expect(await apply(false)).toEqual(DAYS.slice(0, 3).map((day) => `ipcttable p${day.replaceAll("-", "")} gone`));
});

test("a policy that cannot be applied is told, and keeps no other from being applied", async () => {
  await addDays();
  await policy("ipctable", 2);
  await policy("load_history", 2);
  await policy("ipcttable", 3);
  await policy("ipcttable_1m", 0);
  await policy("ipcttable_1h", null);
  await policy("flow", null, 10);
  const ignored = [
    "ipctable  ignored: no such partitioned table",
    "ipcttable_1h  ignored: neither keep_days nor keep_mib is given",
    "ipcttable_1m  ignored: keep_days must be 1 or more",
    "load_history  ignored: no such partitioned table",
    "flow  ignored: flow goes by keep_days only",
  ];
  const told = await apply(true);
  expect(told.toSorted()).toEqual([...ignored, "ipcttable p20280227 would go"].toSorted());
  expect((await apply(false)).toSorted()).toEqual([...ignored, "ipcttable p20280227 gone"].toSorted());
  expect((await apply(false)).toSorted()).toEqual(ignored.toSorted());
  expect(await daysIn("ipcttable_1m", "bucket_start")).toEqual(DAYS);
});

test("an interrupted run is finished by the next one", async () => {
  await addDays();
  await policy("ipcttable", 1);
  // As when the server was stopped between emptying a partition and joining it with the gap below.
  await database.rows("ALTER TABLE ipcttable TRUNCATE PARTITION p20280227");
  expect(await apply(false)).toEqual(DAYS.slice(0, 3).map((day) => `ipcttable p${day.replaceAll("-", "")} gone`));
  expect(await daysIn("ipcttable", "interval_start")).toEqual(DAYS.slice(3));
});

test("a limit in MiB takes the oldest, and never the newest", async () => {
  await addDays();
  await database.rows("ANALYZE TABLE ipcttable");
  // Partitions of a few rows are 16 KiB each.
  await policy("ipcttable", null, 1);
  expect(await apply(false)).toEqual([]);
  await database.rows("UPDATE retention SET keep_mib = 0");
  expect(await apply(false)).toEqual(DAYS.slice(0, 3).map((day) => `ipcttable p${day.replaceAll("-", "")} gone`));
  expect(await daysIn("ipcttable", "interval_start")).toEqual(DAYS.slice(3));
});

test("flows that ended go when nothing refers to them; the living, the referred to and the recent stay", async () => {
  await addDays(["2028-03-01"]);
  await database.insert("probe", { probe_no: 1, name: "p1" });
  await database.insert("probe_run", { run_no: 1, probe_no: 1, run: "a" }, { run_no: 2, probe_no: 1, run: "b" });
  const flows: [flow: number, run: number, started: string, ended: string | null][] = [
    [1, 1, "2028-01-01 10:00:00", "2028-01-01 11:00:00"], // Rows refer to it: its instance goes, it stays.
    [3, 1, "2028-01-01 10:00:00", "2028-01-01 11:00:00"],
    [4, 1, "2028-01-01 10:00:00", null], // Its probe has run anew since.
    [5, 2, "2028-01-01 10:00:00", null], // It may live.
    [6, 2, "2028-02-01 10:00:00", "2028-02-27 23:59:59"],
    [7, 2, "2028-02-01 10:00:00", "2028-02-28 00:00:00"], // The third day, counted from the newest.
    [8, 2, "2028-03-01 10:00:00", "2028-03-01 11:00:00"],
  ];
  for (const [flow_no, run_no, started, ended] of flows) {
    await database.insert("flow", { flow_no, probe_no: 1, class_no: 1, description_hash: Buffer.alloc(16, flow_no) });
    await database.insert("flow_instance", { run_no, flow_id: flow_no, flow_no, direction: "syn", started, ended });
  }
  await policy("flow", 3);
  expect(await apply(true)).toEqual(["flow  would go"]);
  expect(await database.rows("SELECT flow_no FROM flow")).toHaveLength(7);
  expect(await apply(false)).toEqual(["flow  gone"]);
  const left = async (table: string) =>
    (await database.rows(`SELECT flow_no FROM ${table} ORDER BY 1`)).map((row) => row.flow_no);
  expect(await left("flow")).toEqual([1, 5, 7, 8]);
  expect(await left("flow_instance")).toEqual([5, 7, 8]);
});

test("data of a clock gone wrong makes nothing old: age counts from the newest day up to today", async () => {
  await addDays([...DAYS, "2028-03-02", "2028-03-03", "2031-07-01"]);
  await database.insert("probe", { probe_no: 1, name: "p1" });
  await database.insert("probe_run", { run_no: 1, probe_no: 1, run: "a" });
  const instance = { run_no: 1, direction: "syn" };
  for (const [flow_no, started] of [["1", "2028-02-27 10:00:00"] as const, ["2", "2031-07-01 10:00:00"] as const]) {
    await database.insert("flow_instance", { ...instance, flow_id: flow_no, flow_no, started, ended: started });
  }
  await policy("ipcttable", 3);
  await policy("ipcttable_1m", null, 0);
  await policy("flow", 30);
  // Today, 2 March, is the newest day that counts; of a limit in MiB the newest days stay, today's and the future's.
  const days = ["20280227", "20280228"];
  expect(await apply(false)).toEqual([
    ...days.map((day) => `ipcttable p${day} gone`),
    ...[...days, "20280229", "20280301"].map((day) => `ipcttable_1m p${day} gone`),
    "flow  gone",
  ]);
  expect(await database.rows("SELECT flow_no FROM flow_instance")).toHaveLength(2);
  await database.rows("CALL ??.Partition_drop(?, 'ipcttable', 2)", [database.template, database.name]);
  expect(await daysIn("ipcttable", "interval_start")).toEqual(["2028-03-01", "2028-03-02", "2028-03-03", "2031-07-01"]);
  // When nothing but the future is known, nothing is old.
  await database.setClock("2028-02-20 00:00:00");
  expect(await apply(false)).toEqual(["flow  gone"]);
});

test("what is removed is marked, and the mark never goes back", async () => {
  await addDays();
  const mark = async () =>
    (await database.rows("SELECT table_name AS t, CAST(removed_before AS CHAR) AS day FROM retention_mark")).map(
      (row) => `${row.t} ${row.day}`,
    );
  await policy("ipcttable", 2);
  await apply(true);
  expect(await mark()).toEqual([]);
  await apply(false);
  expect(await mark()).toEqual(["ipcttable 2028-02-29"]);
  // Late rows of a day that went go by themselves.
  await database.call("partition_add", "ipcttable", "2028-02-27");
  await database.insert("ipcttable", { flow_no: 1, run_no: 1, record_no: 99, interval_start: "2028-02-27 10:00:00" });
  expect(await apply(false)).toEqual(["ipcttable p20280227 gone"]);
  expect(await mark()).toEqual(["ipcttable 2028-02-29"]);
  // Numbers 1, 2 of the first day and 11, 12 of the second, and the late one.
  const ranges = await database.rows("SELECT first_record_no AS a, last_record_no AS b FROM removed_record ORDER BY 1");
  expect(ranges.map(({ a, b }) => [a, b])).toEqual([
    [1, 2],
    [11, 12],
    [99, 99],
  ]);
});
