import { afterEach, beforeEach, expect, test } from "vitest";
import { RuntimeDatabase, v4 } from "../fixtures/runtime-database.ts";

let database: RuntimeDatabase;

beforeEach(async () => {
  database = await RuntimeDatabase.make();
  await database.insert("probe", { probe_no: 1, name: "netflow" });
});
afterEach(async () => {
  await database.remove();
});

test("the two flows of a conversation make one row, from client to service; a rerun replaces", async () => {
  const flow = { probe_no: 1, exporter: v4("192.0.2.254"), protocol: 6 };
  const [client, server] = [v4("10.0.0.9"), v4("10.0.0.1")];
  const there = { ...flow, src_address: client, dst_address: server, src_port: 50000, dst_port: 443 };
  const back = { ...flow, src_address: server, dst_address: client, src_port: 443, dst_port: 50000 };
  const unknown = { ...flow, src_address: client, dst_address: server, src_port: 50000, dst_port: 50001 };
  await database.insert(
    "netflowtable_1h",
    { ...there, bucket_start: "2026-03-01 23:00:00", packets: 3, bytes: 300 },
    { ...back, bucket_start: "2026-03-01 23:00:00", packets: 5, bytes: 5000 },
    { ...unknown, bucket_start: "2026-03-01 22:00:00", packets: 1, bytes: 10 },
    { ...there, bucket_start: "2026-03-02 00:00:00", packets: 100, bytes: 100 },
  );
  await database.insert("ipInfotable", { address: server, activity: "Web" });
  for (let run = 0; run < 2; run++) {
    await database.call("Aggr_activityvolumetable_netflow_first_level", "2026-03-01", "2026-03-01");
    for (const table of ["activityvolumetable_netflow_1h", "activityvolumetable_netflow_1d"]) {
      const rows = await database.rows(
        `SELECT probe, service, INET6_NTOA(src_address) AS src, src_activity, dst_activity,
                fwd_packets, fwd_bytes, rev_packets, rev_bytes
           FROM ${table} ORDER BY service`,
      );
      expect(rows, table).toEqual([
        {
          probe: "192.0.2.254",
          service: "https",
          src: "10.0.0.9",
          src_activity: null,
          dst_activity: "Web",
          fwd_packets: 3,
          fwd_bytes: 300,
          rev_packets: 5,
          rev_bytes: 5000,
        },
        {
          // Neither port is known: the lower address is src.
          probe: "192.0.2.254",
          service: "other tcp",
          src: "10.0.0.1",
          src_activity: "Web",
          dst_activity: null,
          fwd_packets: 0,
          fwd_bytes: 0,
          rev_packets: 1,
          rev_bytes: 10,
        },
      ]);
    }
  }
  const refused = database.call("Aggr_activityvolumetable_netflow_first_level", null, "2026-03-01");
  await expect(refused).rejects.toThrow(/HALF_A_RANGE/);
});

