import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoaderUnderTest, testConnection } from "./fixtures/loader-under-test.ts";
import { CAPST, FLOW, IPCT, SAMPLE_START_S, SampleLogs } from "./fixtures/sample-logs.ts";

let bench: LoaderUnderTest;

beforeEach(async () => {
  bench = await LoaderUnderTest.make();
});
afterEach(async () => {
  await bench.remove();
});

test("nothing in rejected/ is overwritten by what comes under the same name", async () => {
  const [name] = new SampleLogs("p1").add("flow", FLOW).addLine("flow", "garbage").write(bench.path);
  await bench.load();
  const rejected = join(bench.path, "rejected");
  for (const text of ["one\n", "other\n"]) {
    writeFileSync(join(bench.path, name!), text);
    expect(await bench.load()).toMatchObject({ filesRejected: 1 });
  }
  expect(readFileSync(join(rejected, `${name}.rej`), "utf8")).toContain("garbage");
  const texts = readdirSync(rejected).filter((each) => !each.endsWith(".rej"));
  expect(texts.map((each) => readFileSync(join(rejected, each), "utf8")).sort()).toEqual(["one\n", "other\n"]);
  for (const each of texts) expect(existsSync(join(rejected, `${each}.rej`))).toBe(true);
});

test("records that came in another file already are refused line by line, the new ones of that file are loaded", async () => {
  const logs = new SampleLogs("p1");
  logs.add("flow", FLOW).add("ipct", { ...IPCT, fwd_packets: 1, fwd_bytes: 40 });
  logs.add("tcpct", { ...IPCT, fwd_rtt_samples: 1, fwd_rtt_histogram: [100, 1] });
  const names = logs.write(bench.path);
  const lines = new Map(names.map((name) => [name, readFileSync(join(bench.path, name), "utf8").split("\n")[1]!]));
  await bench.load();
  for (const [name, line] of lines) {
    const type = name.split("_")[0] as "ipct" | "tcpct";
    if (name.startsWith("flow")) continue;
    logs
      .addLine(type, line)
      .add(type, { ...IPCT, fwd_packets: 2, ...(type === "tcpct" ? { fwd_rtt_histogram: [100, 4] } : {}) });
  }
  const again = logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ filesLoaded: 2, linesLoaded: 2, linesRejected: 2 });
  const [sum] = await bench.rows("SELECT CAST(SUM(fwd_packets) AS UNSIGNED) AS packets FROM ipcttable_1h");
  expect(sum).toEqual({ packets: 3 });
  expect(await bench.rows("SELECT samples FROM tcprtttable_1d")).toEqual([{ samples: 5 }]);
  const reason = readFileSync(
    join(bench.path, "rejected", `${again.find((name) => name.startsWith("ipct"))}.rej`),
    "utf8",
  );
  expect(reason).toContain("2\trecord already loaded\trecord_no\tp1\\t");
});

test("malformed lines are rejected with number and reason, the others are loaded", async () => {
  const logs = new SampleLogs("p1");
  logs.add("flow", FLOW).add("flow", { ...FLOW, flow_id: 8, fwd_port: 70_000 });
  logs.add("ipct", { ...IPCT, fwd_packets: 5, fwd_bytes: 500 });
  logs.addLine("ipct", "p1\t00000000000000a1\t2\t7\tgarbage");
  logs.addLine("ipct", "");
  logs.add("ipct", { ...IPCT, fwd_packets: 6, fwd_bytes: 600 });
  logs.add("event", {
    at_s: SAMPLE_START_S,
    code: "x",
    text: "tab \t, newline \n, backslash \\ and \u{1F310} arrive",
    parameters: "{}",
  });
  const names = logs.write(bench.path);
  const ipct = names.find((name) => name.startsWith("ipct"))!;
  writeFileSync(join(bench.path, ipct), `${readFileSync(join(bench.path, ipct), "utf8")}cut off`);

  expect(await bench.load()).toMatchObject({ filesLoaded: 3, linesLoaded: 4, linesRejected: 4 });
  const [sum] = await bench.rows("SELECT CAST(SUM(fwd_packets) AS UNSIGNED) AS packets FROM ipcttable");
  expect(sum).toEqual({ packets: 11 });
  expect(readFileSync(join(bench.path, "rejected", `${ipct}.rej`), "utf8")).toBe(
    "line\treason\tcolumn\ttext\n" +
      "3\tfield count\t\tp1\\t00000000000000a1\\t2\\t7\\tgarbage\n" +
      "4\tfield count\t\t\n" +
      "6\tno newline at the end\t\tcut off\n",
  );
  const flow = names.find((name) => name.startsWith("flow"))!;
  expect(readFileSync(join(bench.path, "rejected", `${flow}.rej`), "utf8")).toContain("3\tout of range\tfwd_port\t");
  expect(await bench.rows("SELECT text FROM eventtable")).toEqual([
    { text: "tab \t, newline \n, backslash \\ and \u{1F310} arrive" },
  ]);
});

