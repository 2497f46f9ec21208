import { afterEach, beforeEach, expect, test } from "vitest";
import { addFlow, addIpct, addOneFlow, RuntimeDatabase, v4 } from "../fixtures/runtime-database.ts";

let database: RuntimeDatabase;

beforeEach(async () => {
  database = await RuntimeDatabase.make();
  await addOneFlow(database);
});
afterEach(async () => {
  await database.remove();
});

const DAY = "2026-03-01";
const VOLUMES = "bucket_start, fwd_packets, fwd_bytes, rev_packets, rev_bytes";
const aggregate = (from: string | null, to: string | null) =>
  database.call("Aggr_activityvolumetable_first_level", from, to);

test("hours and days add up what lies in them, to both sides of midnight; a rerun replaces", async () => {
  await addIpct(database, 1, 1, "2026-02-28 23:59:00", { fwd_packets: 100 });
  await addIpct(database, 1, 2, "2026-03-01 00:00:00", { fwd_packets: 1, fwd_bytes: 40 });
  await addIpct(database, 1, 3, "2026-03-01 00:59:00", { fwd_packets: 2, rev_packets: 5, rev_bytes: 700 });
  await addIpct(database, 1, 4, "2026-03-01 23:59:00", { fwd_packets: 4 });
  await addIpct(database, 1, 5, "2026-03-02 00:00:00", { fwd_packets: 200 });
  for (let run = 0; run < 2; run++) {
    await aggregate(DAY, DAY);
    const hours = await database.rows(`SELECT ${VOLUMES} FROM activityvolumetable_1h ORDER BY bucket_start`);
    expect(hours).toMatchObject([
      { fwd_packets: 3, fwd_bytes: 40, rev_packets: 5, rev_bytes: 700 },
      { fwd_packets: 4, fwd_bytes: 0 },
    ]);
    const days = await database.rows(`SELECT ${VOLUMES} FROM activityvolumetable_1d`);
    expect(days).toEqual([
      { bucket_start: new Date(DAY), fwd_packets: 7, fwd_bytes: 40, rev_packets: 5, rev_bytes: 700 },
    ]);
  }
  // What has gone from the source goes from the prepared tables.
  await database.rows("DELETE FROM ipcttable_1h WHERE bucket_start = '2026-03-01 23:00:00'");
  await aggregate(DAY, DAY);
  expect(await database.rows("SELECT fwd_packets FROM activityvolumetable_1d")).toEqual([{ fwd_packets: 3 }]);
});

test("both peers are described as ipInfo knows them, the service as the ports' precedence says", async () => {
  const known = {
    address: v4("192.0.2.1"),
    host_name: "www.example.org",
    activity: "Web",
    location: "Rome",
    country: "Italy",
    city: "Rome",
    asn: 64500,
    as_name: "EXAMPLE",
  };
  await database.insert("ipInfotable", known);
  await addFlow(database, 2, { fwd_port: 80, rev_port: 21 });
  await addFlow(database, 3, { fwd_port: 50000, rev_port: 50001 });
  await addFlow(database, 4, { protocol: 17, fwd_port: 50000, rev_port: 50001 });
  await addFlow(database, 5, { protocol: 1, fwd_port: null, rev_port: null });
  await addFlow(database, 6, { fwd_port: null, rev_port: null, service: "mail of old" });
  await addFlow(database, 7, {
    protocol: null,
    fwd_address: null,
    fwd_prefix_length: null,
    rev_address: v4("192.0.2.0"),
    rev_prefix_length: 24,
    fwd_port: null,
    rev_port: null,
  });
  for (let flowNo = 1; flowNo <= 7; flowNo++) {
    await addIpct(database, flowNo, flowNo, "2026-03-01 12:00:00", { fwd_packets: flowNo });
  }
  await aggregate(DAY, DAY);
  const rows = await database.rows(
    "SELECT fwd_packets AS flow, service, protocol, protocol_name FROM activityvolumetable_1d ORDER BY fwd_packets",
  );
  expect(rows).toEqual([
    { flow: 1, service: "http", protocol: 6, protocol_name: "tcp" },
    { flow: 2, service: "ftp", protocol: 6, protocol_name: "tcp" },
    { flow: 3, service: "other tcp", protocol: 6, protocol_name: "tcp" },
    { flow: 4, service: "other udp", protocol: 17, protocol_name: "udp" },
    { flow: 5, service: "icmp", protocol: 1, protocol_name: "icmp" },
    { flow: 6, service: "mail of old", protocol: 6, protocol_name: "tcp" },
    { flow: 7, service: "all protocols", protocol: 256, protocol_name: "all protocols" },
  ]);
  const [row] = await database.rows("SELECT * FROM activityvolumetable_1h WHERE fwd_packets = 1");
  expect(row).toMatchObject({
    probe: "p1",
    class: "all",
    src_host_name: null,
    src_prefix_length: 32,
    dst_host_name: "www.example.org",
    dst_activity: "Web",
    dst_location: "Rome",
    dst_country: "Italy",
    dst_city: "Rome",
    dst_asn: 64500,
    dst_as_name: "EXAMPLE",
  });
  const [all] = await database.rows("SELECT * FROM activityvolumetable_1h WHERE fwd_packets = 7");
  expect(all).toMatchObject({ src_address: Buffer.alloc(0), src_prefix_length: null, dst_prefix_length: 24 });
});

