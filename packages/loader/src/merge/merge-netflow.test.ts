import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoaderUnderTest, testConnection } from "../fixtures/loader-under-test.ts";
import { SampleLogs } from "../fixtures/sample-logs.ts";

let bench: LoaderUnderTest;

beforeEach(async () => {
  bench = await LoaderUnderTest.make();
});
afterEach(async () => {
  await bench.remove();
});

const HOUR = Date.UTC(2026, 2, 1, 23) / 1000;
const RECORD = {
  exporter: Uint8Array.of(192, 0, 2, 254),
  src_address: Uint8Array.of(10, 0, 0, 1),
  dst_address: Uint8Array.of(192, 0, 2, 1),
  src_port: 40000,
  dst_port: 443,
  protocol: 6,
  sampling_rate: 10,
};

/** Puts NetFlow lines into the folder as the formatter does: a file for the hour. */
function put(logs: SampleLogs, serial: number, hour = HOUR): void {
  const [name] = logs.write(bench.path);
  const epoch = hour.toString(16).padStart(16, "0");
  renameSync(
    join(bench.path, name!),
    join(bench.path, `netflow_formatter_${epoch}_${String(serial).padStart(6, "0")}.log`),
  );
}

function write(serial: number, ...records: object[]): void {
  writeHour(HOUR, serial, ...records);
}

function writeHour(hour: number, serial: number, ...records: object[]): void {
  const logs = new SampleLogs("netflow");
  for (const each of records) logs.add("netflow", { ...RECORD, ...each });
  put(logs, serial, hour);
}

test("NetFlow is multiplied, spread over its minutes, and an hour loaded again replaces the first", async () => {
  // 23:59:30 to 00:00:30: half on each side of midnight.
  const long = { first_s: HOUR + 3570, last_s: HOUR + 3630, packets: 3, bytes: 301 };
  write(1, long, { ...long, packets: 100, bytes: 1000 });
  expect(await bench.load()).toMatchObject({ filesLoaded: 1, linesRejected: 0 });
  write(
    2,
    long,
    { ...long, first_s: long.last_s, last_s: long.first_s },
    { first_s: HOUR, last_s: HOUR, packets: 1, bytes: 40 },
  );
  expect(await bench.load()).toMatchObject({ filesLoaded: 1, linesLoaded: 2, linesRejected: 1 });
  for (const [suffix, expected] of [
    ["_1m", ["23:00 10 400", "23:59 15 1505", "00:00 15 1505"]],
    ["_1h", ["23:00 25 1905", "00:00 15 1505"]],
    ["_1d", ["00:00 25 1905", "00:00 15 1505"]],
  ] as const) {
    const rows = await bench.rows(
      `SELECT CONCAT_WS(' ', DATE_FORMAT(bucket_start, '%H:%i'), packets, bytes) AS row_text
         FROM netflowtable${suffix} ORDER BY bucket_start`,
    );
    expect(
      rows.map((row) => row.row_text),
      suffix,
    ).toEqual(expected);
  }
  expect(await bench.rows("SELECT 1 FROM netflowtable")).toHaveLength(2);
  expect(await bench.rows("SELECT source FROM stale_day")).toEqual([{ source: "netflow" }, { source: "netflow" }]);
  await bench.connection.query(`CALL \`${bench.template}\`.aggregate_stale_days(?, FALSE)`, [bench.database]);
  expect(
    await bench.rows(
      "SELECT service, fwd_packets, fwd_bytes FROM activityvolumetable_netflow_1d ORDER BY bucket_start",
    ),
  ).toEqual([
    { service: "https", fwd_packets: 25, fwd_bytes: 1905 },
    { service: "https", fwd_packets: 15, fwd_bytes: 1505 },
  ]);
});

test("flows without packets are kept, though no minute holds them", async () => {
  write(1, { first_s: HOUR, last_s: HOUR + 5, packets: 0, bytes: 0 });
  expect(await bench.load()).toMatchObject({ filesLoaded: 1, linesLoaded: 1 });
  expect(await bench.rows("SELECT 1 FROM netflowtable")).toHaveLength(1);
  expect(await bench.rows("SELECT 1 FROM netflowtable_1m")).toEqual([]);
  // The hour loaded again without anything in it takes away what it had.
  write(2, { first_s: HOUR, last_s: HOUR + 5, packets: 3, bytes: 120 });
  write(3, { first_s: HOUR, last_s: HOUR + 5, packets: 0, bytes: 0 });
  expect(await bench.load()).toMatchObject({ filesLoaded: 2 });
  for (const suffix of ["_1m", "_1h", "_1d"])
    expect(await bench.rows(`SELECT 1 FROM netflowtable${suffix}`)).toEqual([]);
});

