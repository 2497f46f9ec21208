import { callRoutine } from "@trafmon/database";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RuntimeDatabase } from "../fixtures/runtime-database.ts";

let database: RuntimeDatabase;

beforeEach(async () => {
  database = await RuntimeDatabase.make();
});
afterEach(async () => {
  await database.remove();
});

async function partitions(table: string): Promise<string> {
  const rows = await database.rows(
    `SELECT PARTITION_NAME AS p FROM information_schema.PARTITIONS
      WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY PARTITION_ORDINAL_POSITION`,
    [database.name, table],
  );
  return rows.map((row) => row.p).join(" ");
}

const udpct = (start: string) => ({ flow_no: 1, run_no: 1, record_no: 1, interval_start: start, interval_s: 60 });
const drop = (table: string | null, days: number | null, schema = database.name) =>
  callRoutine(database.connection, database.template, "Partition_drop", [schema, table, days]);
const days = async (table: string, column: string) =>
  (await database.rows(`SELECT DISTINCT CAST(DATE(${column}) AS CHAR) AS day FROM ${table} ORDER BY 1`)).map(
    (row) => row.day,
  );

test("partitions are split off gaps in any order, and again without effect", async () => {
  for (let run = 0; run < 2; run++) {
    await database.call("partition_add", "udpcttable", "2026-03-05,2026-03-03,2026-03-04");
    expect(await partitions("udpcttable")).toBe("g20260303 p20260303 p20260304 p20260305 gmax");
  }
  await database.call("partition_add", "udpcttable", "2026-02-28,2026-03-09,2026-03-04,2026-03-10");
  expect(await partitions("udpcttable")).toBe(
    "g20260228 p20260228 g20260303 p20260303 p20260304 p20260305 g20260309 p20260309 p20260310 gmax",
  );
  await database.call("partition_add", "udpcttable", "2026-03-01,2026-03-02");
  expect(await partitions("udpcttable")).toContain("p20260228 p20260301 p20260302 p20260303");
  await database.call("partition_add", "udpcttable_1h", "2026-03-31,2025-12-31,2026-02-28");
  expect(await partitions("udpcttable_1h")).toBe("g20251201 p202512 g20260201 p202602 p202603 gmax");
  await database.call("partition_add", "udpcttable_1d", "2024-12-31,2026-01-01");
  expect(await partitions("udpcttable_1d")).toBe("g20240101 p2024 g20260101 p2026 gmax");
});

test("a row goes into its day's partition, to both sides of midnight", async () => {
  await database.call("partition_add", "udpcttable", "2026-03-03,2026-03-04");
  await database.insert("udpcttable", udpct("2026-03-03 23:59:00"), udpct("2026-03-04 00:00:00"));
  for (const day of ["20260303", "20260304"]) {
    expect(await database.rows(`SELECT 1 FROM udpcttable PARTITION (p${day})`)).toHaveLength(1);
  }
  await expect(database.call("partition_add", "flow", "2026-03-03")).rejects.toThrow(/NOT_PARTITIONED/);
  await expect(database.call("partition_add", "udpcttable", "2026-03-03,tomorrow")).rejects.toThrow();
});

test("Partition_drop keeps the last days counted from the newest that holds data", async () => {
  const all = ["2026-03-01", "2026-03-02", "2026-03-04", "2026-03-05"];
  // A day with room but no rows is not the newest.
  await database.call("partition_add", "udpcttable", [...all, "2026-03-20"].join(","));
  await database.insert("udpcttable", ...all.map((day) => udpct(`${day} 12:00:00`)));
  await drop("udpcttable", 5);
  expect(await days("udpcttable", "interval_start")).toEqual(all);
  const [told] = (await drop("udpcttable", 2)).resultSets[0]!;
  expect(told).toMatchObject({ removed_partitions: "p20260301,p20260302" });
  expect(await days("udpcttable", "interval_start")).toEqual(["2026-03-04", "2026-03-05"]);
  expect((await drop("udpcttable", 2)).resultSets[0]![0]).toMatchObject({ removed_partitions: "" });

  // Late data of a day that went does not mix with a day that is kept.
  await database.call("partition_add", "udpcttable", "2026-03-02");
  await database.insert("udpcttable", udpct("2026-03-02 12:00:00"));
  expect(await partitions("udpcttable")).toBe(
    "g20260302 p20260302 g20260304 p20260304 p20260305 g20260320 p20260320 gmax",
  );
  await drop("udpcttable", 1);
  expect(await days("udpcttable", "interval_start")).toEqual(["2026-03-05"]);
});

