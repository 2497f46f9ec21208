import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DataPdu } from "@trafmon/observation";
import { FakeClock } from "@trafmon/runtime";
import { type Configuration, parseConfiguration } from "@trafmon/settings";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endPdu, flowPdu, ipPdu } from "../fixtures/test-probe.ts";
import { WatchedLife } from "../fixtures/watched-life.ts";

/** A whole minute of the probe's. The collector's own clock is years off on purpose: figures do not go by it. */
const START_S = 1_700_000_040;
/** Packets of 100 bytes in a minute that make more than the level of `full`, and fewer. */
const MANY = 1000;
const FEW = 10;

let directory: string;
let clock: FakeClock;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "alerts-"));
  clock = new FakeClock();
});
afterEach(() => rmSync(directory, { recursive: true }));

const SILENT = '<alert name="silent" metric="silence" above="1min"/>';
const FULL = '<alert name="full" metric="bitRate" above="10kbit" for="3min"/>';

function configuration({ ofProbe = SILENT, ofClass = FULL, collector = "c" } = {}): Configuration {
  return parseConfiguration(
    `<trafMon><collectors><collector name="c" logDir="${directory}/logs" stateDir="${directory}/state"/><collector name="d"/></collectors>
     <probes><probe name="p"><sendTo collector="${collector}"/>${ofProbe}</probe></probes>
     <flowClasses><flowClass name="all" account="yes"><ipCounters/>${ofClass}</flowClass></flowClasses></trafMon>`,
    "test.xml",
  );
}

async function life(epoch = "1", given = configuration()): Promise<WatchedLife> {
  const begun = new WatchedLife(given, clock, epoch);
  await begun.start();
  return begun;
}

/** PDUs of a run, numbered as they come, each taken when the minute given, counted from the start, is over. */
class RunOfPdus {
  readonly #digit: string;
  #sequence = 0;

  constructor(digit: string) {
    this.#digit = digit;
  }

  /** The run begins in the minute before: the first whole minute is this one. */
  begin(watch: WatchedLife, minute: number): void {
    this.#take(watch, flowPdu(++this.#sequence, [1], { watermark: { s: START_S + 60 * minute - 30, nanos: 0 } }));
  }

  minute(watch: WatchedLife, minute: number, packets: number): void {
    const watermark = { s: START_S + 60 * (minute + 1) + 10, nanos: 0 };
    this.#take(watch, ipPdu(++this.#sequence, 1, START_S + 60 * minute, packets, { watermark }));
  }

  end(watch: WatchedLife): void {
    this.#take(watch, endPdu(++this.#sequence));
  }

  #take(watch: WatchedLife, pdu: DataPdu): void {
    watch.hear("p", this.#digit, [pdu]);
    watch.pass(1);
  }
}

test("a probe that ended in order is not silent, in this life of the collector and the next", async () => {
  const first = await life("1");
  const run = new RunOfPdus("a");
  run.begin(first, 0);
  run.end(first);
  first.pass(90);
  first.forget("p", "a");
  first.pass(90);
  await first.end();
  const second = await life("2");
  second.pass(90);
  expect([...first.told, ...second.told]).toEqual([]);
  await second.end();
});

test("an alert of silence is over when the probe ends in order, even as soon as it is back", async () => {
  const watch = await life();
  new RunOfPdus("a").begin(watch, 0);
  watch.pass(70);
  const told = ["probe_silent", "silent of probe p is raised"];
  expect(watch.told).toEqual(told);
  watch.hear("p", "b", [flowPdu(1, [1]), endPdu(2)]);
  watch.pass(90);
  expect(watch.told).toEqual([...told, "probe_back", "silent of probe p is cleared"]);
  await watch.end();
});