test("only the account class counts", async () => {
  await addFlow(database, 2, { class_no: 2, account: 0 });
  await addIpct(database, 1, 1, "2026-03-01 12:00:00", { fwd_packets: 1 });
  await addIpct(database, 2, 2, "2026-03-01 12:00:00", { fwd_packets: 2 });
  await aggregate(DAY, DAY);
  expect(await database.rows("SELECT class, fwd_packets FROM activityvolumetable_1d")).toEqual([
    { class: "all", fwd_packets: 1 },
  ]);
});

test("TCP figures and round-trip times stand beside the volumes", async () => {
  await addIpct(database, 1, 1, "2026-03-01 12:00:00", { fwd_packets: 9 });
  const hour = { flow_no: 1, bucket_start: "2026-03-01 12:00:00" };
  await database.insert("tcpcttable_1h", {
    ...hour,
    connections_refused: 2,
    fwd_packets: 8,
    fwd_retransmitted_segments: 3,
    rev_rtt_samples: 4,
    rev_rtt_sum_ns: 400,
    rev_rtt_min_ns: 50,
    rev_rtt_max_ns: 150,
  });
  await database.insert("tcpcttable_1h", {
    ...hour,
    bucket_start: "2026-03-01 13:00:00",
    rev_rtt_samples: 1,
    rev_rtt_min_ns: 40,
    rev_rtt_max_ns: 60,
  });
  await database.insert("tcprtttable_1h", { ...hour, direction: "rev", histogram_bucket: 50, samples: 4 });
  await database.insert("tcprtttable_1h", { ...hour, direction: "rev", histogram_bucket: 509, samples: 16 });
  for (let run = 0; run < 2; run++) await aggregate(DAY, DAY);
  const [day] = await database.rows("SELECT * FROM activityvolumetable_1d");
  expect(day).toMatchObject({
    fwd_packets: 9,
    fwd_tcp_packets: 8,
    connections_refused: 2,
    fwd_retransmitted_segments: 3,
    fwd_rtt_min_ns: null,
    rev_rtt_samples: 5,
    rev_rtt_min_ns: 40,
    rev_rtt_max_ns: 150,
  });
  for (const table of ["activityrtt_1h", "activityrtt_1d", "servicertt_1h", "servicertt_1d"]) {
    const rows = await database.rows(
      `SELECT service, direction, histogram_bucket AS bucket, samples FROM ${table} ORDER BY histogram_bucket`,
    );
    expect(rows, table).toEqual([
      { service: "http", direction: "rev", bucket: 50, samples: 4 },
      { service: "http", direction: "rev", bucket: 509, samples: 16 },
    ]);
  }
  // Of 20 samples the 10th and the 19th lie in bucket 509, which is 999424 .. 1015807 ns.
  const [percentiles] = await database.rows("SELECT * FROM v_service_rtt_1d");
  expect(percentiles).toMatchObject({ probe: "p1", samples: "20", median_ms: 1.008, p95_ms: 1.008 });
});

