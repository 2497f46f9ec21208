import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { bucketLowerNs, bucketOf } from "@trafmon/observation";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConnectedDatabase } from "./ask/connected-database.ts";
import { askPromises } from "./ask/objectives/promises.ts";
import { periodOf } from "./period.ts";
import { ReportUnderTest } from "./report-under-test.ts";
import { Zone } from "./zone.ts";

const SEVERAL_MS = 300_000;
const LONG = "objective-with-a-name-as-long-as-names-may-be-sixty-three-chars";

let bench: ReportUnderTest;
beforeAll(async () => {
  bench = await ReportUnderTest.make();
  await declare();
  await measure();
}, SEVERAL_MS);
afterAll(async () => {
  await bench?.remove();
});

const run = async (sql: string, values: unknown[] = []) => await bench.database.connection.query(sql, values);

/** name, metric, target, percentile, protocol, hops, hours. */
type Declared = [string, string, number, number | null, string | null, [number, number] | null, number];

const DNS: Declared = ["dns-fast", "delay", 80_000_000, 950_000, "dns", null, 500_000];
const ANSWERED: Declared = ["dns-there", "answered", 990_000, null, "dns", null, 900_000];
const CLEAN: Declared = ["tcp-clean", "retransmitted", 7000, null, null, null, 1_000_000];
const NEAR: Declared = ["near", "latency", 20_000_000, 990_000, null, [1, 2], 500_000];
const STEADY: Declared = [LONG, "variation", 10_000_000, 990_000, null, [1, 2], 1_000_000];
const KEPT: Declared = ["kept", "loss", 1000, null, null, [1, 2], 900_000];

async function announce(runNo: number, classNo: number, since: string, ...declared: Declared[]): Promise<void> {
  if (declared.length === 0) {
    await run("INSERT INTO objective VALUES (?, ?, ?, '', 'none', 0, NULL, NULL, NULL, NULL, 0, 0, 0)", [
      runNo,
      classNo,
      since,
    ]);
  }
  for (const [name, metric, target, percentile, protocol, hops, hours] of declared) {
    await run("INSERT INTO objective VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 5, 950000)", [
      ...[runNo, classNo, since, name, metric, target, percentile, protocol],
      ...[hops?.[0] ?? null, hops?.[1] ?? null, hours],
    ]);
  }
}

/** Class 11 of requests, 12 of TCP and 13 of hops. On 4 October at noon the DNS target becomes stricter and TCP's ends. */
async function declare(): Promise<void> {
  await run("INSERT INTO flow_class VALUES (11, 'names'), (12, 'web'), (13, 'link')");
  await run(
    "INSERT INTO probe (probe_no, name, first_seen) VALUES (2, 'probe2', '2026-09-01') ON DUPLICATE KEY UPDATE name = name",
  );
  await run(
    `INSERT INTO probe_run (run_no, probe_no, run, first_seen) VALUES (101, 1, '00000000000000a1', '2026-09-01'),
       (102, 2, '00000000000000a2', '2026-09-01'), (103, 1, '00000000000000a3', '2026-10-04')`,
  );
  await announce(101, 11, "2026-09-20 00:00:00.5", DNS, ANSWERED);
  await announce(101, 12, "2026-09-20 00:00:00.5", CLEAN);
  await announce(101, 13, "2026-10-01 06:30:00", NEAR, STEADY, KEPT);
  await announce(102, 13, "2026-10-01 06:30:00.1", NEAR, STEADY, KEPT);
  await announce(
    103,
    11,
    "2026-10-04 12:00:00",
    [...DNS.slice(0, 2), 20_000_000, ...DNS.slice(3)] as Declared,
    ANSWERED,
  );
  await announce(103, 12, "2026-10-04 12:00:00");
  await announce(103, 13, "2026-10-04 12:00:00", NEAR, STEADY, KEPT);
  await run("INSERT INTO hop VALUES (13, 1, 'probe1', 'eth0'), (13, 2, 'probe2', NULL)");
  // probe2 watches as probe1 does, but for the morning of the 5th.
  await run(
    `INSERT INTO capsttable_1h (bucket_start, probe_no, interface, covered_s, packets, kernel_dropped, clock_error_max_ns)
     SELECT bucket_start, 2, 'eth1', 3600, 100000, 0, 1000 FROM capsttable_1h
      WHERE probe_no = 1 AND bucket_start NOT BETWEEN '2026-10-05 00:00:00' AND '2026-10-05 11:00:00'`,
  );
  await run("UPDATE capsttable_1h SET kernel_dropped = 0, clock_error_max_ns = 2000 WHERE probe_no = 1");
}