test("a record told twice in an hour loaded again is refused once, and the hour is replaced all the same", async () => {
  const flow = { first_s: HOUR, last_s: HOUR, packets: 1, bytes: 40 };
  write(1, flow);
  await bench.load();
  const logs = new SampleLogs("netflow").add("netflow", { ...RECORD, ...flow, bytes: 41 });
  const [name] = logs.write(bench.path);
  const line = readFileSync(join(bench.path, name!), "utf8").split("\n")[1]!;
  rmSync(join(bench.path, name!));
  put(new SampleLogs("netflow").addLine("netflow", line).addLine("netflow", line), 2);
  expect(await bench.load()).toMatchObject({ filesLoaded: 1, linesLoaded: 1, linesRejected: 1 });
  for (const suffix of ["_1m", "_1h", "_1d"]) {
    expect(await bench.rows(`SELECT packets, bytes FROM netflowtable${suffix}`), suffix).toEqual([
      { packets: 10, bytes: 410 },
    ]);
  }
});

test("a formatter's name is the same in NetFlow as in other logs", async () => {
  const logs = new SampleLogs("net\\flow");
  logs.add("event", { at_s: HOUR, code: "x", text: "", parameters: "{}" }).write(bench.path);
  put(logs.add("netflow", { ...RECORD, first_s: HOUR, last_s: HOUR, packets: 1, bytes: 40 }), 1);
  await bench.load();
  expect(await bench.rows("SELECT name FROM probe")).toEqual([{ name: "net\\flow" }]);
});

const totals = async () =>
  (
    await bench.rows(
      `SELECT CONCAT_WS(' ', DATE_FORMAT(bucket_start, '%d'), SUM(packets), SUM(bytes)) AS row_text
         FROM netflowtable_1d GROUP BY bucket_start ORDER BY bucket_start`,
    )
  ).map((row) => row.row_text);
const hourTotals = async () =>
  (await bench.rows("SELECT CAST(SUM(bytes) AS CHAR) AS bytes FROM netflowtable_1h"))[0]!.bytes;

test("an hour whose minutes were removed is not replaced; one never loaded is added, and replaced while it can be", async () => {
  const day = 86_400;
  // 23:59:30 to 00:00:30: its minutes lie on two days, of which one is removed.
  write(1, { first_s: HOUR + 3570, last_s: HOUR + 3630, packets: 100, bytes: 1000 });
  writeHour(HOUR + 2 * day, 1, { first_s: HOUR + 2 * day, last_s: HOUR + 2 * day, packets: 1, bytes: 40 });
  await bench.load();
  const before = ["01 500 5000", "02 500 5000", "03 10 400"];
  expect(await totals()).toEqual(before);
  await bench.rows(`CALL \`${bench.template}\`.Partition_drop(?, 'netflowtable_1m', 2)`, [bench.database]);
  // Only the first day's are gone, and 2 March's are still there.
  expect(await bench.rows("SELECT DISTINCT DATE(bucket_start) FROM netflowtable_1m")).toHaveLength(2);
  write(2, { first_s: HOUR, last_s: HOUR, packets: 7, bytes: 70 });
  expect(await bench.load()).toMatchObject({ filesLoaded: 0, filesRejected: 1 });
  expect(await totals()).toEqual(before);
  expect(await hourTotals()).toBe("10400");

  writeHour(HOUR - 3600, 1, { first_s: HOUR - 3600, last_s: HOUR - 3600, packets: 2, bytes: 20 });
  expect(await bench.load()).toMatchObject({ filesLoaded: 1 });
  expect(await totals()).toEqual(["01 520 5200", "02 500 5000", "03 10 400"]);
  writeHour(HOUR - 3600, 2, { first_s: HOUR - 3600, last_s: HOUR - 3600, packets: 1, bytes: 30 });
  expect(await bench.load()).toMatchObject({ filesLoaded: 1 });
  expect(await totals()).toEqual(["01 510 5300", "02 500 5000", "03 10 400"]);
  expect(await hourTotals()).toBe("10700");
});

test("an hour is found by its key, not by reading all minutes", async () => {
  const keys = await bench.load().then(() =>
    bench.rows(
      `SELECT GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS columns FROM information_schema.STATISTICS
        WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'netflowtable_1m' GROUP BY INDEX_NAME`,
      [bench.database],
    ),
  );
  expect(keys.map((row) => row.columns)).toContain("probe_no,exporter,file_hour");
});

