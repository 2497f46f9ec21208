import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScript } from "@trafmon/database";
import { bucketOf } from "@trafmon/observation";
import { type FreshDatabase, freshDatabase } from "@trafmon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askCoverage } from "./ask/coverage.ts";
import { parsePatterns } from "./ask/detail/address-patterns.ts";
import type { DetailAsking } from "./ask/detail/detail-asking.ts";
import { DETAIL_PROTOCOLS } from "./compose/detail/catalogue.ts";
import { detailReport } from "./compose/detail/report.ts";
import { periodOf } from "./period.ts";
import { gridOf } from "./time-grid.ts";
import { overlapping, wordBoxes } from "./word-boxes.ts";
import { writeReport } from "./write-report.ts";
import { Zone } from "./zone.ts";

const BASES = [
  "ipcttable",
  "ipsztable",
  "icmpcttable",
  "udpcttable",
  "tcpcttable",
  "ftpcttable",
  "twowaytable",
  "owcttable",
  "owlosttable",
  "owmisstable",
  "owdroptable",
];
const TABLES = [
  ...BASES.map((base) => `${base}_1h`),
  ...["tcprtttable_1d", "tcprtttable_1h", "twowaydelaytable_1d", "twowaydelaytable_1h", "owlatencytable_1h"],
  ...["tcpcxtable", "ftptftable", "flow", "flow_class", "ipInfotable", "probe", "slice", "hop", "eventtable"],
  ...["capsttable_1h", "stale_day", "aggregated_day"],
];
const FLOWS = 6;

let database: FreshDatabase;
let folder: string;

type Given = Record<string, string | number | bigint | Buffer | null>;