/** Numbers that look random and are the same at every run (Lehmer). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48271) % 2147483647;
    return state % sides;
  };
}

const DAYS = ["2026-10-01", "2026-10-02", "2026-10-04", "2026-10-05"];
const HOURS = DAYS.flatMap((day) =>
  Array.from({ length: 24 }, (_, hour) => `${day} ${String(hour).padStart(2, "0")}:00:00`),
);

async function measure(): Promise<void> {
  const roll = dice(7);
  for (const [flow, probe, classNo] of [
    [21, 1, 11],
    [22, 1, 11],
    [23, 1, 12],
    [24, 2, 11],
  ]) {
    await run(
      "INSERT INTO flow (flow_no, description_hash, probe_no, class_no, account, two_way) VALUES (?, UNHEX(MD5(?)), ?, ?, 0, 1)",
      [flow, `flow ${flow}`, probe, classNo],
    );
  }
  for (const hour of HOURS) {
    for (const flow of [21, 22, 24]) {
      const replied = roll(20) === 0 ? 1 : 100 + roll(1000);
      const unanswered = roll(8) === 0 ? roll(40) : 0;
      const delays = Array.from({ length: 3 }, () => (roll(100) + 1) * 1_000_000);
      const [low, high] = [Math.min(...delays), Math.max(...delays)];
      await run(
        `INSERT INTO twowaytable_1h (flow_no, bucket_start, protocol, requests, replied, unanswered, late, repeats, duplicate_replies,
           delay_sum_ns, delay_sum_squares, delay_min_ns, delay_max_ns, last_copy_delay_sum_ns)
         VALUES (?, ?, 'dns', ?, ?, ?, 0, 0, 0, 0, 0, ?, ?, 0)`,
        [flow, hour, replied + unanswered, replied, unanswered, low, high],
      );
      const parts = [replied - 2 * Math.floor(replied / 3), Math.floor(replied / 3), Math.floor(replied / 3)];
      for (const [at, delay] of delays.entries()) {
        if (parts[at] === 0) continue;
        await run(
          "INSERT INTO twowaydelaytable_1h VALUES (?, ?, 'dns', ?, ?) ON DUPLICATE KEY UPDATE samples = samples + VALUES(samples)",
          [flow, hour, bucketOf(delay), parts[at]],
        );
      }
    }
    await run(`INSERT INTO tcpcttable_1h SET flow_no = 23, bucket_start = ?, ${await zeros("tcpcttable_1h")}`, [hour]);
    await run(
      "UPDATE tcpcttable_1h SET fwd_packets = ?, rev_packets = 5000, fwd_retransmitted_segments = ?, rev_retransmitted_segments = ? WHERE bucket_start = ?",
      [5000 + roll(5000), roll(80), roll(40), hour],
    );
    const latency = 8_000_000 + roll(16) * 1_000_000;
    const slow = latency + (roll(10) === 0 ? 15_000_000 : 500_000);
    const lost = roll(6) === 0 ? roll(50) : roll(2);
    await run(
      `INSERT INTO owcttable_1h SET class_no = 13, from_hop = 1, to_hop = 2, bucket_start = ?, ${await zeros("owcttable_1h")}`,
      [hour],
    );
    await run(
      `UPDATE owcttable_1h SET matched_packets = 9000, lost_packets = ?, unknown_packets = ?, latency_min_ns = ?, latency_max_ns = ?
        WHERE bucket_start = ? AND class_no = 13`,
      [lost, roll(30) === 0 ? 100 : 0, latency, slow, hour],
    );
    for (const [ns, samples] of [
      [latency, 8000],
      [slow, 1000],
    ])
      await run(
        "INSERT INTO owlatencytable_1h VALUES (13, 1, 2, ?, ?, ?) ON DUPLICATE KEY UPDATE samples = samples + VALUES(samples)",
        [hour, bucketOf(ns!), samples],
      );
  }
}

/** Columns of a table that must have a value, at 0. */
async function zeros(table: string): Promise<string> {
  const [rows] = await run(
    `SELECT column_name AS name FROM information_schema.columns
      WHERE table_schema = DATABASE() AND table_name = ? AND is_nullable = 'NO' AND column_key <> 'PRI'`,
    [table],
  );
  return (rows as { name: string }[]).map(({ name }) => `${name} = 0`).join(", ");
}

interface Outcome {
  readonly class: string;
  readonly objective: string;
  readonly place: string;
  readonly verdict: string;
  readonly target: string;
  readonly samples: string;
  readonly hours: Readonly<Record<string, number>>;
}