test("flows over the end of a year and over a leap day, told in the hour of their reception, add up in every table", async () => {
  const at = (text: string) => Date.parse(`${text}Z`) / 1000;
  const flows = [
    // Three days long and exported late: its file is of the hour in which it was received.
    {
      hour: at("2028-03-01T06:00"),
      first: at("2028-02-27T12:00"),
      last: at("2028-03-01T06:00"),
      packets: 4000,
      bytes: 1_000_003,
    },
    {
      hour: at("2027-12-31T23:00"),
      first: at("2027-12-31T23:59:59"),
      last: at("2028-01-01T00:00:01"),
      packets: 2,
      bytes: 81,
    },
  ];
  for (const [nth, { hour, first, last, packets, bytes }] of flows.entries()) {
    writeHour(hour, nth + 1, { first_s: first, last_s: last, packets, bytes, sampling_rate: 1 });
  }
  expect(await bench.load()).toMatchObject({ filesLoaded: 2, linesRejected: 0 });
  const sums = async (suffix: string) =>
    await bench.rows(
      `SELECT CAST(DATE(bucket_start) AS CHAR) AS day, CAST(SUM(packets) AS SIGNED) AS packets, CAST(SUM(bytes) AS SIGNED) AS bytes
         FROM netflowtable${suffix} GROUP BY day ORDER BY day`,
    );
  const days = await sums("_1d");
  expect(days.map(({ day }) => day)).toEqual([
    "2027-12-31",
    "2028-01-01",
    "2028-02-27",
    "2028-02-28",
    "2028-02-29",
    "2028-03-01",
  ]);
  expect(days.slice(0, 2)).toMatchObject([
    { packets: 1, bytes: 41 },
    { packets: 1, bytes: 40 },
  ]);
  // 12, 24, 24 and 6 of 66 hours: the leap day is as long as another.
  expect(days[3]!.packets).toBe(days[4]!.packets);
  for (const [nth, hours] of [12, 24, 24, 6].entries()) {
    expect(Math.abs(days[nth + 2]!.packets - (4000 * hours) / 66)).toBeLessThan(1440);
  }
  const total = (key: string) => days.reduce((sum, each) => sum + Number(each[key]), 0);
  expect([total("packets"), total("bytes")]).toEqual([4002, 1_000_084]);
  expect(await sums("_1h")).toEqual(days);
  expect(await sums("_1m")).toEqual(days);
  // The hour again, with fewer: what the first file brought goes from each of the days.
  writeHour(flows[0]!.hour, 3, {
    first_s: flows[0]!.hour,
    last_s: flows[0]!.hour,
    packets: 1,
    bytes: 40,
    sampling_rate: 1,
  });
  await bench.load();
  for (const suffix of ["_1m", "_1h", "_1d"]) {
    const left = (await sums(suffix)).filter(({ packets }) => packets > 0);
    expect(left.map(({ day, bytes }) => `${day} ${bytes}`)).toEqual([
      "2027-12-31 41",
      "2028-01-01 40",
      "2028-03-01 40",
    ]);
  }
});

test("a day that is prepared while its NetFlow is added makes the server begin again, not fail", async () => {
  const [record, other] = [1, 2].map((packets) => ({ first_s: HOUR, last_s: HOUR, packets, bytes: 40 }));
  write(1, record!);
  await bench.load();
  write(2, record!, other!);
  const connection = await testConnection();
  // As MariaDB has it from 11.6 on; others take no notice of it.
  const isolation = connection.query("SET SESSION innodb_snapshot_isolation = ON");
  const isStrict = await isolation.then(
    () => true,
    () => false,
  );
  const query = connection.query.bind(connection) as (...given: unknown[]) => Promise<unknown>;
  let attempts = 0;
  connection.query = (async (...given: unknown[]) => {
    if (/INTO stale_day/.test(String(given[0])) && attempts++ === 0) await bench.rows("DELETE FROM stale_day");
    return await query(...given);
  }) as typeof connection.query;
  expect(await bench.load({ connection })).toMatchObject({ filesLoaded: 1, linesLoaded: 2 });
  expect(await bench.rows("SELECT packets FROM netflowtable_1d")).toEqual([{ packets: 30 }]);
  expect(await bench.rows("SELECT source FROM stale_day")).toEqual([{ source: "netflow" }]);
  expect(attempts).toBe(isStrict ? 2 : 1);
});

