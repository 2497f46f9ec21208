import { readFileSync } from "node:fs";
import { runScript } from "@trafmon/database";
import { type FreshDatabase, freshDatabase } from "@trafmon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parsePatterns } from "./ask/detail/address-patterns.ts";
import type { DetailAsking } from "./ask/detail/detail-asking.ts";
import { DETAIL_PROTOCOLS } from "./compose/detail/catalogue.ts";
import { detailReport } from "./compose/detail/report.ts";
import type { ReportModel, StackedBars, Table } from "./compose/model.ts";
import { periodOf } from "./period.ts";
import { gridOf } from "./time-grid.ts";
import { Zone } from "./zone.ts";

/** Columns that are told, of the tables by minute and by hour. */
const COUNTED: Readonly<Record<string, readonly string[]>> = {
  ipcttable: ["fwd_packets", "rev_packets", "fwd_bytes", "rev_bytes"],
  udpcttable: ["fwd_datagrams", "rev_datagrams"],
  twowaytable: ["requests", "replied", "unanswered"],
  owcttable: ["matched_packets", "lost_packets"],
  owlosttable: ["packets"],
};
const TABLES = [
  ...["ipcttable", "udpcttable", "twowaytable", "owcttable", "owlosttable", "owmisstable", "owdroptable"].flatMap(
    (base) => [`${base}_1m`, `${base}_1h`],
  ),
  ...["twowaydelaytable_1d", "twowaydelaytable_1h", "owlatencytable_1h", "tcpcxtable", "capsttable_1h"],
  ...["flow", "flow_class", "ipInfotable", "probe", "hop", "stale_day", "aggregated_day"],
];
const FIRST_MINUTE = Date.UTC(2026, 9, 2);
const MINUTES = 5 * 24 * 60;
/** Traffic at both sides of every quarter of an hour. */
const STEP = 7;

let database: FreshDatabase;

const query = async (sql: string, values: unknown[] = []) => await database.connection.query(sql, values);

beforeAll(async () => {
  database = await freshDatabase("detailzones");
  for (const table of TABLES) {
    const file = new URL(`../../../sql/tables/${table}.sql`, import.meta.url);
    await runScript(database.connection, readFileSync(file, "utf8"));
  }
  await query("INSERT INTO probe VALUES (1, 'probe1', '2026-01-01')");
  await query("INSERT INTO flow_class VALUES (1, 'all'), (2, 'link')");
  await query(
    `INSERT INTO flow (flow_no, description_hash, probe_no, class_no, account, two_way, fwd_address, fwd_prefix_length, rev_address, rev_prefix_length)
     VALUES (1, UNHEX(MD5('1')), 1, 1, 1, 1, INET6_ATON('10.0.0.1'), 32, INET6_ATON('10.0.0.9'), 32)`,
  );
  for (const [table, counted] of Object.entries(COUNTED)) await fill(table, counted);
  await query(`INSERT INTO tcpcxtable (${await names("tcpcxtable")}) ${await blankRows("tcpcxtable", "started")}`);
});
afterAll(async () => await database?.remove());

interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: string;
}