/** Columns left out are 0, empty or, where they may be, NULL. */
async function insert(table: string, given: Given): Promise<void> {
  const [columns] = (await database.connection.query(
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, IS_NULLABLE AS nullable FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?`,
    [database.name, table],
  )) as unknown as [{ name: string; type: string; nullable: string }[]];
  const blank = (type: string) => (/int|decimal/.test(type) ? 0 : type === "datetime" ? "2026-10-06 10:00:00" : "");
  const values = columns.map(({ name, type, nullable }) => {
    const value = given[name] ?? (nullable === "YES" ? null : blank(type));
    return typeof value === "bigint" ? String(value) : value;
  });
  await database.connection.query(`INSERT INTO ${table} VALUES (?)`, [values]);
}

const v4 = (text: string) => Buffer.from(text.split(".").map(Number));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "detail-"));
  database = await freshDatabase("detail");
  for (const table of TABLES) {
    await runScript(
      database.connection,
      readFileSync(new URL(`../../../sql/tables/${table}.sql`, import.meta.url), "utf8"),
    );
  }
  await insert("probe", { probe_no: 1, name: "p1" });
  await insert("flow_class", { class_no: 1, name: "all" });
  await insert("ipInfotable", { address: v4("10.0.0.1"), host_name: "client1.example.org" });
  await insert("slice", { slice_no: 1, class_no: 1, metric: "ipsz", slice: 0, lower: 0, upper: 64 });
  await insert("slice", { slice_no: 2, class_no: 1, metric: "ipsz", slice: 1, lower: 64, upper: null });
  // The last flow has another server, which no pattern means.
  for (let flow = 1; flow <= FLOWS; flow++) {
    const server = flow === FLOWS ? "192.0.3.1" : "192.0.2.1";
    const ends = {
      fwd_address: v4(`10.0.0.${flow}`),
      rev_address: v4(server),
      fwd_prefix_length: 32,
      rev_prefix_length: 32,
    };
    await insert("flow", {
      ...{ flow_no: flow, description_hash: Buffer.from(String(flow).padStart(16, "0")), probe_no: 1, class_no: 1 },
      ...{ account: 1, two_way: 1, ip_version: 4, protocol: 6, rev_port: 80, service: "http", ...ends },
    });
    for (const hour of ["2026-10-05 09:00:00", "2026-10-06 10:00:00", "2026-10-12 00:00:00"]) {
      const key = { flow_no: flow, attributed_flow_no: flow, bucket_start: hour };
      // Sums pass 2^53, where doubles lose the last digit; the last hour is outside the week.
      const bytes = 9007199254740993n * BigInt(flow);
      await insert("ipcttable_1h", {
        ...key,
        fwd_packets: flow,
        rev_packets: 2 * flow,
        fwd_bytes: bytes,
        rev_bytes: 7n * bytes,
      });
      await insert("ipsztable_1h", { ...key, slice_no: 1, fwd_packets: flow, rev_packets: 0 });
      await insert("ipsztable_1h", { ...key, slice_no: 2, fwd_packets: 0, rev_packets: 3 * flow });
      await insert("icmpcttable_1h", { ...key, icmp_type: 8, fwd_packets: 5 * flow, fwd_bytes: 84 });
      await insert("icmpcttable_1h", { ...key, icmp_type: 0, rev_packets: 4 * flow, rev_bytes: 84 });
      await insert("udpcttable_1h", { ...key, fwd_datagrams: 11 * flow, rev_datagrams: flow, fwd_checksumless: 1 });
      await insert("tcpcttable_1h", {
        ...{
          ...key,
          connections_opened: 3 * flow,
          connections_closed: 2 * flow,
          fwd_packets: 100,
          rev_packets: 100 * flow,
        },
        ...{ rev_retransmitted_segments: flow, fwd_rtt_samples: 10, fwd_rtt_sum_ns: 10_000_000 },
      });
      await insert("ftpcttable_1h", {
        ...key,
        sessions_opened: 1,
        transfers_started: 4,
        transfers_completed: 3,
        transfers_failed: 1,
      });
      await insert("twowaytable_1h", {
        ...{
          ...key,
          protocol: "http",
          requests: 10 * flow,
          replied: 9 * flow,
          unanswered: flow,
          delay_sum_ns: 9_000_000 * flow,
        },
        ...{ delay_min_ns: 500_000, delay_max_ns: 1_500_000 },
      });
      const pair = { class_no: 1, from_hop: flow, to_hop: flow + 1, bucket_start: hour };
      // As a class tells them that wants verdicts apart, and as one that does not.
      const isApart = flow % 2 === 1;
      if (isApart) {
        await insert("owlosttable_1h", { ...pair, packets: 10 });
        await insert("owmisstable_1h", { ...pair, at_hop: flow, packets: 1 });
        await insert("owmisstable_1h", { ...pair, at_hop: flow + 1, packets: 1 });
      }
      await insert("owcttable_1h", {
        ...{ ...pair, matched_packets: 90, lost_packets: isApart ? 0 : 10 },
        ...{
          missed_packets: isApart ? 0 : 2,
          latency_sum_ns: 900_000,
          latency_min_ns: flow === 2 ? -5000 : 8000,
          latency_max_ns: 12_000,
        },
      });
      await insert("owlatencytable_1h", {
        ...{
          class_no: 1,
          from_hop: flow,
          to_hop: flow + 1,
          bucket_start: hour,
          histogram_bucket: bucketOf(10_000),
          samples: 90,
        },
      });
    }
    for (const table of ["tcprtttable_1d", "tcprtttable_1h"]) {
      await insert(table, {
        flow_no: flow,
        bucket_start: "2026-10-05",
        direction: "fwd",
        histogram_bucket: bucketOf(1e6),
        samples: 10,
      });
    }
    for (const table of ["twowaydelaytable_1d", "twowaydelaytable_1h"]) {
      const bucket = { histogram_bucket: bucketOf(1e6), samples: 9 * flow };
      await insert(table, { flow_no: flow, bucket_start: "2026-10-05", protocol: "http", ...bucket });
    }
    for (let record = 1; record <= 12; record++) {
      const at = `2026-10-05 09:${String(record).padStart(2, "0")}:00`;
      const ends2 = { fwd_address: v4("10.0.0.1"), rev_address: v4("192.0.2.1") };
      await insert("tcpcxtable", {
        ...{
          flow_no: flow,
          run_no: 1,
          record_no: flow * 100 + record,
          started: at,
          ended: at.replace(":00", ":09"),
          outcome: "closed",
        },
        ...{
          established: 1,
          fwd_packets: 10,
          rev_retransmitted_segments: record % 7,
          fwd_port: 40_000 + record,
          rev_port: 80,
          ...ends2,
        },
      });
      await insert("ftptftable", {
        ...{
          flow_no: flow,
          run_no: 1,
          record_no: flow * 100 + record,
          commanded: at,
          command: "RETR",
          path: `/pub/file-${record}`,
        },
        ...{
          bytes: 1000 * record,
          throughput_bits_per_s: 8000 * record,
          outcome: record === 12 ? "failed" : "complete",
        },
        ...{
          first_payload: at,
          last_payload: at.replace(":00", ":01"),
          client: v4("10.0.0.1"),
          server: v4("192.0.2.1"),
        },
      });
    }
  }
  await insert("capsttable_1h", {
    bucket_start: "2026-10-05 09:00:00",
    probe_no: 1,
    interface: "eth0",
    covered_s: 3600,
    packets: 10,
  });
  await insert("eventtable", {
    run_no: 1,
    record_no: 1,
    at: "2026-10-05 09:00:00",
    origin: "p1",
    severity: "error",
    code: "x_y",
    text: "it broke",
  });
});
afterAll(async () => {
  await database?.remove();
  rmSync(folder, { recursive: true });
});

async function made(name: string, most = 50, patterns = "192.0.2.1") {
  const source = {
    rows: async <T extends object>(sql: string, values: readonly unknown[] = []) =>
      (await database.connection.query(sql, [...values]))[0] as T[],
  };
  const period = periodOf("2026-10-05", "2026-10-11", new Zone("UTC"));
  const grid = gridOf(period, 8);
  const scope = { patterns: parsePatterns(patterns, "hosts"), period, probes: null, flowClass: null, most };
  const question = {
    source: "probe" as const,
    period,
    probes: null,
    flowClass: null,
    activity: null,
    location: null,
    host: null,
  };
  const coverage = await askCoverage(source, question, period);
  const asking: DetailAsking = { database: source, scope, grid, live: new Set(coverage.liveSeconds.keys()) };
  const options = { site: "Site", patternsName: "hosts", timespan: "weekly", generatedMs: Date.UTC(2026, 10, 2) };
  const protocol = DETAIL_PROTOCOLS.find((each) => each.name === name)!;
  const report = await detailReport(protocol, asking, coverage, options);
  const written = await writeReport(report, mkdtempSync(join(folder, "out-")), name, {
    ...{ createdAt: new Date(0), compress: true, paper: "Letter", html: true },
  });
  const csv = (file: string) => {
    const lines = readFileSync(join(written.csv, `${file}.csv`), "utf8")
      .trimEnd()
      .split("\r\n");
    const [head, ...rows] = lines.map((line) => line.split(","));
    return rows.map((row) => Object.fromEntries(head!.map((column, at) => [column, row[at]!])));
  };
  const { pdf } = written;
  const text = execFileSync("pdftotext", ["-layout", written.pdf, "-"], { encoding: "utf8" });
  return { report, pdf, csv, text, words: text.replace(/\s+/g, " ") };
}

const grouped = (number: bigint | number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

test("volumes are those of the flows in scope and of the week, to the last digit", async () => {
  const { csv, text } = await made("ip-volumes");
  // Flows 1 to 5, two hours each of 8 parts; the flow with the other server and the hour after the week are left out.
  const unit = 9007199254740993n * 8n * 2n;
  const rows = csv("overview");
  expect(rows.map((row) => row.bytes)).toEqual([5n, 4n, 3n, 2n, 1n, 15n].map((times) => String(times * unit)));
  for (const times of [5n, 15n]) expect(text).toContain(grouped(times * unit));
  expect(rows.map((row) => row.a_address)).toEqual([5, 4, 3, 2, 1].map((n) => `10.0.0.${n}`).concat(""));
  expect(rows[4]!.a).toBe("client1.example.org");
  const hours = csv("flow-01-volume").filter((row) => row["A to B (bytes)"] !== "" && row["A to B (bytes)"] !== "0");
  expect(hours.map((row) => row["hour (UTC)"])).toEqual(["2026-10-05 09:00", "2026-10-06 10:00"]);
  // Where no probe was live there is a gap, not a zero.
  expect(csv("flow-01-volume")[0]!["A to B (bytes)"]).toBe("");
});

test("flows without pages of their own stand in others, and the total covers all", async () => {
  const { csv, report } = await made("ip-volumes", 2);
  const rows = csv("overview");
  const unit = 9007199254740993n * 16n;
  expect(rows.map((row) => [row.row, row.bytes])).toEqual([
    ["item", String(5n * unit)],
    ["item", String(4n * unit)],
    ["others", String(6n * unit)],
    ["total", String(15n * unit)],
  ]);
  expect(report.sections.map(({ id }) => id)).toEqual(["overview", "flow-01", "flow-02", "words"]);
});

test("whoever doubts a word finds its rule in the report", async () => {
  const { words: lost } = await made("one-way-counters");
  for (const said of [
    "Lost: seen at the earlier hop and at no later one (RFC 7680)",
    "Missed:",
    "Unknown:",
    "Dropped:",
  ])
    expect(lost).toContain(said);
  const { words: tcp } = await made("tcp-connections");
  for (const said of ["Sent again (retransmitted):", "Out of order:", "Causes of segments sent again", "Round trip:"])
    expect(tcp).toContain(said);
});

test("every protocol tells its sums", async () => {
  const total = async (name: string, column: string) => (await made(name)).csv("overview").at(-1)![column];
  expect(await total("ip-sizes", "packets")).toBe(String(2 * 4 * 15));
  expect(await total("icmp", "packets")).toBe(String(2 * 9 * 15));
  expect(await total("udp", "datagrams")).toBe(String(2 * 12 * 15));
  expect(await total("tcp-counters", "connections_opened")).toBe(String(2 * 3 * 15));
  expect(await total("tcp-connections", "connections")).toBe(String(5 * 12));
  expect(await total("ftp-counters", "transfers_started")).toBe(String(5 * 2 * 4));
  expect(await total("ftp-transfers", "transfers")).toBe(String(5 * 12));
  expect(await total("two-way-delays", "requests")).toBe(String(2 * 10 * 15));
  expect(await total("events", "count")).toBe("1");
});

test("the worst stand first: most sent again, slowest transfers, and what failed", async () => {
  const connections = (await made("tcp-connections")).csv("flow-01-most-retransmitting");
  expect(connections.map((row) => Number(row.retransmitted_segments))).toEqual([6, 5, 5, 4, 4, 3, 3, 2, 2, 1]);
  expect(connections[0]!.started).toBe("2026-10-05 09:06:00");
  const transfers = await made("ftp-transfers");
  const slowest = transfers.csv("flow-01-slowest");
  expect(slowest.map((row) => row.path)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `/pub/file-${n}`));
  expect(transfers.csv("flow-01-not-complete").map((row) => row.path)).toEqual(["/pub/file-12"]);
});

test("delays and round trips are those of the histograms", async () => {
  const delays = (await made("two-way-delays")).csv("flow-01-http");
  expect(Math.abs(Number(delays[0]!.delay_median_ns) / 1e6 - 1)).toBeLessThan(0.016);
  expect(delays[0]).toMatchObject({ requests: "100", replied: "90", unanswered: "10", delay_min_ns: "500000" });
  const rtt = (await made("tcp-counters")).csv("flow-01-rtt-spread-to-b");
  expect(rtt.reduce((sum, bin) => sum + Number(bin.samples), 0)).toBe(10);
});

test("one-way reports tell pairs of hops, where packets were lost, and clocks that were wrong", async () => {
  const latency = await made("one-way-latency");
  expect(latency.csv("overview")).toHaveLength(FLOWS);
  expect(latency.words).toContain("Latencies below zero in 2 hours, from 2026-10-05 09:00 to 2026-10-06 10:00");
  const counters = (await made("one-way-counters")).csv("overview");
  for (const row of counters) {
    expect(row).toMatchObject({
      matched_packets: "180",
      lost_packets: "20",
      missed_packets: "4",
      loss_share: "0.1",
    });
  }
});

test("long names, long addresses and large figures lie on no other words, nor outside the page", async () => {
  const [client, server] = ["20010db8aaaabbbbccccddddeeeeffff", "20010db8000000000000000000000001"].map((hex) =>
    Buffer.from(hex, "hex"),
  ) as [Buffer, Buffer];
  const name = `${"a-name-as-long-as-they-come.".repeat(6)}example.org`;
  await insert("ipInfotable", { address: client, host_name: name });
  const ends = { fwd_address: client, rev_address: server, fwd_prefix_length: 128, rev_prefix_length: 128 };
  const flow = {
    flow_no: 99,
    probe_no: 1,
    class_no: 1,
    account: 1,
    two_way: 1,
    ip_version: 6,
    protocol: 6,
    rev_port: 443,
  };
  await insert("flow", { ...flow, ...ends, description_hash: Buffer.alloc(16, 99), service: "https" });
  const huge = 18_000_000_000_000_000_000n / 4n;
  for (let hour = 0; hour < 24; hour++) {
    const key = {
      flow_no: 99,
      attributed_flow_no: 99,
      bucket_start: `2026-10-05 ${String(hour).padStart(2, "0")}:00:00`,
    };
    const volumes = { fwd_packets: huge / 1000n, rev_packets: huge / 900n, fwd_bytes: huge, rev_bytes: huge - 1n };
    await insert("ipcttable_1h", { ...key, ...volumes });
    await insert("tcpcttable_1h", {
      ...key,
      fwd_packets: huge,
      rev_packets: huge,
      rev_retransmitted_segments: huge / 7n,
    });
    await insert("udpcttable_1h", { ...key, fwd_datagrams: huge, rev_payload_bytes: huge });
  }
  for (let record = 1; record <= 12; record++) {
    const at = "2026-10-05 09:00:00";
    const item = { flow_no: 99, run_no: 1, record_no: 9900 + record };
    await insert("tcpcxtable", {
      ...item,
      ...ends,
      started: at,
      ended: "2026-10-06 09:00:00",
      outcome: "timed_out",
      rev_retransmitted_segments: huge,
    });
    const path = `/${"a-folder-with-a-long-name/".repeat(8)}file \u00e9\u4e2d\u202e.tar.gz`;
    const transfer = {
      commanded: at,
      command: "STOR",
      path,
      user: "somebody-with-a-long-name@example.org",
      outcome: "data connection unseen",
    };
    await insert("ftptftable", { ...item, ...transfer, client, server, bytes: huge });
  }
  for (const protocol of ["ip-volumes", "udp", "tcp-counters", "tcp-connections", "ftp-transfers"]) {
    const boxes = wordBoxes((await made(protocol, 50, "2001:db8::/32")).pdf);
    expect(boxes.length, protocol).toBeGreaterThan(100);
    // Letter is 612 x 792 points.
    const outside = boxes.filter(({ left, right, bottom }) => left < 40 || right > 612 - 40 || bottom > 792 - 15);
    expect(outside, protocol).toEqual([]);
    expect(overlapping(boxes), protocol).toEqual([]);
  }
});

test("hosts without anything have reports that say so", async () => {
  for (const { name } of DETAIL_PROTOCOLS.filter((each) => !/events|one-way/.test(each.name))) {
    const { words } = await made(name, 50, "203.0.113.1");
    expect(words, name).toContain("No flow that meets the patterns has any in this period.");
  }
});