test("a month goes only when all of it is older", async () => {
  await database.call("partition_add", "udpcttable_1h", "2026-01-15,2026-02-15,2026-03-02");
  await database.insert(
    "udpcttable_1h",
    ...["2026-01-15 01:00", "2026-02-15 01:00", "2026-03-02 01:00"].map((at) => ({
      flow_no: 1,
      bucket_start: `${at}:00`,
    })),
  );
  await drop("udpcttable_1h", 3);
  expect(await days("udpcttable_1h", "bucket_start")).toEqual(["2026-02-15", "2026-03-02"]);
  await drop("udpcttable_1h", 2);
  expect(await days("udpcttable_1h", "bucket_start")).toEqual(["2026-03-02"]);
});

test("Partition_drop refuses what it must not touch, and an empty table has nothing to lose", async () => {
  await expect(drop("flow", 7)).rejects.toThrow(/NOT_PARTITIONED/);
  await expect(drop("no_such_table", 7)).rejects.toThrow(/NOT_PARTITIONED/);
  await expect(drop("udpct`table", 7)).rejects.toThrow(/NOT_PARTITIONED/);
  await expect(drop("udpcttable", 0)).rejects.toThrow(/TOO_FEW_DAYS/);
  await expect(drop("udpcttable", null)).rejects.toThrow(/TOO_FEW_DAYS/);
  await expect(drop("udpcttable", 7, "mysql")).rejects.toThrow(/NOT_AN_INSTANCE/);
  await database.call("partition_add", "udpcttable", "2026-03-01");
  await drop("udpcttable", 1);
  expect(await partitions("udpcttable")).toBe("g20260301 p20260301 gmax");
});

test("Partition_drop counts days over the end of a leap February, and today's data at 00:00:30 make a day", async () => {
  const all = ["2028-02-27", "2028-02-28", "2028-02-29", "2028-03-01"];
  await database.setClock("2028-03-01 00:00:30");
  await database.call("partition_add", "udpcttable", all.join(","));
  await database.insert(
    "udpcttable",
    ...all.slice(0, 3).map((day, nth) => ({ ...udpct(`${day} 23:59:00`), record_no: nth })),
  );
  await drop("udpcttable", 3);
  expect(await days("udpcttable", "interval_start")).toEqual(all.slice(0, 3));
  await database.insert("udpcttable", { ...udpct("2028-03-01 00:00:00"), record_no: 9 });
  for (let run = 0; run < 2; run++) {
    const [told] = (await drop("udpcttable", 3)).resultSets[0]!;
    expect(told).toMatchObject({
      removed_partitions: run === 0 ? "p20280227" : "",
      first_day_kept: new Date("2028-02-28"),
    });
    expect(await days("udpcttable", "interval_start")).toEqual(all.slice(1));
  }
  await drop("udpcttable", 2);
  expect(await days("udpcttable", "interval_start")).toEqual(all.slice(2));
});

test("a month and a year stay while one of their days is to be kept", async () => {
  const month = (at: string) => ({ flow_no: 1, bucket_start: at });
  await database.call("partition_add", "udpcttable_1h", "2027-12-31,2028-02-29,2028-03-01");
  await database.insert("udpcttable_1h", ...["2027-12-31 23:00", "2028-02-29 23:00", "2028-03-01 00:00"].map(month));
  await database.call("partition_add", "udpcttable_1d", "2027-12-31,2028-01-01");
  await database.insert("udpcttable_1d", ...["2027-12-31", "2028-01-01"].map(month));
  await database.setClock("2028-03-01 00:00:30");
  // 29 February is the second day, counted from 1 March.
  await drop("udpcttable_1h", 2);
  expect(await days("udpcttable_1h", "bucket_start")).toEqual(["2028-02-29", "2028-03-01"]);
  await drop("udpcttable_1h", 1);
  expect(await days("udpcttable_1h", "bucket_start")).toEqual(["2028-03-01"]);
  await drop("udpcttable_1d", 2);
  expect(await days("udpcttable_1d", "bucket_start")).toEqual(["2027-12-31", "2028-01-01"]);
  await drop("udpcttable_1d", 1);
  expect(await days("udpcttable_1d", "bucket_start")).toEqual(["2028-01-01"]);
});