test("flows of three hours in one slice of a file become more rows than a statement or string holds, and add up", async () => {
  // 20 MB of rows of minutes, where a server takes 16 MiB in a packet.
  const flows = 700;
  const [src_address, dst_address] = [Uint8Array.from(Array(16).fill(0xfd)), Uint8Array.from(Array(16).fill(0xfe))];
  const logs = new SampleLogs("netflow");
  const total = { packets: 0, bytes: 0 };
  for (let flow = 0; flow < flows; flow++) {
    const counts = { packets: 1000 + flow, bytes: 100_000 + 7 * flow };
    logs.add("netflow", {
      ...RECORD,
      src_port: flow,
      src_address,
      dst_address,
      sampling_rate: 1,
      first_s: HOUR,
      last_s: HOUR + 3 * 3600,
      ...counts,
    });
    total.packets += counts.packets;
    total.bytes += counts.bytes;
  }
  put(logs, 1);
  expect(await bench.load()).toMatchObject({ filesLoaded: 1, linesLoaded: flows, linesRejected: 0 });
  for (const suffix of ["_1m", "_1h", "_1d"]) {
    const [sums] = await bench.rows(`SELECT SUM(packets) AS packets, SUM(bytes) AS bytes FROM netflowtable${suffix}`);
    expect({ packets: Number(sums!.packets), bytes: Number(sums!.bytes) }, suffix).toEqual(total);
  }
  expect(await bench.rows("SELECT COUNT(*) AS n FROM netflowtable_1m")).toEqual([{ n: flows * 180 }]);
});

test("a file without any flow empties the hour of the exporter that it is named for, and no other", async () => {
  const flow = { sampling_rate: 1, first_s: HOUR, last_s: HOUR + 3700, packets: 5, bytes: 500 };
  const sixth = Uint8Array.from([0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1]);
  const putAs = (exporter: string, serial: number, records: readonly object[]) => {
    const logs = new SampleLogs("netflow", exporter.startsWith("2") ? "00000000000000b1" : "00000000000000a1");
    for (const each of records) logs.add("netflow", { ...RECORD, ...each });
    if (records.length === 0) logs.addLine("netflow", "");
    const [name] = logs.write(bench.path);
    const header = readFileSync(join(bench.path, name!), "utf8").trimEnd();
    if (records.length === 0) writeFileSync(join(bench.path, name!), `${header}\n`);
    const epoch = HOUR.toString(16).padStart(16, "0");
    renameSync(join(bench.path, name!), join(bench.path, `netflow_netflow-${exporter}_${epoch}_00000${serial}.log`));
  };
  putAs("192-0-2-254", 1, [flow, { ...flow, packets: 0, bytes: 0 }]);
  putAs("2001-db8--1", 2, [{ ...flow, exporter: sixth, bytes: 7000 }]);
  await bench.load();
  const left = async () => {
    const sums: unknown[] = [];
    for (const suffix of ["", "_1m", "_1h", "_1d"]) {
      const [row] = await bench.rows(`SELECT CAST(SUM(bytes) AS CHAR) AS n FROM netflowtable${suffix}`);
      sums.push(row!.n);
    }
    return sums;
  };
  expect(await left()).toEqual(["7500", "7500", "7500", "7500"]);
  await bench.rows("DELETE FROM stale_day");
  // Of an exporter that never was, of the first, and of the first again.
  putAs("192-0-2-25", 3, []);
  putAs("192-0-2-254", 4, []);
  putAs("192-0-2-254", 5, []);
  expect(await bench.load()).toMatchObject({ filesLoaded: 3, filesRejected: 0, linesLoaded: 0 });
  expect(await left()).toEqual(["7000", "7000", "7000", "7000"]);
  expect(await bench.rows("SELECT source FROM stale_day ORDER BY day")).toHaveLength(2);
  // Lines of which none is good say nothing of the hour.
  const bad = new SampleLogs("netflow").addLine("netflow", "bad");
  const [name] = bad.write(bench.path);
  const epoch = HOUR.toString(16).padStart(16, "0");
  renameSync(join(bench.path, name!), join(bench.path, `netflow_netflow-2001-db8--1_${epoch}_000006.log`));
  expect(await bench.load()).toMatchObject({ linesRejected: 1 });
  expect(await left()).toEqual(["7000", "7000", "7000", "7000"]);
  // Once minutes of the hour have been removed, it cannot be emptied any more than replaced.
  await bench.rows("CALL ??.mark_removed(?, 'netflowtable_1m', 'p20260301', TO_DAYS('2026-03-02'))", [
    bench.template,
    bench.database,
  ]);
  putAs("2001-db8--1", 7, []);
  expect(await bench.load()).toMatchObject({ filesLoaded: 0, filesRejected: 1 });
  expect(await left()).toEqual(["7000", "7000", "7000", "7000"]);
});