test("a file with another header, and an empty one, are refused whole", async () => {
  const names = new SampleLogs("p1").add("ipct", IPCT).write(bench.path);
  writeFileSync(join(bench.path, names[0]!), "probe\trun\n");
  writeFileSync(join(bench.path, names[0]!.replace("ipct", "udpct")), "");
  expect(await bench.load()).toMatchObject({ filesLoaded: 0, filesRejected: 2 });
  expect(readdirSync(join(bench.path, "rejected")).sort()).toHaveLength(4);
});

test("a file that refers to a flow not described yet waits for it, and is refused after its time", async () => {
  const logs = new SampleLogs("p1");
  logs.add("ipct", { ...IPCT, fwd_packets: 3 });
  const [early] = logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ filesLoaded: 0, filesWaiting: 1 });
  logs.add("flow", FLOW).write(bench.path);
  expect(await bench.load()).toMatchObject({ filesLoaded: 2, filesWaiting: 0 });
  expect(await bench.rows("SELECT file_name FROM load_history WHERE file_name = ?", [early])).toHaveLength(1);

  const [lost] = logs
    .add("ipct", { ...IPCT, flow_id: 99 })
    .add("ipct", IPCT)
    .write(bench.path);
  utimesSync(join(bench.path, lost!), 0, 0);
  expect(await bench.load()).toMatchObject({ filesLoaded: 1, linesLoaded: 1, linesRejected: 1, filesWaiting: 0 });
  expect(readFileSync(join(bench.path, "rejected", `${lost}.rej`), "utf8")).toContain(
    "2\tflow never described\tflow_id\t",
  );
});