/** The report of the five days, and what its JSON says. */
function made(...args: string[]) {
  const report = spawnSync(process.execPath, bench.command("--json", ...args), { encoding: "utf8" });
  expect(report.stderr).toBe("");
  const told = JSON.parse(report.stdout.trim().split("\n").at(-1)!) as {
    pdf: string;
    csv: string;
    totalBytes: string;
    objectives: Outcome[];
  };
  const text = execFileSync("pdftotext", ["-layout", told.pdf, "-"], { encoding: "utf8" });
  return { told, text, words: text.replace(/\s+/g, " ") };
}

/** Hours and samples by a statement of one's own, without the program. */
async function bySql(sql: string): Promise<Record<string, string>> {
  const [rows] = await run(sql);
  return Object.fromEntries(
    Object.entries((rows as Record<string, unknown>[])[0]!).map(([name, value]) => [name, String(value)]),
  );
}

const WATCHED = "bucket_start IN (SELECT bucket_start FROM capsttable_1h WHERE probe_no = 1 AND covered_s >= 3420)";

/** Shares of a table by hour, judged. `wellIs`: a condition on `part` and `whole`. */
async function sharesBySql(select: string, wellIs: string): Promise<Record<string, string>> {
  return await bySql(
    `SELECT SUM(whole >= 5 AND ${wellIs}) AS within_hours, SUM(whole >= 5 AND NOT (${wellIs})) AS beyond,
            SUM(whole < 5) AS few, SUM(whole) AS samples FROM (${select}) AS hours`,
  );
}

