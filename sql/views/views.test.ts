import { afterAll, beforeAll, expect, test } from "vitest";
import { addFlow, addOneFlow, RuntimeDatabase, v4 } from "../fixtures/runtime-database.ts";

const HOUR = "2026-03-01 10:00:00";
let database: RuntimeDatabase;

beforeAll(async () => {
  database = await RuntimeDatabase.make();
  await addOneFlow(database);
  await addFlow(database, 2, { protocol: 17, rev_port: 53, service: "dns" });
});
afterAll(async () => {
  await database.remove();
});

/** The only row of a view. */
async function rowOf(view: string): Promise<Record<string, unknown>> {
  const rows = await database.rows(`SELECT * FROM ${view}`);
  expect(rows, view).toHaveLength(1);
  return rows[0]!;
}

test("two-way delays: shares in percent, mean and deviation of the replies in milliseconds", async () => {
  // Delays of 1, 2, 3 and 10 ms, and one request without a reply.
  const delaysUs = [1000, 2000, 3000, 10_000];
  const mean = delaysUs.reduce((a, b) => a + b) / 4;
  const deviation = Math.sqrt(delaysUs.reduce((sum, each) => sum + (each - mean) ** 2, 0) / 4);
  for (const table of ["twowaytable_1m", "twowaytable_1h", "twowaytable_1d"]) {
    await database.insert(table, {
      flow_no: 2,
      bucket_start: HOUR,
      protocol: "dns",
      requests: 5,
      replied: 4,
      unanswered: 1,
      delay_sum_ns: 16_000_000,
      delay_sum_squares: delaysUs.reduce((sum, each) => sum + each ** 2, 0),
      delay_min_ns: 1_000_000,
      delay_max_ns: 10_000_000,
    });
    expect(await rowOf(table.replace("table", "").replace(/^/, "v_"))).toMatchObject({
      probe: "p1",
      class: "all",
      fwd_address: "10.0.0.1",
      service: "dns",
      request_protocol: "dns",
      unanswered_percent: "20.000",
      delay_mean_ms: "4.000",
      delay_min_ms: "1.000",
      delay_max_ms: "10.000",
      delay_deviation_ms: Math.round(deviation) / 1000,
    });
  }
});

test("two-way delays of which none was answered are not known, and equal ones have no deviation", async () => {
  await database.rows("DELETE FROM twowaytable_1h");
  const row = { flow_no: 2, bucket_start: HOUR, protocol: "ntp", requests: 3, unanswered: 3 };
  await database.insert("twowaytable_1h", row);
  const nothing = { delay_mean_ms: null, delay_min_ms: null, delay_deviation_ms: null, unanswered_percent: "100.000" };
  expect(await rowOf("v_twoway_1h")).toMatchObject(nothing);
  await database.rows("DELETE FROM twowaytable_1h");
  // Three delays of 1.9 microseconds: their squares are of one microsecond each.
  const equal = { ...row, replied: 3, unanswered: 0, delay_sum_ns: 5700, delay_sum_squares: 3 };
  await database.insert("twowaytable_1h", equal);
  expect(await rowOf("v_twoway_1h")).toMatchObject({ delay_mean_ms: "0.002", delay_deviation_ms: 0 });
});

test("median and 95th percentile of delays are the middle of the bucket that holds them", async () => {
  for (const grain of ["1h", "1d"]) {
    const row = { flow_no: 2, bucket_start: HOUR, protocol: "dns" };
    await database.insert(`twowaydelaytable_${grain}`, { ...row, histogram_bucket: 50, samples: 11 });
    await database.insert(`twowaydelaytable_${grain}`, { ...row, histogram_bucket: 509, samples: 9 });
    // Bucket 509 is 999424 .. 1015807 ns.
    const expected = { request_protocol: "dns", samples: "20", median_ms: 0, p95_ms: 1.008, rev_port: 53 };
    expect(await rowOf(`v_twoway_delay_${grain}`)).toMatchObject(expected);
  }
});

test("transactions: who asked whom what, with delays in milliseconds", async () => {
  await database.insert("transtable", {
    flow_no: 2,
    run_no: 1,
    record_no: 1,
    protocol: "dns",
    client: v4("10.0.0.1"),
    client_port: 40_000,
    server: v4("192.0.2.1"),
    server_port: 53,
    requested: HOUR,
    outcome: "replied",
    delay_ns: 1_234_567,
    name: "example.org",
  });
  expect(await rowOf("v_trans")).toMatchObject({
    ...{ probe: "p1", client: "10.0.0.1", server: "192.0.2.1", server_port: 53, name: "example.org" },
    ...{ outcome: "replied", delay_ms: "1.235", last_copy_delay_ms: null, first_body_ms: null, replied: null },
  });
});