test("what comes for a day whose hours were removed is added to it, once; what it lacks else leaves it as it was", async () => {
  const flow = { probe_no: 1, exporter: v4("192.0.2.254"), protocol: 6, src_address: v4("10.0.0.9"), dst_port: 443 };
  const add = async (day: string, bytes: number) => {
    for (const [table, at] of [
      ["netflowtable_1h", `${day} 23:00:00`],
      ["netflowtable_1d", day],
    ] as const) {
      await database.call("partition_add", table, day);
      await database.insert(table, {
        ...flow,
        bucket_start: at,
        dst_address: v4("10.0.0.1"),
        packets: 1,
        bytes,
        src_port: bytes,
      });
    }
    await database.rows("INSERT IGNORE INTO stale_day VALUES (?, 'netflow', UTC_TIMESTAMP(6))", [day]);
  };
  const make = () => database.call("Aggr_activityvolumetable_netflow_first_level", "2026-02-28", "2026-03-01");
  const remove = (table: string) =>
    database.rows("CALL ??.Partition_drop(?, ?, 1)", [database.template, database.name, table]);
  const made = (suffix: string) =>
    database.rows(
      `SELECT CAST(SUM(fwd_bytes + rev_bytes) AS UNSIGNED) AS bytes FROM activityvolumetable_netflow_${suffix}
        GROUP BY DATE(bucket_start) ORDER BY DATE(bucket_start)`,
    );
  const stale = () => database.rows("SELECT CAST(day AS CHAR) AS day FROM stale_day ORDER BY day");
  await add("2026-02-28", 100);
  await add("2026-03-01", 101);
  await make();
  expect(await made("1d")).toEqual([{ bytes: 100 }, { bytes: 101 }]);
  await remove("netflowtable_1h");
  for (let run = 0; run < 2; run++) {
    expect((await make()).warnings).toEqual([]);
    expect(await made("1d")).toEqual([{ bytes: 100 }, { bytes: 101 }]);
  }

  await add("2026-02-28", 1000);
  for (let run = 0; run < 2; run++) {
    expect((await make()).warnings).toEqual([]);
    for (const suffix of ["1h", "1d"]) expect(await made(suffix)).toEqual([{ bytes: 1100 }, { bytes: 101 }]);
    expect(await stale()).toEqual([]);
  }
  // The prepared hours go as well: the day stands alone.
  await remove("activityvolumetable_netflow_1h");
  await add("2026-02-28", 10_000);
  await make();
  expect(await made("1d")).toEqual([{ bytes: 11_100 }, { bytes: 101 }]);

  // Removed before it was made, and brought by nobody again.
  await add("2026-02-28", 7);
  await remove("netflowtable_1h");
  expect((await make()).warnings.map((each) => each.message)).toEqual([
    "DAYS_KEPT: 1 days stay as made: hours were removed too early, or sums are beyond 2^64",
  ]);
  expect(await made("1d")).toEqual([{ bytes: 11_100 }, { bytes: 101 }]);
  expect(await stale()).toEqual([{ day: "2026-02-28" }]);
  // Without the sums per day nobody can tell any more.
  await database.rows("DELETE FROM netflowtable_1d WHERE bucket_start < '2026-03-01'");
  await database.rows("INSERT INTO retention_mark VALUES ('netflowtable_1d', '2026-03-01', UTC_TIMESTAMP(6))");
  await add("2026-02-28", 20_000);
  expect((await make()).warnings).toHaveLength(1);
  expect(await made("1d")).toEqual([{ bytes: 11_100 }, { bytes: 101 }]);
});

test("a day whose sums are beyond the greatest number stays as made, listed, and holds up no other", async () => {
  const flow = { probe_no: 1, exporter: v4("192.0.2.254"), protocol: 17, src_address: v4("10.0.0.9"), packets: 1 };
  const add = (day: string, src_port: number, bytes: string) =>
    database.insert("netflowtable_1h", {
      ...{ ...flow, dst_port: 53, dst_address: v4("10.0.0.1"), src_port },
      ...{ bucket_start: `${day} 10:00:00`, bytes },
    });
  const stale = () => database.rows("SELECT CAST(day AS CHAR) AS day FROM stale_day");
  for (const day of ["2026-03-01", "2026-03-02"]) {
    await add(day, 1, "9223372036854775807");
    await database.insert("stale_day", { day, source: "netflow" });
  }
  await add("2026-03-01", 2, "9223372036854775808");
  await add("2026-03-02", 2, "9223372036854775809");
  await database.call("aggregate_stale_days", false);
  const made = await database.rows(
    "SELECT CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) AS bytes FROM activityvolumetable_netflow_1d",
  );
  expect(made).toEqual([{ bytes: "18446744073709551615" }]);
  expect(await stale()).toEqual([{ day: "2026-03-02" }]);
  const again = await database.call("Aggr_activityvolumetable_netflow_first_level", "2026-03-01", "2026-03-02");
  expect(again.warnings.map((each) => each.message)).toEqual([expect.stringMatching(/^DAYS_KEPT: 1 days/)]);
  // Corrected, it is made.
  await database.rows("UPDATE netflowtable_1h SET bytes = 1 WHERE bucket_start >= '2026-03-02' AND src_port = 2");
  await database.call("aggregate_stale_days", false);
  expect(await stale()).toEqual([]);
});