test(
  "hours, samples and verdicts are those of the tables, in PDF, CSV, JSON and SQL alike",
  async () => {
    const { told, text, words } = made();
    const csv = parsed(told.csv, "objective-hours");
    const verdicts = parsed(told.csv, "objectives");
    const find = (name: string, place: string, at = 0) =>
      told.objectives.filter((each) => each.objective === name && each.place === place)[at]!;

    const answered = await sharesBySql(
      `SELECT SUM(replied) AS part, SUM(requests) AS whole FROM twowaytable_1h JOIN flow USING (flow_no)
      WHERE probe_no = 1 AND class_no = 11 AND ${WATCHED} GROUP BY bucket_start`,
      "part * 1000000 >= 990000 * whole",
    );
    expect(find("dns-there", "probe1").hours).toEqual({
      all: 120,
      within: Number(answered.within_hours),
      beyond: Number(answered.beyond),
      unclear: 0,
      few: Number(answered.few),
      unmeasured: 24,
    });
    expect(Number(answered.within_hours)).toBeGreaterThan(10);
    expect(Number(answered.beyond)).toBeGreaterThan(3);
    expect(find("dns-there", "probe1").samples).toBe(answered.samples);
    // 24 hours without a probe of 120 are more than the twentieth that may be missing.
    expect(find("dns-there", "probe1").verdict).toBe("not enough data");

    const clean = await sharesBySql(
      `SELECT fwd_retransmitted_segments + rev_retransmitted_segments AS part, fwd_packets + rev_packets AS whole
       FROM tcpcttable_1h WHERE flow_no = 23 AND bucket_start < '2026-10-04 12:00:00'`,
      "part * 1000000 <= 7000 * whole",
    );
    expect(find("tcp-clean", "probe1").hours).toMatchObject({
      all: 84,
      within: Number(clean.within_hours),
      beyond: Number(clean.beyond),
      unmeasured: 24,
    });

    const kept = await bySql(
      `SELECT SUM((lost_packets + unknown_packets) * 1000000 <= 1000 * whole) AS within_hours,
            SUM(lost_packets * 1000000 > 1000 * whole) AS beyond,
            SUM(lost_packets * 1000000 <= 1000 * whole AND (lost_packets + unknown_packets) * 1000000 > 1000 * whole) AS unclear,
            SUM(matched_packets + lost_packets) AS samples
       FROM (SELECT *, matched_packets + lost_packets + unknown_packets AS whole FROM owcttable_1h
              WHERE class_no = 13 AND bucket_start >= '2026-10-01 06:00:00'
                AND bucket_start NOT BETWEEN '2026-10-05 00:00:00' AND '2026-10-05 11:00:00') AS hours`,
    );
    const loss = find("kept", "hop 1 to 2");
    expect(loss.hours).toEqual({
      all: 114,
      within: Number(kept.within_hours),
      beyond: Number(kept.beyond),
      unclear: Number(kept.unclear),
      few: 0,
      unmeasured: 36,
    });
    expect(Number(kept.unclear)).toBeGreaterThan(0);
    expect(loss.samples).toBe(kept.samples);

    // The percentile again, from the buckets by a window function.
    for (const [at, target, span] of [
      [0, 80_000_000n, "bucket_start < '2026-10-04 12:00:00'"],
      [1, 20_000_000n, "bucket_start >= '2026-10-04 12:00:00'"],
    ] as const) {
      const [rows] = await run(
        `SELECT bucket_start, MIN(histogram_bucket) AS bucket FROM (
         SELECT bucket_start, histogram_bucket, SUM(SUM(samples)) OVER (PARTITION BY bucket_start ORDER BY histogram_bucket) AS seen,
                SUM(SUM(samples)) OVER (PARTITION BY bucket_start) AS whole
           FROM twowaydelaytable_1h JOIN flow USING (flow_no)
          WHERE probe_no = 1 AND class_no = 11 AND ${span} GROUP BY bucket_start, histogram_bucket) AS x
        WHERE seen >= CEIL(0.95 * whole) AND whole >= 5 GROUP BY bucket_start`,
      );
      const buckets = (rows as { bucket: number }[]).map(({ bucket }) => Number(bucket));
      const { hours } = find("dns-fast", "probe1", at);
      const surely = buckets.filter((bucket) => BigInt(bucketLowerNs(bucket + 1)) - 1n <= target).length;
      const surelyNot = buckets.filter((bucket) => BigInt(bucketLowerNs(bucket)) > target).length;
      expect(hours.within! + hours.beyond! + hours.unclear!).toBe(buckets.length);
      // The exact least and greatest of an hour may decide what the bucket leaves open.
      expect(hours.within).toBeGreaterThanOrEqual(surely);
      expect(hours.beyond).toBeGreaterThanOrEqual(surelyNot);
      expect(hours.unclear).toBeLessThanOrEqual(buckets.length - surely - surelyNot);
    }

    expect(told.objectives).toHaveLength(csv.length);
    for (const [at, outcome] of told.objectives.entries()) {
      expect(csv[at]).toMatchObject({
        class: outcome.class,
        objective: outcome.objective,
        place: outcome.place,
        hours: String(outcome.hours.all),
        hours_within: String(outcome.hours.within),
        hours_beyond: String(outcome.hours.beyond),
        hours_unclear: String(outcome.hours.unclear),
        hours_with_few_samples: String(outcome.hours.few),
        hours_not_measured: String(outcome.hours.unmeasured),
        samples: outcome.samples,
      });
      expect(verdicts[at]!.verdict).toBe(outcome.verdict);
      const grouped = (text: string) => text.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
      const { hours } = outcome;
      const numbers = [hours.all, hours.within, hours.beyond, hours.unclear, hours.few, hours.unmeasured].join("\\s+");
      if (outcome.objective !== LONG)
        expect(text, outcome.objective).toMatch(
          new RegExp(`${outcome.objective}\\s+${outcome.place}\\s+${numbers}\\s+${grouped(outcome.samples)}\\s`),
        );
    }
    // Every breach stands in the file, with its evidence.
    const breaches = parsed(told.csv, "objective-breaches");
    const beyond = told.objectives.reduce((sum, { hours }) => sum + hours.beyond! + hours.unclear!, 0);
    expect(breaches).toHaveLength(beyond);
    for (const row of breaches.filter(({ objective, state }) => objective === "kept" && state === "beyond")) {
      expect(row.evidence).toBe(
        `${row.measured_part} lost${row.unknown_packets === "0" ? "" : `, ${row.unknown_packets} unknown`}`,
      );
      expect(BigInt(row.measured_part!) * 1_000_000n).toBeGreaterThan(1000n * BigInt(row.measured_whole!));
    }
    for (const said of ["RFC 2681", "RFC 7679", "RFC 7680", "RFC 5481", "RFC 6673", "RFC 2330"])
      expect(words).toContain(said);
  },
  SEVERAL_MS,
);

test(
  "a target holds from the hour of its announcement, and what is no longer announced is over",
  () => {
    const { told } = made("-r", "operator");
    const dns = told.objectives.filter(({ objective, place }) => objective === "dns-fast" && place === "probe1");
    expect(dns.map(({ target, hours }) => [target, hours.all])).toEqual(
      [
        ["20000000", 36],
        ["80000000", 84],
      ].reverse(),
    );
    const [near] = told.objectives.filter(({ objective }) => objective === "near");
    // Announced at half past six, it is judged from that hour on, and stands once, whichever probe told it.
    expect(near!.hours.all).toBe(120 - 6);
    expect(told.objectives.filter(({ objective }) => objective === "near")).toHaveLength(1);
    const before = made("-s", "2026-09-10", "-e", "2026-09-30");
    expect(before.told.objectives.map(({ objective, hours }) => [objective, hours.all])).toEqual([
      ["dns-fast", 11 * 24],
      ["dns-there", 11 * 24],
      ["tcp-clean", 11 * 24],
    ]);
  },
  SEVERAL_MS,
);