test("FTP: transfers with throughput in megabits and times from the command, sessions with shares", async () => {
  await database.insert("ftptftable", {
    flow_no: 1,
    run_no: 1,
    record_no: 1,
    client: v4("10.0.0.1"),
    server: v4("192.0.2.1"),
    data_address: v4("192.0.2.1"),
    commanded: `${HOUR}.900000`,
    connected: "2026-03-01 10:00:01.000250",
    replied: "2026-03-01 10:00:02.900000",
    command: "RETR",
    outcome: "complete",
    bytes: 2_000_000,
    throughput_bits_per_s: 8_123_456,
  });
  expect(await rowOf("v_ftptf")).toMatchObject({
    ...{ client: "10.0.0.1", server: "192.0.2.1", data_address: "192.0.2.1", command: "RETR", bytes: 2_000_000 },
    ...{ throughput_mbit_per_s: "8.123", connected_ms: "100.250", first_payload_ms: null, replied_ms: "2000.000" },
  });
  for (const grain of ["1h", "1d"]) {
    const counts = { transfers_started: 3, transfers_completed: 2, transfers_failed: 1 };
    await database.insert(`ftpcttable_${grain}`, { flow_no: 1, bucket_start: HOUR, ...counts });
    expect(await rowOf(`v_ftpct_${grain}`)).toMatchObject({ rev_address: "192.0.2.1", completed_percent: "66.667" });
  }
});

test("UDP, ICMP and sizes, with their flows", async () => {
  const bucket = { bucket_start: HOUR, flow_no: 2 };
  await database.insert("udpcttable_1h", { ...bucket, fwd_datagrams: 7 });
  expect(await rowOf("v_udpct_1h")).toMatchObject({ probe: "p1", fwd_datagrams: 7 });
  await database.insert("icmpcttable_1h", { ...bucket, icmp_type: 8, fwd_packets: 3 });
  expect(await rowOf("v_icmpct_1h")).toMatchObject({ fwd_address: "10.0.0.1", icmp_type: 8, fwd_packets: 3 });
  await database.insert("slice", { slice_no: 9, class_no: 1, metric: "ipsz", slice: 2, lower: 128, upper: 256 });
  await database.insert("ipsztable_1h", { ...bucket, slice_no: 9, rev_packets: 4 });
  expect(await rowOf("v_ipsz_1h")).toMatchObject({ from_bytes: 128, below_bytes: 256, rev_packets: 4 });
});

test("NetFlow reads in words: who exported it, from whom to whom, and what it is for reports", async () => {
  const [src_address, dst_address, exporter] = [v4("10.0.0.1"), v4("192.0.2.1"), v4("198.51.100.1")];
  const ends = { exporter, src_address, dst_address };
  const ports = { src_port: 40_000, dst_port: 443, protocol: 6 };
  const record = { run_no: 1, record_no: 1, file_hour: HOUR, first: HOUR, last: HOUR, packets: 2, bytes: 3000 };
  await database.insert("netflowtable", { ...record, ...ends, ...ports, sampling_rate: 10 });
  const words = { exporter: "198.51.100.1", src_address: "10.0.0.1", dst_address: "192.0.2.1" };
  expect(await rowOf("v_netflow")).toMatchObject({
    formatter: "p1",
    ...words,
    ...ports,
    packets: 2,
    sampling_rate: 10,
  });
  for (const grain of ["1h", "1d"]) {
    const sums = { bucket_start: HOUR, probe_no: 1, ...ends };
    await database.insert(`netflowtable_${grain}`, { ...sums, ...ports, packets: 20, bytes: 30_000 });
    expect(await rowOf(`v_netflow_${grain}`)).toMatchObject({ formatter: "p1", ...words, ...ports, bytes: 30_000 });
    await database.insert(`activityvolumetable_netflow_${grain}`, {
      ...sums,
      probe: "198.51.100.1",
      service: "https",
      protocol: 6,
      src_activity: "Office",
      fwd_bytes: 30_000,
    });
    const prepared = { ...words, service: "https", src_activity: "Office", fwd_bytes: 30_000 };
    expect(await rowOf(`v_activity_netflow_${grain}`)).toMatchObject(prepared);
  }
});