test("the contract of the range: half of one and a reversed one are refused, an end after yesterday is cut with a warning", async () => {
  await expect(aggregate(DAY, null)).rejects.toThrow(/HALF_A_RANGE/);
  await expect(aggregate(null, DAY)).rejects.toThrow(/HALF_A_RANGE/);
  await expect(aggregate("2026-03-02", DAY)).rejects.toThrow(/REVERSED_RANGE/);
  const [days] = await database.rows(
    "SELECT CAST(UTC_DATE() AS CHAR) AS today, CAST(UTC_DATE() - INTERVAL 1 DAY AS CHAR) AS yesterday",
  );
  const { today, yesterday } = days as unknown as { today: string; yesterday: string };
  await addIpct(database, 1, 1, `${yesterday} 23:59:00`, { fwd_packets: 1 });
  await addIpct(database, 1, 2, `${today} 00:00:00`, { fwd_packets: 2 });

  const cut = await aggregate(yesterday, today);
  expect(cut.warnings).toEqual([{ level: "Warning", message: expect.stringContaining("RANGE_CUT") }]);
  expect(await database.rows("SELECT fwd_packets FROM activityvolumetable_1d")).toEqual([{ fwd_packets: 1 }]);
  expect((await aggregate(today, today)).warnings).toHaveLength(1);
  expect(await database.rows("SELECT fwd_packets FROM activityvolumetable_1d")).toHaveLength(1);

  await addIpct(database, 1, 3, `${yesterday} 00:00:00`, { fwd_packets: 4 });
  expect((await aggregate(null, null)).warnings).toEqual([]);
  expect(await database.rows("SELECT fwd_packets FROM activityvolumetable_1d")).toEqual([{ fwd_packets: 5 }]);

  await database.insert("stale_day", { day: today, source: "probe" }, { day: yesterday, source: "probe" });
  await database.call("aggregate_stale_days", false);
  expect(await database.rows("SELECT fwd_packets FROM activityvolumetable_1d")).toHaveLength(1);
  expect(await database.rows("SELECT source FROM stale_day")).toHaveLength(1);
  await database.call("aggregate_stale_days", true);
  expect(await database.rows("SELECT fwd_packets FROM activityvolumetable_1d ORDER BY bucket_start")).toEqual([
    { fwd_packets: 5 },
    { fwd_packets: 2 },
  ]);
  expect(await database.rows("SELECT source FROM stale_day")).toEqual([]);
  expect(await database.rows("SELECT fwd_packets FROM aggregated_day ORDER BY day")).toEqual([
    { fwd_packets: 5 },
    { fwd_packets: 2 },
  ]);
});

test("a database that is not registered is refused, whatever its name", async () => {
  for (const name of ["mysql", "no such", "a`b", ""]) {
    await expect(
      database.connection.query(`CALL \`${database.template}\`.Aggr_activityvolumetable_first_level(?, NULL, NULL)`, [
        name,
      ]),
    ).rejects.toThrow(/NOT_AN_INSTANCE/);
  }
});

/** Keeps the newest day, or month, of a table only. */
const age = (table: string) =>
  database.rows("CALL ??.Partition_drop(?, ?, 1)", [database.template, database.name, table]);
const made = (table: string) =>
  database.rows(
    `SELECT CAST(bucket_start AS CHAR) AS at, fwd_bytes, ftp_transfers_started AS transfers, ftp_bytes
       FROM ${table} ORDER BY bucket_start, service`,
  );

test("a day whose hours were removed before it was made is made of what there is, and listed until it is whole", async () => {
  const rollups = ["ipcttable", "ipcttable_1m", "ipcttable_1h", "ipcttable_1d"];
  const days = ["2026-01-31", "2026-02-28", "2026-03-01"];
  for (const table of rollups) await database.call("partition_add", table, days.join(","));
  for (const [nth, day] of days.entries()) await addIpct(database, 1, nth, `${day} 10:00:00`, { fwd_bytes: 100 + nth });
  await aggregate("2026-02-28", "2026-03-01");
  const before = await made("activityvolumetable_1d");
  expect(before).toHaveLength(2);
  await age("ipcttable_1h");
  expect((await aggregate("2026-02-28", "2026-03-01")).warnings).toEqual([]);
  expect(await made("activityvolumetable_1d")).toEqual(before);

  await aggregate("2026-01-31", "2026-01-31");
  const stale = () => database.rows("SELECT CAST(day AS CHAR) AS day FROM stale_day");
  expect(await stale()).toEqual([{ day: "2026-01-31" }]);
  const again = { flow_no: 1, attributed_flow_no: 1, bucket_start: "2026-01-31 10:00:00", fwd_bytes: 100 };
  await database.call("partition_add", "ipcttable_1h", "2026-01-31");
  await database.insert("ipcttable_1h", again);
  await database.call("aggregate_stale_days", false);
  expect(await made("activityvolumetable_1d")).toHaveLength(3);
  expect(await stale()).toEqual([]);
});