test("where the feed of a probe is named, lines of other collectors are refused, by the time of their records", async () => {
  await bench.load();
  const at = (minute: number) => ({ interval_start_s: SAMPLE_START_S + 60 * minute });
  await bench.rows("INSERT INTO feed (probe, since, collector) VALUES ('p1', ?, 'relay'), ('p1', ?, 'central')", [
    new Date((SAMPLE_START_S + 60) * 1000),
    new Date((SAMPLE_START_S + 180) * 1000),
  ]);
  const written: string[] = [];
  for (const [collector, fwd_packets] of [
    ["central", 1],
    ["relay", 100],
  ] as const) {
    const logs = new SampleLogs("p1", "00000000000000a1", collector).add("flow", FLOW);
    // Record numbers of their own, so that nothing but the feed tells them apart.
    const firstRecord = collector === "central" ? 0 : 10;
    for (let nth = 0; nth < firstRecord; nth++) logs.add("ipct", IPCT);
    if (firstRecord > 0) logs.write(mkdtempSync(join(tmpdir(), "tm-feed-")));
    logs.add("flow", FLOW);
    for (let minute = 0; minute < 4; minute++) logs.add("ipct", { ...IPCT, ...at(minute), fwd_packets });
    written.push(...logs.write(bench.path));
  }
  // Of another probe, for which any collector counts.
  new SampleLogs("p2", "00000000000000c3", "other")
    .add("flow", FLOW)
    .add("ipct", { ...IPCT, fwd_packets: 7 })
    .write(bench.path);
  expect(await bench.load()).toMatchObject({ linesRejected: 3, filesRejected: 0 });
  const minutes = await bench.rows(
    `SELECT p.name, MINUTE(x.bucket_start) AS minute, CAST(SUM(x.fwd_packets) AS UNSIGNED) AS packets
       FROM ipcttable_1m x JOIN flow f USING (flow_no) JOIN probe p USING (probe_no) GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  expect(minutes).toEqual([
    // Before the first instant listed, both count.
    { name: "p1", minute: 50, packets: 101 },
    { name: "p1", minute: 51, packets: 100 },
    { name: "p1", minute: 52, packets: 100 },
    { name: "p1", minute: 53, packets: 1 },
    { name: "p2", minute: 50, packets: 7 },
  ]);
  const [hour] = await bench.rows("SELECT CAST(SUM(fwd_packets) AS UNSIGNED) AS packets FROM ipcttable_1h");
  expect(hour).toEqual({ packets: 309 });
  const reasons = written
    .filter((name) => existsSync(join(bench.path, "rejected", `${name}.rej`)))
    .map(
      (name) => readFileSync(join(bench.path, "rejected", `${name}.rej`), "utf8").match(/not the feed\tprobe/g)!.length,
    );
  expect(reasons).toEqual([2, 1]);
});

test("a database made before a table of the template was gets that table", async () => {
  await bench.load();
  await bench.rows("DROP TABLE feed");
  new SampleLogs("p1").add("flow", FLOW).write(bench.path);
  expect(await bench.load()).toMatchObject({ filesLoaded: 1 });
  expect(await bench.rows("SELECT * FROM feed")).toEqual([]);
});

test("an interval longer than an hour is refused: the hours could not hold it", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  logs.add("ipct", { ...IPCT, interval_s: 3601, fwd_packets: 4 }).add("ipct", { ...IPCT, fwd_packets: 1 });
  logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 2, linesRejected: 1 });
  const totals = await bench.accountTotals();
  expect(new Set(totals.map(({ packets }) => packets))).toEqual(new Set([1n]));
});

test("more new days than a clock can explain are refused, and the sane file beside them is loaded", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  for (let day = 0; day < 401; day++) logs.add("udpct", { ...IPCT, interval_start_s: 86_400 * (1 + 20 * day) });
  logs.add("ipct", { ...IPCT, fwd_packets: 1 });
  logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ filesLoaded: 2, filesRejected: 1 });
  expect(await bench.rows("SELECT fwd_packets FROM ipcttable")).toHaveLength(1);
  expect(readdirSync(join(bench.path, "rejected")).some((name) => name.startsWith("udpct"))).toBe(true);
});

test("what is read while a file of too many new days is refused keeps its numbers", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW).add("udpct", IPCT);
  logs.write(bench.path);
  await bench.load();
  for (let day = 0; day < 401; day++) logs.add("udpct", { ...IPCT, interval_start_s: 86_400 * (1 + 20 * day) });
  logs.write(bench.path);
  const probes = 500;
  for (let nth = 0; nth < probes; nth++) {
    const [line] = new SampleLogs(`new${nth}`).add("capst", { ...CAPST, packets: nth }).lines("capst");
    logs.addLine("capst", line!);
  }
  logs.write(bench.path);
  const secondConnection = await testConnection();
  try {
    // Each file is a batch, so that the second one is read while the first one is merged.
    expect(await bench.load({ secondConnection, batchBytes: 1 })).toMatchObject({ filesLoaded: 1, filesRejected: 1 });
  } finally {
    await secondConnection.end();
  }
  const right = await bench.rows(
    `SELECT COUNT(*) AS n FROM capsttable c JOIN probe_run USING (run_no) JOIN probe p USING (probe_no)
      WHERE p.name = CONCAT('new', c.packets)`,
  );
  expect(right).toEqual([{ n: probes }]);
});

test("a pass of many new days is loaded in slices, and a file of as many when it is said to be right", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  const day = (nth: number) => ({ ...IPCT, interval_start_s: SAMPLE_START_S + 86_400 * nth, fwd_packets: 1 });
  // 900 days over two leap days, in files of 150; the batch has them all.
  for (let nth = 0; nth < 900; nth++) {
    logs.add("ipct", day(nth));
    if (nth % 150 === 149) logs.write(bench.path);
  }
  expect(await bench.load()).toMatchObject({ filesLoaded: 7, filesRejected: 0, linesLoaded: 901 });
  const days = "SELECT COUNT(DISTINCT DATE(bucket_start)) AS days, CAST(SUM(fwd_packets) AS UNSIGNED) AS packets";
  for (const suffix of ["_1m", "_1h", "_1d"]) {
    expect(await bench.rows(`${days} FROM ipcttable${suffix}`)).toEqual([{ days: 900, packets: 900 }]);
  }
  // Where a year ends and where a leap day is, each day lies in the partition of its name.
  for (const [suffix, partitions] of [
    ["_1m", "p20271231, p20280229"],
    ["_1h", "p202712, p202802"],
    ["_1d", "p2027, p2028"],
  ]) {
    const kept = await bench.rows(
      `SELECT CAST(DATE(bucket_start) AS CHAR) AS day FROM ipcttable${suffix} PARTITION (${partitions})
        WHERE bucket_start >= '2027-12-31' AND bucket_start < '2028-01-01'
           OR bucket_start >= '2028-02-29' AND bucket_start < '2028-03-01' ORDER BY 1`,
    );
    expect(kept).toEqual([{ day: "2027-12-31" }, { day: "2028-02-29" }]);
  }
  for (let nth = 0; nth < 450; nth++) logs.add("tcpct", day(nth));
  const [name] = logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ filesLoaded: 0, filesRejected: 1 });
  expect(readFileSync(join(bench.path, "rejected", `${name}.rej`), "utf8")).toContain(
    "450 new days in one file, more than 400: is a clock wrong? If not, put it back and load it with --new-days 450",
  );
  renameSync(join(bench.path, "rejected", name!), join(bench.path, name!));
  expect(await bench.load({ maxNewDays: 450 })).toMatchObject({ filesLoaded: 1, linesLoaded: 450 });
  expect(await bench.rows(`${days} FROM tcpcttable_1d`)).toEqual([{ days: 450, packets: 450 }]);
});

test("numbers that add up to more than a column holds are refused with their file, and hold up no other", async () => {
  const most = Number.MAX_SAFE_INTEGER;
  const first = new SampleLogs("p1").add("flow", FLOW);
  for (let n = 0; n < 2047; n++) first.add("ipct", { ...IPCT, fwd_bytes: most });
  first.write(bench.path);
  const few = new SampleLogs("p1", "00000000000000b1").add("flow", FLOW).add("ipct", { ...IPCT, fwd_bytes: 7 });
  few.add("capst", CAPST).write(bench.path);
  await bench.load();
  const sum = 2047n * BigInt(most) + 7n;
  // Read together with one that fits.
  const tooMuch = new SampleLogs("p1", "00000000000000c1").add("flow", FLOW);
  for (let n = 0; n < 3; n++) tooMuch.add("ipct", { ...IPCT, fwd_bytes: most });
  tooMuch.write(bench.path);
  new SampleLogs("p1", "00000000000000d1")
    .add("flow", FLOW)
    .add("ipct", { ...IPCT, fwd_bytes: 9 })
    .write(bench.path);
  const result = await bench.load();
  expect(result).toMatchObject({ filesRejected: 1, filesLoaded: 3, filesWaiting: 0 });
  for (const suffix of ["", "_1m", "_1h", "_1d"]) {
    const [row] = await bench.rows(`SELECT CAST(SUM(fwd_bytes) AS CHAR) AS n FROM ipcttable${suffix}`);
    expect(row!.n, suffix).toBe(String(sum + 9n));
  }
  expect(await bench.load()).toMatchObject({ filesRejected: 0, filesLoaded: 0 });
});

test("records that all come again, and are more than one statement names, are counted once", async () => {
  const count = 20_001;
  for (const collector of ["central", "standby"]) {
    const logs = new SampleLogs("p1", "00000000000000a1", collector).add("flow", FLOW);
    for (let n = 0; n < count; n++) logs.add("ipct", { ...IPCT, fwd_packets: 1 });
    logs.write(bench.path);
    const isFirst = collector === "central";
    expect(await bench.load()).toMatchObject({ linesRejected: isFirst ? 0 : count });
    for (const suffix of ["", "_1m", "_1d"]) {
      const [row] = await bench.rows(`SELECT CAST(SUM(fwd_packets) AS UNSIGNED) AS n FROM ipcttable${suffix}`);
      expect(row!.n).toBe(count);
    }
  }
});
