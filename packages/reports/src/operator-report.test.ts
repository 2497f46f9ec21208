import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bucketOf } from "@trafmon/observation";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConnectedDatabase } from "./ask/connected-database.ts";
import type { VolumeQuestion } from "./ask/volume-question.ts";
import { SECTION_NAMES } from "./compose/section-catalogue.ts";
import { parseDefinition, type ReportDefinition } from "./define/definition.ts";
import { makeVolumeReport, volumeDefinition } from "./make-volume-report.ts";
import { periodOf } from "./period.ts";
import { ReportUnderTest } from "./report-under-test.ts";
import { writeReport } from "./write-report.ts";
import { Zone } from "./zone.ts";

let bench: ReportUnderTest;
beforeAll(async () => {
  bench = await ReportUnderTest.make();
  const { connection } = bench.database;
  await connection.query(
    `UPDATE activityvolumetable_1h SET ftp_transfers_started = 7, ftp_transfers_completed = 4, ftp_transfers_failed = 2,
            ftp_transfers_aborted = 1, ftp_bytes = 9007199254740993, ftp_duration_ns = 4000000000 WHERE service = 'ftp-data'`,
  );
  await connection.query(
    `UPDATE activityvolumetable_1d AS d SET ftp_transfers_started = 7, ftp_transfers_completed = 4,
            ftp_transfers_failed = 2, ftp_transfers_aborted = 1, ftp_bytes = 9007199254740993,
            ftp_duration_ns = 4000000000 WHERE service = 'ftp-data'`,
  );
  await connection.query(
    `INSERT INTO eventtable (run_no, record_no, at, origin, severity, code, text, parameters) VALUES
       (1, 1, '2026-10-02 10:00:00', 'probe1', 'info', 'probe_started', 'the probe has started', '{}'),
       (1, 2, '2026-10-02 11:00:00', 'probe1', 'warning', 'packets_dropped', 'the kernel dropped packets', '{}'),
       (1, 3, '2026-10-04 11:00:00', 'probe1', 'warning', 'packets_dropped', 'the kernel dropped more', '{}'),
       (1, 4, '2026-10-09 11:00:00', 'probe1', 'error', 'records_lost', 'the spool was full and records were lost',
        '{"records":{"ipct":1200,"tcpct":34},"unknown_pdus":0,"first_watermark_s":1791000000,"last_watermark_s":1791010000}'),
       (1, 5, '2026-11-09 11:00:00', 'probe1', 'error', 'records_lost', 'the spool was full and records were lost',
        '{"records":{"ipct":99999},"unknown_pdus":0,"first_watermark_s":1794000000,"last_watermark_s":1794010000}')`,
  );
  await connection.query("INSERT INTO flow_class VALUES (1, 'all'), (2, 'names')");
  await connection.query(
    `INSERT INTO flow (flow_no, description_hash, probe_no, class_no, account, two_way, fwd_address, rev_address) VALUES
       (1, UNHEX(MD5('1')), 1, 1, 1, 1, INET6_ATON('10.1.0.1'), INET6_ATON('8.8.8.8')),
       (2, UNHEX(MD5('2')), 1, 2, 0, 1, INET6_ATON('10.1.0.1'), INET6_ATON('8.8.8.8'))`,
  );
  // The class without the account tells the same requests, and more of them: they are not to be counted twice.
  for (const [flow, requests] of [
    [1, 100],
    [2, 150],
  ]) {
    await connection.query(
      `INSERT INTO twowaytable_1d (flow_no, bucket_start, protocol, requests, replied, unanswered, late, repeats,
              duplicate_replies, delay_sum_ns, delay_sum_squares, delay_min_ns, delay_max_ns, last_copy_delay_sum_ns)
       VALUES (?, '2026-10-02', 'dns', ?, ? - 10, 10, 3, 1, 0, 90000000, 0, 500000, 40000000, 0)`,
      [flow, requests, requests],
    );
    await connection.query(
      "INSERT INTO twowaydelaytable_1d VALUES (?, '2026-10-02', 'dns', ?, 80), (?, '2026-10-02', 'dns', ?, 10)",
      [flow, bucketOf(1_000_000), flow, bucketOf(30_000_000)],
    );
  }
  await connection.query("INSERT INTO servicertt_1d VALUES ('2026-10-02', 1, 'https', 'fwd', ?, 5)", [
    bucketOf(2_000_000),
  ]);
});
afterAll(async () => {
  await bench?.remove();
});

