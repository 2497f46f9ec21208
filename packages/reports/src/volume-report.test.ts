import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { FreshDatabase } from "@trafmon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { putHours, putMinutes, reportDatabase } from "./report-database.ts";
import { HOSTS, type Made, ReportUnderTest, SERVICES } from "./report-under-test.ts";

/** For tests that make several reports, each by a process of its own, on a machine that is busy otherwise. */
const SEVERAL_MS = 300_000;

let bench: ReportUnderTest;
let database: FreshDatabase;

beforeAll(async () => {
  bench = await ReportUnderTest.make();
  database = bench.database;
});
afterAll(async () => {
  await bench?.remove();
});

const report = (...args: string[]) => bench.report(...args);
const sums = (sql: string) => bench.sums(sql);

const IN_PERIOD =
  "FROM activityvolumetable_1d WHERE bucket_start BETWEEN '2026-10-01' AND '2026-10-05' AND probe_no = 1";

/** Name to bytes as a CSV file has them: column 1 is the name, the rest as given. */
function volumes(rows: readonly string[][], bytesAt: number): Map<string, bigint> {
  return new Map(
    rows.filter(([role]) => role === "item").map((row) => [row[1]!.replace(/^'(?==)/, ""), BigInt(row[bytesAt]!)]),
  );
}

test("total, days, services and activities equal the database's to the last digit, in PDF and CSV alike", async () => {
  const made = report("-t", "25", "-T", "0");
  expect(made.stderr).toBe("");
  expect(made.status).toBe(0);
  const total = (await sums(`SELECT 'x', CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) ${IN_PERIOD}`)).get("x")!;
  expect(total).toBeGreaterThan(2n ** 53n);
  const shown = String(total).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  expect(made.text).toContain(shown);
  expect(made.stdout).toContain(`total volume: ${shown}`);

  const services = await sums(`SELECT service, CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) ${IN_PERIOD} GROUP BY service`);
  expect(volumes(made.csv("services"), 4)).toEqual(services);
  // The PDF's own rows: name, volume, share, bytes ...
  for (const [service, bytes] of services) {
    const line = new RegExp(`^\\s*${service}\\s.*\\s${String(bytes).replace(/\B(?=(\d{3})+(?!\d))/g, ",")}\\s`, "m");
    expect(made.text, service).toMatch(line);
  }

  const days = await sums(
    `SELECT DATE_FORMAT(bucket_start, '%Y-%m-%d'), CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) ${IN_PERIOD} GROUP BY 1`,
  );
  const stacked = made.csv("volume-per-day-by-activity");
  expect(stacked.map(([day]) => day)).toEqual(["2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05"]);
  for (const [day, ...layers] of stacked) {
    if (day === "2026-10-03") expect(new Set(layers)).toEqual(new Set([""]));
    else expect(layers.reduce((sum, bytes) => sum + BigInt(bytes), 0n)).toBe(days.get(day!)!);
  }

  const local = "IN (INET6_ATON('10.9.9.9'), INET6_ATON('224.0.0.1')), 'Unassigned', 'Internet'))";
  const [src, dst] = ["src", "dst"].map((side) => `COALESCE(${side}_activity, IF(${side}_address ${local}`);
  const charged = await sums(
    `SELECT a, CAST(SUM(b) AS CHAR) FROM (
       SELECT IF(src_activity IS NULL AND dst_activity IS NOT NULL, ${dst}, ${src}) AS a, fwd_bytes AS b ${IN_PERIOD}
       UNION ALL
       SELECT IF(dst_activity IS NULL AND src_activity IS NOT NULL, ${src}, ${dst}), rev_bytes ${IN_PERIOD}
     ) AS charged GROUP BY a`,
  );
  expect(volumes(made.csv("activities"), 4)).toEqual(charged);
  const sent = await sums(
    `SELECT a, CAST(SUM(b) AS CHAR) FROM (
       SELECT src_activity AS a, fwd_bytes AS b ${IN_PERIOD} UNION ALL SELECT dst_activity, rev_bytes ${IN_PERIOD}
     ) AS sent WHERE a IS NOT NULL GROUP BY a`,
  );
  const sentInCsv = volumes(made.csv("activities"), 5);
  for (const [activity, bytes] of sent) expect(sentInCsv.get(activity), activity).toBe(bytes);
});

test("every list adds up to the total, whatever is hidden", { timeout: SEVERAL_MS }, async () => {
  const total = (await sums(`SELECT 'x', CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) ${IN_PERIOD}`)).get("x")!;
  for (const threshold of ["0", "500000"]) {
    const made = report("-t", "5", "-T", threshold);
    for (const name of ["activities", "locations", "countries", "services"]) {
      const rows = made.csv(name);
      const listed = rows.filter(([role]) => role !== "total").reduce((sum, row) => sum + BigInt(row[4]!), 0n);
      expect(listed, name).toBe(total);
      expect(rows.find(([role]) => role === "total")![4], name).toBe(String(total));
    }
    const sites = made.csv("site-to-site");
    expect(sites.filter(([role]) => role !== "total").reduce((sum, row) => sum + BigInt(row[5]!), 0n)).toBe(total);
    const matrix = made.csv("activity-to-activity");
    expect(matrix.reduce((sum, [, , bytes]) => sum + BigInt(bytes!), 0n)).toBe(total);
  }
});

test("the report says what it rests on: probes, losses, stale and unmeasured days", () => {
  const { text } = report();
  const words = text.replace(/\s+/g, " ");
  expect(words).toContain("probe1 (not in this report: probe2; what several probes see is not added)");
  expect(words).toContain("nothing was measured on 3 October 2026");
  expect(words).toContain("4 October 2026 (UTC): data came after these days were prepared");
  expect(words).toMatch(/lost: 2,400 in the kernel/);
  expect(words).toContain("A probe was live 80.0 % of the period");
  expect(words).toMatch(/Page 1 of \d/);
});

test("round trips do not depend on which side a flow calls forward", () => {
  const quality = report("-t", "25", "-T", "0").csv("tcp-quality");
  expect(quality.length).toBe(SERVICES.length + 1);
  for (const [role, service, ...figures] of quality) {
    const roundTrip = figures[5]!;
    if (service === "ssh") expect(roundTrip).toBe("");
    else expect(Math.abs(Number(roundTrip) / 4e6 - 1), `${role} ${service}`).toBeLessThan(0.022);
  }
});

test("probes are added only when asked for", { timeout: SEVERAL_MS }, async () => {
  const all = await sums(
    "SELECT probe, CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) FROM activityvolumetable_1d WHERE bucket_start BETWEEN '2026-10-01' AND '2026-10-05' GROUP BY probe",
  );
  const total = (made: Made) => BigInt(made.stdout.match(/total volume: ([\d,]+)/)![1]!.replaceAll(",", ""));
  expect(total(report())).toBe(all.get("probe1"));
  expect(total(report("--probe", "probe2"))).toBe(all.get("probe2"));
  expect(total(report("--probe", "all"))).toBe(all.get("probe1")! + all.get("probe2")!);
  const unknown = report("--probe", "probe3");
  expect(unknown.status).toBe(64);
  expect(unknown.stderr).toContain("cannot find a probe named probe3; there are: probe1, probe2");
});

test("filters look at both sides", { timeout: SEVERAL_MS }, async () => {
  const total = (made: Made) => made.stdout.match(/total volume: ([\d,]+)/)![1]!.replaceAll(",", "");
  const asked = async (condition: string) =>
    String(
      (await sums(`SELECT 'x', CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) ${IN_PERIOD} AND (${condition})`)).get("x"),
    );
  expect(total(report("-A", "Office"))).toBe(await asked("src_activity = 'Office' OR dst_activity = 'Office'"));
  expect(total(report("-L", "Paris"))).toBe(await asked("src_location = 'Paris' OR dst_location = 'Paris'"));
  expect(total(report("-H", "pc1.example.org"))).toBe(
    await asked("src_host_name = 'pc1.example.org' OR dst_host_name = 'pc1.example.org'"),
  );
  expect(total(report("-H", "2a02:2788::1"))).toBe(
    await asked("INET6_ATON('2a02:2788::1') IN (src_address, dst_address)"),
  );
  const internet = ["2a02:2788::1", "93.184.216.34", "8.8.8.8"].map((each) => `INET6_ATON('${each}')`).join(", ");
  expect(total(report("-A", "Internet"))).toBe(
    await asked(`src_address IN (${internet}) OR dst_address IN (${internet})`),
  );
});

test("days in another zone are sums of their own hours", async () => {
  const made = report("--zone", "America/New_York", "-T", "0");
  expect(made.status).toBe(0);
  // Four hours behind UTC in October.
  const days = await sums(
    `SELECT DATE_FORMAT(bucket_start - INTERVAL 4 HOUR, '%Y-%m-%d') AS d, CAST(SUM(fwd_bytes + rev_bytes) AS CHAR)
       FROM activityvolumetable_1h WHERE probe_no = 1 AND bucket_start >= '2026-10-01 04:00' AND bucket_start < '2026-10-06 04:00'
      GROUP BY d`,
  );
  for (const row of made.csv("volume-per-day").filter(([role]) => role === "item")) {
    const day = `2026-10-0${row[1]!.match(/(\d) Oct/)![1]}`;
    expect(row[4], day).toBe(days.has(day) ? String(days.get(day)) : row[4] === "" ? "" : "0");
  }
});

test("a measurement of minutes is shown by minutes, unless they differ from the hours", async () => {
  const short = await reportDatabase();
  try {
    const [office, internet] = [HOSTS[0]!, HOSTS[7]!];
    const minutes = [3, 4, 7].map((minute) => ({
      minute: `2026-11-11 10:0${minute}:00`,
      src: office,
      dst: internet,
      fwdBytes: BigInt(minute),
      revBytes: 1000n * BigInt(minute),
    }));
    await putHours(short, [
      { hour: "2026-11-11 10:00:00", src: office, dst: internet, service: "https", fwdBytes: 14n, revBytes: 14_000n },
    ]);
    await putMinutes(short, minutes);
    await bench.allow(short);
    const made = report("-d", short.name, "-s", "2026-11-11", "-e", "2026-11-11", "-T", "0");
    expect(made.stderr).toBe("");
    expect(made.csv("volume-per-minute-by-activity")).toEqual([
      ["2026-11-11 10:03", "3003"],
      ["2026-11-11 10:04", "4004"],
      ["2026-11-11 10:05", ""],
      ["2026-11-11 10:06", ""],
      ["2026-11-11 10:07", "7007"],
    ]);
    await short.connection.query("DELETE FROM ipcttable_1m WHERE bucket_start = '2026-11-11 10:04:00'");
    const byHour = report("-d", short.name, "-s", "2026-11-11", "-e", "2026-11-11", "-T", "0");
    expect(byHour.csv("volume-per-hour-by-activity")[10]).toEqual(["2026-11-11 10:00", "14014"]);
  } finally {
    await short.remove();
  }
});

test("a report without volume says why", () => {
  const words = (made: Made) => made.text.replace(/\s+/g, " ");
  const none = report("-s", "2026-01-01", "-e", "2026-01-31");
  expect(none.status).toBe(0);
  expect(words(none)).toContain(
    "Nothing was measured in January 2026. Volumes exist from 27 September 2026 to 5 October 2026 (UTC).",
  );
  expect(words(report("-A", "Nobody"))).toContain("No traffic of 1 to 5 October 2026 meets the filters");
});

test("local addresses that nobody has looked at are told of, since they count as Internet", {
  timeout: SEVERAL_MS,
}, async () => {
  const words = (made: Made) => made.text.replace(/\s+/g, " ");
  expect(words(report())).not.toContain("not looked at yet");
  const local = "address IN (INET6_ATON('10.9.9.9'), INET6_ATON('224.0.0.1'))";
  await database.connection.query(`UPDATE ipInfotable SET kind = NULL WHERE ${local}`);
  try {
    expect(words(report())).toContain("2 private or multicast addresses not looked at yet, taken for Internet hosts");
  } finally {
    await database.connection.query(`UPDATE ipInfotable SET kind = 'private' WHERE ${local}`);
  }
});

test("hostile names do not run in a spreadsheet", () => {
  const made = report("-T", "0", "-t", "25");
  const names = made.csv("activities").map(([, name]) => name);
  expect(names).toContain('\'=Backup, "nightly"');
  expect(readdirSync(join(bench.folder, "log"))).toContain("trafMon_volumeReportGen.log");
});

test("on a terminal the progress line is ended before the files are named", () => {
  const command = [process.execPath, ...bench.command()].map((word) => `'${word}'`).join(" ");
  const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8" });
  expect(stdout).toMatch(/\n\/\S+\.pdf\r?\n/);
});