async function columnsOf(table: string): Promise<Column[]> {
  const [rows] = await query(
    `SELECT COLUMN_NAME AS name, DATA_TYPE AS type, IS_NULLABLE AS nullable FROM information_schema.COLUMNS
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [table],
  );
  return rows as unknown as Column[];
}

async function names(table: string): Promise<string> {
  return (await columnsOf(table)).map(({ name }) => name).join(", ");
}

/** A minute's number is worth its place, so that no two sums are equal by accident. */
async function fill(base: string, counted: readonly string[]): Promise<void> {
  const table = `${base}_1m`;
  await query(`INSERT INTO ${table} (${await names(table)}) ${await blankRows(table, "bucket_start", counted)}`);
  const sums = (await columnsOf(table)).map(({ name }) => {
    if (name === "bucket_start") return "DATE_FORMAT(bucket_start, '%Y-%m-%d %H:00:00')";
    return counted.includes(name) ? `SUM(${name})` : `MIN(${name})`;
  });
  await query(
    `INSERT INTO ${base}_1h (${await names(table)}) SELECT ${sums.join(", ")} FROM ${table}
      GROUP BY DATE_FORMAT(bucket_start, '%Y-%m-%d %H:00:00')`,
  );
}

const KEYS: Readonly<Record<string, string | number>> = {
  flow_no: 1,
  attributed_flow_no: 1,
  class_no: 2,
  from_hop: 1,
  to_hop: 2,
  run_no: 1,
  protocol: "dns",
  outcome: "closed",
};

async function blankRows(table: string, at: string, counted: readonly string[] = []): Promise<string> {
  const columns = await columnsOf(table);
  const rows: string[] = [];
  for (let minute = 0; minute < MINUTES; minute += STEP) {
    const instant = new Date(FIRST_MINUTE + minute * 60_000).toISOString().slice(0, 19).replace("T", " ");
    const values = columns.map(({ name, type, nullable }) => {
      if (name === at) return `'${instant}'`;
      const place = counted.indexOf(name);
      if (place >= 0) return String((minute + 1) * (place + 1));
      if (name === "record_no" || name === "connection_id") return String(minute);
      if (name in KEYS) return `'${KEYS[name]}'`;
      if (nullable === "YES") return "NULL";
      return /int|decimal/.test(type) ? "0" : type === "datetime" ? `'${instant}'` : "''";
    });
    rows.push(`(${values.join(", ")})`);
  }
  return `VALUES ${rows.join(", ")}`;
}

async function made(protocol: string, zone: string, start: string, end: string): Promise<ReportModel> {
  const period = periodOf(start, end, new Zone(zone));
  const asking: DetailAsking = {
    database: {
      rows: async <T extends object>(sql: string, values: readonly unknown[] = []) =>
        (await database.connection.query(sql, [...values]))[0] as T[],
    },
    scope: { patterns: parsePatterns("10.0.0.0/24\n", "hosts"), period, probes: null, flowClass: null, most: 5 },
    grid: gridOf(period, 0),
    live: new Set(),
  };
  const found = DETAIL_PROTOCOLS.find(({ name }) => name === protocol)!;
  const coverage = { liveSeconds: new Map(), captures: [], spoolLosses: [], staleDays: [], partialDays: [] };
  return await detailReport(found, asking, coverage, {
    ...{ site: "Site", patternsName: "hosts", timespan: "span", generatedMs: 0 },
  });
}

function total(report: ReportModel, csv: string): bigint {
  const table = report.sections[0]!.blocks[0] as Table;
  const row = table.rows.find(({ role }) => role === "total") ?? table.rows[0]!;
  return BigInt(row.cells[table.columns.findIndex((column) => column.csv === csv)] as bigint);
}

/** Days of a chart's layers, added up. */
function days(report: ReportModel, name: string): bigint[] {
  const chart = report.sections
    .flatMap(({ blocks }) => blocks)
    .find((block): block is StackedBars => block.kind === "stacked-bars" && block.name.endsWith(name));
  return chart!.time.labels.map((_, at) =>
    chart!.series.reduce((sum, { values }) => sum + BigInt(values[at] ?? 0), 0n),
  );
}

/** The same from the minutes, by the zone's clock as the test knows it. */
async function fromMinutes(table: string, sum: string, at: string, offset: string, start: string, end: string) {
  const [rows] = await query(
    `SELECT DATE_FORMAT(${at} + INTERVAL '${offset}' HOUR_MINUTE, '%Y-%m-%d') AS day, CAST(SUM(${sum}) AS CHAR) AS sum
       FROM ${table} GROUP BY day HAVING day BETWEEN ? AND ? ORDER BY day`,
    [start, end],
  );
  return (rows as unknown as { sum: string }[]).map((row) => BigInt(row.sum));
}

const ZONES = [
  ["Asia/Kolkata", "5:30"],
  ["Asia/Kathmandu", "5:45"],
  ["America/St_Johns", "-2:30"],
  ["Europe/Brussels", "2:00"],
] as const;
const SPAN = ["2026-10-04", "2026-10-05"] as const;

test.each(ZONES)("days of %s are those of its clocks, in sums and over time", async (zone, offset) => {
  const sumOf = (table: string, sum: string, at = "bucket_start") => fromMinutes(table, sum, at, offset, ...SPAN);
  const whole = (parts: readonly bigint[]) => parts.reduce((a, b) => a + b, 0n);

  const volumes = await made("ip-volumes", zone, ...SPAN);
  const bytes = await sumOf("ipcttable_1m", "fwd_bytes + rev_bytes");
  expect(bytes).toHaveLength(2);
  expect(total(volumes, "bytes")).toBe(whole(bytes));
  expect(days(volumes, "-volume")).toEqual(bytes);

  const delays = await made("two-way-delays", zone, ...SPAN);
  const requests = await sumOf("twowaytable_1m", "requests");
  expect(total(delays, "requests")).toBe(whole(requests));
  expect(days(delays, "-requests")).toEqual(await sumOf("twowaytable_1m", "replied + unanswered"));

  const hops = await made("one-way-counters", zone, ...SPAN);
  const matched = await sumOf("owcttable_1m", "matched_packets");
  expect(total(hops, "matched_packets")).toBe(whole(matched));
  const lost = await sumOf("owcttable_1m", "lost_packets");
  const apart = await sumOf("owlosttable_1m", "packets");
  expect(total(hops, "lost_packets")).toBe(whole(lost) + whole(apart));
  expect(days(hops, "-verdicts-over-time")).toEqual(lost.map((each, at) => each + apart[at]!));

  const connections = await made("tcp-connections", zone, ...SPAN);
  expect(total(connections, "connections")).toBe(whole(await sumOf("tcpcxtable", "1", "started")));

  for (const report of [volumes, hops, connections]) {
    expect(report.facts.map(({ label }) => label)).not.toContain("Cut hours");
  }
  const facts = delays.facts.filter(({ label }) => label === "Cut hours").map(({ text }) => text);
  expect(facts).toEqual(
    zone === "Europe/Brussels"
      ? []
      : ["Medians and percentiles take an hour that a midnight cuts with the day in which it begins"],
  );
});

test("where minutes are not kept, an hour counts where it begins, and the report says so", async () => {
  await query(
    "DELETE FROM udpcttable_1m WHERE bucket_start >= '2026-10-04 18:00:00' AND bucket_start < '2026-10-04 19:00:00'",
  );
  const report = await made("udp", "Asia/Kolkata", ...SPAN);
  const hours = await query(
    `SELECT CAST(SUM(fwd_datagrams + rev_datagrams) AS CHAR) AS sum FROM udpcttable_1m
      WHERE bucket_start >= '2026-10-03 18:30:00' AND bucket_start < '2026-10-05 18:30:00'`,
  );
  const kept = BigInt((hours[0] as unknown as { sum: string }[])[0]!.sum);
  const cut = await query(
    "SELECT CAST(fwd_datagrams + rev_datagrams AS CHAR) AS sum FROM udpcttable_1h WHERE bucket_start = '2026-10-04 18:00:00'",
  );
  const whole = BigInt((cut[0] as unknown as { sum: string }[])[0]!.sum);
  expect(total(report, "datagrams")).toBe(kept + whole);
  expect(report.facts.filter(({ label }) => label === "Cut hours")).toEqual([
    {
      label: "Cut hours",
      text: "1\u00a0hour that a midnight cuts counts on the day in which it begins, for its minutes are not kept",
      warning: true,
    },
  ]);
});