test("a probe that sends elsewhere now has none of its alerts here", async () => {
  const watch = await life();
  const run = new RunOfPdus("a");
  run.begin(watch, 0);
  for (const minute of [0, 1, 2]) run.minute(watch, minute, MANY);
  watch.pass(70);
  expect(watch.told.filter((each) => each.includes("raised"))).toHaveLength(2);
  watch.useConfiguration(configuration({ collector: "d" }));
  watch.pass(90);
  expect(watch.told.filter((each) => !each.includes("raised"))).toEqual([
    "probe_silent",
    "silent of probe p is cleared",
    "full of class all at probe p is cleared",
  ]);
  await watch.end();
});

test("a probe that goes on sending here though it is to send elsewhere raises nothing here", async () => {
  const watch = await life("1", configuration({ collector: "d" }));
  const run = new RunOfPdus("a");
  run.begin(watch, 0);
  for (const minute of [0, 1, 2, 3]) run.minute(watch, minute, MANY);
  watch.pass(90);
  expect(watch.told).toEqual([]);
  watch.useConfiguration(configuration());
  run.begin(watch, 5);
  for (const minute of [5, 6, 7]) run.minute(watch, minute, MANY);
  expect(watch.told).toEqual(["full of class all at probe p is raised"]);
  await watch.end();
});

test("a collector that is started again does not clear the silence of a probe it has not heard", async () => {
  const first = await life("1");
  new RunOfPdus("a").begin(first, 0);
  first.pass(70);
  await first.end(false);
  const second = await life("2");
  second.pass(90);
  expect(second.told).toEqual(["probe_silent"]);
  second.pass(2, ["p", "b"]);
  expect(second.told).toEqual(["probe_silent", "probe_back", "silent of probe p is cleared"]);
  await second.end();
});

test("a probe that was never heard is silent from the collector's start on, and while nobody is heard none is", async () => {
  const watch = await life();
  watch.pass(50);
  watch.isListening = false;
  watch.pass(300);
  watch.isListening = true;
  watch.pass(55);
  expect(watch.told).toEqual([]);
  watch.pass(10);
  expect(watch.told).toEqual(["silent of probe p is raised"]);
  await watch.end();
});

test("what the configuration watches no more is cleared, also by a restart", async () => {
  const first = await life("1", configuration({ ofProbe: "" }));
  const run = new RunOfPdus("a");
  run.begin(first, 0);
  for (const minute of [0, 1, 2]) run.minute(first, minute, MANY);
  expect(first.told).toEqual(["full of class all at probe p is raised"]);
  await first.end(false);
  const second = await life("2", configuration({ ofProbe: "", ofClass: "" }));
  expect(second.told).toEqual(["full of class all at probe p is cleared"]);
  await second.end();
  const third = await life("3", configuration({ ofProbe: "" }));
  expect(third.told).toEqual([]);
  await third.end();
});

test("minutes beyond the level are counted by packet time, across runs of the probe and lives of the collector", async () => {
  const first = await life("1");
  const before = new RunOfPdus("a");
  before.begin(first, 0);
  before.minute(first, 0, MANY);
  before.minute(first, 1, MANY);
  first.pass(10);
  await first.end(false);
  const second = await life("2");
  // A day late, all at once, and of another run: minute 2 was whole for nobody.
  clock.advance(86_400_000);
  const after = new RunOfPdus("b");
  after.begin(second, 3);
  expect(second.told).toEqual([]);
  after.minute(second, 3, MANY);
  expect(second.told).toEqual(["full of class all at probe p is raised"]);
  after.minute(second, 4, FEW);
  expect(second.told.at(-1)).toBe("full of class all at probe p is cleared");
  await second.end();
});

test("a backlog that is taken in a moment is judged as if it had come as it was captured", async () => {
  const watch = await life();
  const run = new RunOfPdus("a");
  run.begin(watch, 0);
  const minutes = [MANY, MANY, FEW, MANY, MANY, MANY, FEW];
  for (const [minute, packets] of minutes.entries()) run.minute(watch, minute, packets);
  expect(watch.told).toEqual(["full of class all at probe p is raised", "full of class all at probe p is cleared"]);
  await watch.end();
});