test("where only the transfers were removed, a day made again keeps its FTP figures", async () => {
  const day = "2026-03-01";
  await addFlow(database, 2, { fwd_port: 41000, rev_port: 21 });
  await addIpct(database, 2, 1, `${day} 10:00:00`, { fwd_bytes: 100 });
  for (const [record_no, commanded] of [`${day} 10:00:01`, "2026-03-02 10:00:00"].entries()) {
    await database.call("partition_add", "ftptftable", commanded.slice(0, 10));
    const transfer = { client: v4("10.0.0.1"), server: v4("192.0.2.1"), client_port: 41000, server_port: 21 };
    await database.insert("ftptftable", { flow_no: 2, run_no: 1, record_no, commanded, bytes: 5000, ...transfer });
  }
  await database.call("Aggr_activityvolumetable_first_level", day, day);
  const before = await made("activityvolumetable_1h");
  expect(before).toMatchObject([{ fwd_bytes: 100, transfers: 1, ftp_bytes: 5000 }]);
  await age("ftptftable");
  await addIpct(database, 2, 2, `${day} 10:01:00`, { fwd_bytes: 11 });
  await database.call("Aggr_activityvolumetable_first_level", day, day);
  for (const table of ["activityvolumetable_1h", "activityvolumetable_1d"]) {
    expect(await made(table), table).toMatchObject([{ fwd_bytes: 111, transfers: 1, ftp_bytes: 5000 }]);
  }
});

/** Bytes per day, as prepared. */
const bytesOfDays = async (table = "activityvolumetable_1d") =>
  Object.fromEntries(
    (
      await database.rows(
        `SELECT CAST(DATE(bucket_start) AS CHAR) AS day, SUM(fwd_bytes) AS bytes FROM ${table} GROUP BY 1 ORDER BY 1`,
      )
    ).map((row) => [row.day, Number(row.bytes)]),
  );

test("half a minute after midnight NULL means the day that has just ended, a leap day too, from its first to its last", async () => {
  const minutes = ["2028-02-28 23:59:00", "2028-02-29 00:00:00", "2028-02-29 23:59:00", "2028-03-01 00:00:00"];
  for (const [nth, at] of minutes.entries()) await addIpct(database, 1, nth, at, { fwd_bytes: 10 ** nth });
  await database.setClock("2028-03-01 00:00:30");
  for (let run = 0; run < 2; run++) {
    expect((await aggregate(null, null)).warnings).toEqual([]);
    for (const table of ["activityvolumetable_1h", "activityvolumetable_1d"]) {
      expect(await bytesOfDays(table), table).toEqual({ "2028-02-29": 110 });
    }
  }
  // A second before, that day is not over.
  await database.setClock("2028-02-29 23:59:59");
  await aggregate(null, null);
  expect(await bytesOfDays()).toEqual({ "2028-02-28": 1, "2028-02-29": 110 });
  expect((await aggregate("2028-02-29", "2028-02-29")).warnings).toHaveLength(1);
});

test("a range over the end of a month, of February and of a year has each day once, and both its ends", async () => {
  const days = [
    "2027-12-30",
    "2027-12-31",
    "2028-01-01",
    "2028-01-31",
    "2028-02-01",
    "2028-02-28",
    "2028-02-29",
    "2028-03-01",
  ];
  for (const [nth, day] of days.entries()) await addIpct(database, 1, nth, `${day} 12:00:00`, { fwd_bytes: nth + 1 });
  await database.setClock("2028-03-03 00:00:30");
  await aggregate("2027-12-31", "2028-02-29");
  expect(await bytesOfDays()).toEqual(Object.fromEntries(days.slice(1, -1).map((day, nth) => [day, nth + 2])));
  // Every day of the range was made, and no other.
  const [made] = await database.rows(
    "SELECT COUNT(*) AS days, MIN(day) AS first, MAX(day) AS last FROM aggregated_day",
  );
  expect(made).toEqual({ days: 61, first: new Date("2027-12-31"), last: new Date("2028-02-29") });
});

test("an empty database has empty days, and a day that lost its hours becomes empty", async () => {
  await aggregate(DAY, DAY);
  expect(await bytesOfDays()).toEqual({});
  expect(await database.rows("SELECT fwd_bytes FROM aggregated_day")).toEqual([{ fwd_bytes: 0 }]);
  await addIpct(database, 1, 1, `${DAY} 00:00:00`, { fwd_bytes: 1 });
  await aggregate(DAY, DAY);
  expect(await bytesOfDays()).toEqual({ [DAY]: 1 });
  await database.rows("DELETE FROM ipcttable_1h");
  await aggregate(DAY, DAY);
  expect(await bytesOfDays()).toEqual({});
});