async function made(
  kind: "manager" | "operator" | "conversation" | ReportDefinition,
  narrow: Partial<VolumeQuestion> = {},
  top = 25,
  threshold = 0,
) {
  const database = await ConnectedDatabase.open(join(bench.folder, "db.cred"), null);
  try {
    const question: VolumeQuestion = {
      source: "probe",
      period: periodOf("2026-10-01", "2026-10-05", new Zone("UTC")),
      probes: [1],
      flowClass: null,
      activity: null,
      location: null,
      host: null,
      ...narrow,
    };
    const definition = typeof kind === "string" ? volumeDefinition(kind) : kind;
    const generatedMs = Date.UTC(2026, 10, 2);
    const report = await makeVolumeReport(database, question, definition, {
      site: "Site",
      top,
      threshold,
      generatedMs,
      step: () => {},
    });
    const folder = mkdtempSync(join(bench.folder, "out-"));
    const written = await writeReport(report.model, folder, "report", {
      createdAt: new Date(generatedMs),
      compress: true,
      paper: "A4",
      html: true,
    });
    const text = execFileSync("pdftotext", ["-layout", written.pdf, "-"], { encoding: "utf8" });
    const csv = (name: string) =>
      readFileSync(join(written.csv, `${name}.csv`), "utf8")
        .trimEnd()
        .split("\r\n")
        .slice(1)
        // Names with commas do not matter to these tests.
        .map((line) => line.replace(/"[^"]*(""[^"]*)*"/g, "quoted").split(","));
    return { ...report, text, words: text.replace(/\s+/g, " "), csv, html: readFileSync(written.html!, "utf8") };
  } finally {
    await database.close();
  }
}

const grouped = (number: bigint) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
const IN_PERIOD =
  "FROM activityvolumetable_1d WHERE bucket_start BETWEEN '2026-10-01' AND '2026-10-05' AND probe_no = 1";

test("hosts and pairs have the database's bytes to the last digit, in PDF, page and CSV", async () => {
  const report = await made("operator");
  const ends = await bench.sums(
    `SELECT INET6_NTOA(a), CAST(SUM(b) AS CHAR) FROM (
       SELECT src_address AS a, fwd_bytes + rev_bytes AS b ${IN_PERIOD}
       UNION ALL SELECT dst_address, fwd_bytes + rev_bytes ${IN_PERIOD}) AS x GROUP BY a`,
  );
  const rows = report.csv("hosts").filter(([role]) => role === "item");
  expect(new Map(rows.map((row) => [row[2], BigInt(row[7]!)]))).toEqual(ends);
  for (const bytes of ends.values()) {
    expect(report.text).toContain(grouped(bytes));
    expect(report.html).toContain(grouped(bytes));
  }
  const pairs = await bench.sums(
    `SELECT x, CAST(SUM(b) AS CHAR) FROM (
       SELECT IF(INET6_NTOA(src_address) < INET6_NTOA(dst_address), CONCAT(INET6_NTOA(src_address), ' ', INET6_NTOA(dst_address)),
                 CONCAT(INET6_NTOA(dst_address), ' ', INET6_NTOA(src_address))) AS x, fwd_bytes + rev_bytes AS b ${IN_PERIOD}) AS y
     GROUP BY x`,
  );
  const listed = report.csv("conversations");
  for (const [role, , , , a, b, , , bytes] of listed.filter((row) => row[0] === "item")) {
    expect(BigInt(bytes!), `${role} ${a} ${b}`).toBe(pairs.get([a, b].sort().join(" ")));
  }
  // What is not among the 25 largest is summed up, so that the list adds up.
  const sum = listed.filter(([role]) => role !== "total").reduce((total, row) => total + BigInt(row[8]!), 0n);
  expect(sum).toBe(report.totalBytes);
  expect(listed.at(-1)![8]).toBe(String(report.totalBytes));
});

test("rows hidden by -t and -T stay in the totals", async () => {
  const all = await made("operator");
  const few = await made("operator", {}, 5, 500_000);
  for (const name of ["hosts", "conversations"]) {
    const bytesAt = name === "hosts" ? 7 : 8;
    const rows = few.csv(name);
    expect(rows.filter(([role]) => role === "item").length).toBeLessThanOrEqual(5);
    const sum = rows.filter(([role]) => role !== "total").reduce((total, row) => total + BigInt(row[bytesAt]!), 0n);
    expect(sum).toBe(BigInt(rows.at(-1)![bytesAt]!));
    expect(rows.at(-1)![bytesAt]).toBe(all.csv(name).at(-1)![bytesAt]);
  }
});

test("every byte goes in, out, stays within or passes through", async () => {
  const report = await made("operator");
  const days = await bench.sums(
    `SELECT DATE_FORMAT(bucket_start, '%Y-%m-%d'), CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) ${IN_PERIOD} GROUP BY 1`,
  );
  for (const [day, ...ways] of report.csv("in-out-per-day")) {
    if (day === "2026-10-03") expect(ways.every((way) => way === "")).toBe(true);
    else
      expect(
        ways.reduce((sum, way) => sum + BigInt(way), 0n),
        day,
      ).toBe(days.get(day!));
  }
  const hours = report.csv("in-out-per-hour").flatMap(([, ...ways]) => ways);
  expect(hours.reduce((sum, way) => sum + BigInt(way === "" ? 0 : way), 0n)).toBe(report.totalBytes);
  // Mean rates of the week's hours, each over the hours measured: back to bytes.
  const internet = "IN (INET6_ATON('2a02:2788::1'), INET6_ATON('93.184.216.34'), INET6_ATON('8.8.8.8'))";
  const into = await bench.sums(
    `SELECT 'x', CAST(SUM(IF(src_address ${internet} AND NOT dst_address ${internet}, fwd_bytes,
                             IF(dst_address ${internet} AND NOT src_address ${internet}, rev_bytes, 0))) AS CHAR) ${IN_PERIOD}`,
  );
  expect(report.csv("directions-per-day").at(-1)![5]).toBe(String(into.get("x")));
});

test("transfers, delays, round trips and events are told as they are", async () => {
  const report = await made("operator");
  const transfers = await bench.sums(
    `SELECT 'started', CAST(SUM(ftp_transfers_started) AS CHAR) ${IN_PERIOD} UNION ALL
     SELECT 'bytes', CAST(SUM(ftp_bytes) AS CHAR) ${IN_PERIOD}`,
  );
  const total = report.csv("ftp-servers").at(-1)!;
  expect([total[2], total[9]]).toEqual([String(transfers.get("started")), String(transfers.get("bytes"))]);
  expect(report.text).toContain(grouped(transfers.get("bytes")!));
  expect(Number(total[4])).toBeCloseTo(4 / 7, 10);
  const [dns] = report.csv("two-way-delays");
  expect(dns!.slice(1, 8)).toEqual(["DNS", "100", "0.9", "10", "3", "1", "500000"]);
  expect(Math.abs(Number(dns![8]) / 1e6 - 1)).toBeLessThan(0.016);
  expect(Number(dns![9])).toBe(1e6);
  expect(Math.abs(Number(dns![10]) / 30e6 - 1)).toBeLessThan(0.016);
  const https = report.csv("tcp-quality").find(([, service]) => service === "https")!;
  expect(Math.abs(Number(https.at(-4)) / 2e6 - 1)).toBeLessThan(0.016);
  const events = report.csv("events").map(([, severity, code, , count]) => [severity, code, count]);
  expect(events).toEqual([
    ["warning", "packets_dropped", "2"],
    ["info", "probe_started", "1"],
  ]);
  expect(report.words).toContain("the kernel dropped more");
  for (const said of [
    "Sent again (retransmitted):",
    "Unanswered: no reply within",
    "Duplicate frame:",
    "Transfer of FTP:",
  ])
    expect(report.words).toContain(said);
  expect(report.words).toContain("No flow class promised anything for the hours of this period.");
});

test("records lost in a spool are told of, by when they were of", async () => {
  const { words } = await made("manager");
  expect(words).toContain("1,234 records (1,200 of ipct and 34 of tcpct) in the spool of probe1: figures are too low");
  const before = await made("manager", { period: periodOf("2026-09-26", "2026-09-30", new Zone("UTC")) });
  expect(before.words).not.toContain("in the spool");
});

test("a conversation report names both sides and what they did", async () => {
  const report = await made("conversation", {}, 5);
  const [first] = report.csv("conversations");
  const [, , , , a, b] = first!;
  const services = await bench.sums(
    `SELECT service, CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) ${IN_PERIOD}
        AND ((src_address = INET6_ATON('${a}') AND dst_address = INET6_ATON('${b}'))
          OR (src_address = INET6_ATON('${b}') AND dst_address = INET6_ATON('${a}'))) GROUP BY service`,
  );
  const told = report.csv("conversation-services").filter(([, pair]) => pair === "1");
  expect(new Map(told.map((row) => [row[4], BigInt(row[7]!)]))).toEqual(services);
  const times = report.csv("conversations-per-day").flatMap(([, ...layers]) => layers);
  expect(times.reduce((sum, bytes) => sum + BigInt(bytes === "" ? 0 : bytes), 0n)).toBe(report.totalBytes);
  expect(report.csv("conversation-hosts")).toHaveLength(10);
});

test("a definition of one's own mixes sections of all reports with its own question", async () => {
  const text = `title = Mine
[hosts]
top = 2
[query]
title = Services
sql = SELECT v.service AS service, SUM(v.fwd_bytes + v.rev_bytes) AS total_bytes, ':from' AS quoted
        FROM {volumes} WHERE v.bucket_start >= :from AND v.bucket_start < :until
       GROUP BY v.service ORDER BY total_bytes DESC LIMIT 3
[conversation-tcp]
[trend]
`;
  const definition = parseDefinition(text, "mine", SECTION_NAMES, true);
  const report = await made(definition);
  const services = await bench.sums(
    `SELECT service, CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) ${IN_PERIOD} GROUP BY 1 ORDER BY SUM(fwd_bytes + rev_bytes) DESC LIMIT 3`,
  );
  expect(new Map(report.csv("services").map(([, name, bytes]) => [name, BigInt(bytes!)]))).toEqual(services);
  expect(report.csv("services")[0]![3]).toBe(":from");
  for (const bytes of services.values()) expect(report.text).toContain(grouped(bytes));
  const hosts = report.csv("hosts");
  expect(hosts.map(([role]) => role)).toEqual(["item", "item", "others", "total"]);
  const sum = hosts.slice(0, -1).reduce((total, row) => total + BigInt(row[7]!), 0n);
  expect(sum).toBe(BigInt(hosts.at(-1)![7]!));
  expect(report.text).toContain("Mine");
  // The reader may only read, whatever a definition says.
  const writing = parseDefinition(
    "[query]\ntitle = x\nsql = SELECT 1 INTO OUTFILE '/tmp/trafmon-no'",
    "x",
    SECTION_NAMES,
    true,
  );
  await expect(made(writing)).rejects.toMatchObject({ code: "REPORTS_BAD_QUERY", exitCode: 78 });
  const mistyped = parseDefinition(
    "[query]\ntitle = Mine\nsql = SELECT v.byts FROM {volumes}",
    "x",
    SECTION_NAMES,
    true,
  );
  await expect(made(mistyped)).rejects.toThrow(/cannot ask the query “Mine”: Unknown column 'v.byts'/);
});

test("a period without volume says whether it waits to be prepared, or nothing came by", async () => {
  const { connection } = bench.database;
  await connection.query("INSERT INTO stale_day VALUES ('2026-01-05', 'probe', '2026-01-06')");
  await connection.query(
    `INSERT INTO capsttable_1h (bucket_start, probe_no, interface, covered_s, packets)
     VALUES ('2026-02-05 10:00:00', 1, 'eth0', 3600, 0)`,
  );
  const of = async (start: string, end: string) =>
    (await made("manager", { period: periodOf(start, end, new Zone("UTC")) })).words;
  expect(await of("2026-01-01", "2026-01-31")).toContain(
    "Data of January 2026 are loaded but not yet prepared for reports",
  );
  expect(await of("2026-02-01", "2026-02-28")).toContain("Probes were live in February 2026, but no flow was counted.");
  await connection.query("DELETE FROM stale_day WHERE day = '2026-01-05'");
});

test("of NetFlow one exporter counts unless others are asked for, and days without records are no zeros", async () => {
  const { connection } = bench.database;
  const common = `bucket_start, probe_no, src_address, dst_address, service, protocol, protocol_name, fwd_packets, fwd_bytes,
    rev_packets, rev_bytes`;
  // The second router saw every third byte of what the first one saw, on one day more.
  for (const [exporter, days, part] of [
    ["192.0.2.1", "'2026-10-02'", 1],
    ["192.0.2.2", "'2026-10-02', '2026-10-04'", 3],
  ] as const) {
    for (const table of ["1h", "1d"]) {
      await connection.query(
        `INSERT INTO activityvolumetable_netflow_${table} (exporter, probe, ${common})
         SELECT INET6_ATON('${exporter}'), '${exporter}', bucket_start, 9, src_address, dst_address, service, protocol,
                protocol_name, SUM(fwd_packets), SUM(fwd_bytes) DIV ${part}, SUM(rev_packets), SUM(rev_bytes) DIV ${part}
           FROM activityvolumetable_${table} WHERE DATE(bucket_start) IN (${days})
          GROUP BY bucket_start, src_address, dst_address, protocol, service, protocol_name`,
      );
    }
  }
  const bytes = await bench.sums(
    `SELECT probe, CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) FROM activityvolumetable_netflow_1d GROUP BY probe`,
  );
  const [one, two] = [bytes.get("192.0.2.1")!, bytes.get("192.0.2.2")!];
  const files = bench.report("--source", "netflow");
  expect(files.text).toContain(grouped(one));
  expect(files.text.replace(/\s+/g, " ")).toContain("NetFlow records: 192.0.2.1 (not in this report: 192.0.2.2;");
  expect(files.text.replace(/\s+/g, " ")).toContain("there are no records of 1 and 3 to 5 October 2026");
  const volumes = files.csv("volume-per-day").filter(([role]) => role !== "total");
  expect(volumes.map((row) => row[2])).toEqual(["", String(one), ""]);
  expect(bench.report("--source", "netflow", "--probe", "192.0.2.2").text).toContain(grouped(two));
  expect(bench.report("--source", "netflow", "--probe", "all").text).toContain(grouped(one + two));
  const unknown = bench.report("--source", "netflow", "--probe", "192.0.2.3");
  expect([unknown.status, unknown.stderr]).toEqual([64, expect.stringContaining("there are: 192.0.2.1, 192.0.2.2")]);
  const ofClass = bench.report("--source", "netflow", "--class", "all");
  expect([ofClass.status, ofClass.stderr]).toEqual([64, expect.stringContaining("no flow class")]);

  const operator = await made("operator", { source: "netflow", probes: [9], exporters: ["192.0.2.1"] });
  expect(operator.totalBytes).toBe(one);
  expect(operator.words).toContain("NetFlow records do not tell of transfers");
  expect(operator.words).not.toContain("No FTP transfer was seen");
  expect(operator.words).not.toContain("every captured IP packet");
  const pairs = await made("conversation", { source: "netflow", probes: [9], exporters: ["192.0.2.1"] });
  expect(pairs.words).toContain("NetFlow records do not tell of transfers");
  expect(pairs.words).toContain("NetFlow records do not tell how TCP fared");
  for (const table of ["1h", "1d"]) await connection.query(`DELETE FROM activityvolumetable_netflow_${table}`);
});

test("reports without volume, of one host, and of NetFlow say what they can", async () => {
  for (const kind of ["operator", "conversation"] as const) {
    const empty = await made(kind, { period: periodOf("2026-01-01", "2026-01-31", new Zone("UTC")) });
    expect(empty.words).toContain("Nothing was measured in January 2026.");
    const narrow = await made(kind, { host: "8.8.8.8", activity: "Office" });
    expect(narrow.totalBytes).toBeGreaterThan(0n);
    const netflow = await made(kind, { source: "netflow", probes: null });
    expect(netflow.words).toContain("The database holds no prepared volumes at all");
  }
});
