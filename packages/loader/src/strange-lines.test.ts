import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoaderUnderTest } from "./fixtures/loader-under-test.ts";
import { CAPST, FLOW, IPCT, SAMPLE_START_S, SampleLogs } from "./fixtures/sample-logs.ts";

/**
 * Lines that are well formed and that the tables cannot hold. One that reached the server would be refused there with its
 * whole batch, now and at every further pass: nothing of any probe would be loaded any more.
 */
let bench: LoaderUnderTest;

beforeEach(async () => {
  bench = await LoaderUnderTest.make();
});
afterEach(async () => {
  await bench.remove();
});

const LONG = "x".repeat(65);
const OTHER_RUN = "00000000000000a2";
const OWCT = { interval_start_s: SAMPLE_START_S, interval_s: 60, class: "ok" };

test("lines of a probe whose name is too long are refused", async () => {
  for (const [probe, run] of [
    ["p1", "00000000000000a1"],
    [LONG, OTHER_RUN],
  ] as const) {
    new SampleLogs(probe, run).add("capst", CAPST).add("flow", FLOW).write(bench.path);
  }
  expect(await bench.load()).toMatchObject({ linesLoaded: 2, linesRejected: 2 });
});

test("a class whose name is too long is refused, whatever names it", async () => {
  const logs = new SampleLogs("p1");
  logs.add("flow", FLOW).add("flow", { ...FLOW, flow_id: 8, class: LONG });
  logs.add("owct", OWCT).add("owct", { ...OWCT, class: LONG });
  logs.add("slice", { class: LONG, metric: "ipsz" }).add("owhop", { class: LONG, hop: 1 });
  logs.add("objective", { class: LONG, metric: "none" });
  logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 2, linesRejected: 5 });
});

test("a name with a blank at its end is refused: the server takes it for the one without", async () => {
  new SampleLogs("p1").add("owct", OWCT).write(bench.path);
  new SampleLogs("p1 ", OTHER_RUN)
    .add("owct", OWCT)
    .add("owct", { ...OWCT, class: "ok " })
    .write(bench.path);
  new SampleLogs("p2", "00000000000000a3").add("owct", { ...OWCT, class: "ok " }).write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 1, linesRejected: 3 });
});

test("a metric that is not ASCII is refused", async () => {
  new SampleLogs("p1").add("slice", { class: "all", metric: "é" }).write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 0, linesRejected: 1 });
});

test("a histogram's bucket beyond the greatest is refused", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW);
  for (const buckets of [
    [0, 2, 65_535, 1],
    [0, 2, 65_536, 1],
  ]) {
    logs.add("tcpct", { ...IPCT, fwd_rtt_samples: 3, fwd_rtt_histogram: buckets });
  }
  logs.write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 2, linesRejected: 1 });
});

test("a file that is mostly newlines is refused line by line", async () => {
  const [name] = new SampleLogs("p1").add("capst", CAPST).write(bench.path);
  writeFileSync(join(bench.path, name!), "\n".repeat(300_000), { flag: "a" });
  expect(await bench.load()).toMatchObject({ linesLoaded: 1, linesRejected: 300_000 });
});

test("texts of odd characters arrive as they were", async () => {
  const text = "a\0b\tc\\d\ne\rf\u2028g\u{1f600}\x1a\b'\"%_\\N ";
  const name = "e\0\\\u{1f600}";
  const logs = new SampleLogs("p1").add("event", { at_s: SAMPLE_START_S, text, parameters: text });
  logs.add("capst", { ...CAPST, interface: name }).write(bench.path);
  expect(await bench.load()).toMatchObject({ linesLoaded: 2, linesRejected: 0 });
  expect(await bench.rows("SELECT text, parameters FROM eventtable")).toEqual([{ text, parameters: text }]);
  for (const suffix of ["", "_1m", "_1h", "_1d"]) {
    expect(await bench.rows(`SELECT interface FROM capsttable${suffix}`)).toEqual([{ interface: name }]);
  }
});