test(
  "enough data makes a verdict: met, and missed",
  () => {
    const { told, words } = made("-s", "2026-10-01", "-e", "2026-10-02");
    const verdictOf = (name: string) => told.objectives.find(({ objective }) => objective === name)!.verdict;
    expect(verdictOf("tcp-clean")).toBe("missed");
    expect(verdictOf("dns-fast")).toMatch(/met|missed/);
    expect(words).toMatch(
      /tcp-clean of class web at probe1 is missed: at most 0.7 % of TCP segments sent again was promised for 100 % of the hours, and held in \d+ of 48 judged hours/,
    );
  },
  SEVERAL_MS,
);

test(
  "zones off the whole hour have each hour once, on the day on which it begins",
  () => {
    const { told } = made("--zone", "Asia/Kathmandu", "-s", "2026-10-02", "-e", "2026-10-02");
    const clean = told.objectives.find(({ objective }) => objective === "tcp-clean")!;
    // Midnight there is 18:15 UTC: the hours from 19:00 to 18:00 of the next day begin on that day.
    expect(clean.hours.all).toBe(24);
    const hours = parsed(told.csv, "objective-breaches").filter(({ objective }) => objective === "tcp-clean");
    expect(hours.length).toBeGreaterThan(0);
    for (const { hour_from: local, hour_utc: utc } of hours) {
      expect(local).toMatch(/^2026-10-02 \d\d:45$/);
      expect(utc! >= "2026-10-01 19:00:00" && utc! <= "2026-10-02 18:00:00").toBe(true);
    }
  },
  SEVERAL_MS,
);

test("a database made before there were objectives has none; one that lacks another table is told what to do", async () => {
  const database = await ConnectedDatabase.open(join(bench.folder, "db.cred"), null);
  const period = periodOf("2026-10-02", "2026-10-03", new Zone("UTC"));
  await run("RENAME TABLE objective TO objective_away");
  try {
    expect(await askPromises(database, period, Date.UTC(2026, 9, 9))).toEqual([]);
    await run("RENAME TABLE objective_away TO objective, flow_class TO flow_class_away");
    await database.close();
    const again = await ConnectedDatabase.open(join(bench.folder, "db.cred"), null);
    try {
      const asked = askPromises(again, period, Date.UTC(2026, 9, 9));
      await expect(asked).rejects.toMatchObject({
        code: "REPORTS_NO_TABLES",
        hint: expect.stringMatching(/upgrade: mysql < trafMon_templateDB.sql, then trafMon_loader once/),
      });
    } finally {
      await again.close();
    }
  } finally {
    await run("RENAME TABLE flow_class_away TO flow_class");
  }
});

test("hours that are not over are no hours without data", async () => {
  const database = await ConnectedDatabase.open(join(bench.folder, "db.cred"), null);
  try {
    const period = periodOf("2026-10-02", "2026-10-03", new Zone("UTC"));
    const at = async (nowMs: number) => (await askPromises(database, period, nowMs)).map(({ hours }) => hours.length);
    expect(new Set(await at(Date.UTC(2026, 9, 2, 10, 59)))).toEqual(new Set([10]));
    expect(new Set(await at(Date.UTC(2026, 9, 2, 11)))).toEqual(new Set([11]));
    expect(await at(Date.UTC(2026, 9, 2, 0, 30))).toEqual([]);
    expect(new Set(await at(Date.UTC(2026, 9, 9)))).toEqual(new Set([48]));
  } finally {
    await database.close();
  }
});

/** Rows of a CSV file by heading. No cell of these files has a line break. */
function parsed(folder: string, name: string): Record<string, string>[] {
  const text = execFileSync("cat", [`${folder}/${name}.csv`], { encoding: "utf8" });
  const [head, ...lines] = text
    .trimEnd()
    .split("\r\n")
    .map((line) =>
      [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, field]) =>
        field!.startsWith('"') ? field!.slice(1, -1).replaceAll('""', '"') : field!,
      ),
    );
  return lines.map((cells) => Object.fromEntries(head!.map((column, at) => [column, cells[at]!])));
}