const HOUR = {
  probe_no: 1,
  exporter: v4("192.0.2.254"),
  protocol: 6,
  src_address: v4("10.0.0.9"),
  dst_port: 443,
  packets: 1,
};
const aggregate = (from: string | null, to: string | null) =>
  database.call("Aggr_activityvolumetable_netflow_first_level", from, to);
const bytesOfDays = async (suffix = "_1d") =>
  Object.fromEntries(
    (
      await database.rows(
        `SELECT CAST(DATE(bucket_start) AS CHAR) AS day, SUM(fwd_bytes + rev_bytes) AS bytes
           FROM activityvolumetable_netflow${suffix} GROUP BY 1 ORDER BY 1`,
      )
    ).map((row) => [row.day, Number(row.bytes)]),
  );

test("half a minute after midnight NULL means the day that has just ended, a leap day too, from its first to its last", async () => {
  const hours = ["2028-02-28 23:00:00", "2028-02-29 00:00:00", "2028-02-29 23:00:00", "2028-03-01 00:00:00"];
  for (const [nth, bucket_start] of hours.entries())
    await database.insert("netflowtable_1h", { ...HOUR, bucket_start, bytes: 10 ** nth });
  await database.setClock("2028-03-01 00:00:30");
  for (let run = 0; run < 2; run++) {
    expect((await aggregate(null, null)).warnings).toEqual([]);
    for (const suffix of ["_1h", "_1d"]) expect(await bytesOfDays(suffix), suffix).toEqual({ "2028-02-29": 110 });
  }
  // An end after yesterday is cut, with a warning; a range wholly after it is empty.
  expect((await aggregate("2028-02-28", "2028-03-01")).warnings).toMatchObject([{ message: /RANGE_CUT/ }]);
  expect(await bytesOfDays()).toEqual({ "2028-02-28": 1, "2028-02-29": 110 });
  expect((await aggregate("2028-03-01", "2028-03-01")).warnings).toHaveLength(1);
  expect(await bytesOfDays()).toEqual({ "2028-02-28": 1, "2028-02-29": 110 });
  await expect(aggregate("2028-02-29", "2028-02-28")).rejects.toThrow(/REVERSED_RANGE/);
  await expect(aggregate("2028-02-29", null)).rejects.toThrow(/HALF_A_RANGE/);
});

test("a range over the ends of months and of a year has each day once, and both its ends", async () => {
  const days = ["2027-12-30", "2027-12-31", "2028-01-01", "2028-01-31", "2028-02-01", "2028-02-29", "2028-03-01"];
  for (const [nth, day] of days.entries())
    await database.insert("netflowtable_1h", { ...HOUR, bucket_start: `${day} 12:00:00`, bytes: nth + 1 });
  await database.setClock("2028-03-03 00:00:30");
  await aggregate("2027-12-31", "2028-02-29");
  expect(await bytesOfDays()).toEqual(Object.fromEntries(days.slice(1, -1).map((day, nth) => [day, nth + 2])));
});

test("an empty database has empty days, and a day whose hours were replaced by none becomes empty", async () => {
  await aggregate("2026-03-01", "2026-03-02");
  expect(await bytesOfDays()).toEqual({});
  await database.insert("netflowtable_1h", { ...HOUR, bucket_start: "2026-03-01 00:00:00", bytes: 5 });
  await aggregate("2026-03-01", "2026-03-02");
  expect(await bytesOfDays()).toEqual({ "2026-03-01": 5 });
  await database.rows("DELETE FROM netflowtable_1h");
  await aggregate("2026-03-01", "2026-03-02");
  expect(await bytesOfDays("_1h")).toEqual({});
});
