import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "@trafmon/runtime";
import { type Configuration, parseConfiguration } from "@trafmon/settings";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endPdu, flowPdu } from "../fixtures/test-probe.ts";
import { WatchedLife } from "../fixtures/watched-life.ts";

let directory: string;
let clock: FakeClock;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "silence-"));
  clock = new FakeClock();
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Probe p, which sends to this collector unless told otherwise and says every 5 s that it lives. */
function configuration(collector = "c"): Configuration {
  return parseConfiguration(
    `<trafMon><collectors><collector name="c" logDir="${directory}/logs" stateDir="${directory}/state"/><collector name="d"/>
       <collector name="site"><forwardTo collector="c" address="192.0.2.1:7"/></collector></collectors>
     <probes><probe name="p"><sendTo collector="${collector}"/></probe></probes>
     <flowClasses><flowClass name="all" account="yes"><ipCounters/></flowClass></flowClasses></trafMon>`,
    "test.xml",
  );
}

async function life(epoch = "1", given = configuration()): Promise<WatchedLife> {
  const begun = new WatchedLife(given, clock, epoch);
  await begun.start();
  return begun;
}

test("a probe is silent after three heartbeats, told once, and back when it is heard", async () => {
  const watch = await life();
  watch.hear("p", "a");
  watch.pass(15);
  expect(watch.told).toEqual([]);
  watch.pass(20);
  expect(watch.told).toEqual(["probe_silent"]);
  watch.pass(1, ["p", "a"]);
  expect(watch.told).toEqual(["probe_silent", "probe_back"]);
  await watch.end();
});

test("while the collector listens to nobody nobody is silent, nor right after", async () => {
  const watch = await life();
  watch.hear("p", "a");
  watch.pass(10);
  watch.isListening = false;
  watch.pass(100);
  watch.isListening = true;
  watch.pass(15);
  expect(watch.told).toEqual([]);
  watch.pass(1);
  expect(watch.told).toEqual(["probe_silent"]);
  await watch.end();
});

test("a probe that ended in order is not silent, nor after the collector's restart, whoever was killed", async () => {
  const first = await life("1");
  first.hear("p", "a", [flowPdu(1, [1]), endPdu(2)]);
  first.pass(60);
  first.forget("p", "a");
  first.pass(60);
  await first.end(false);
  const second = await life("2");
  second.pass(60);
  // Its end came again, for the answer to it was lost.
  second.hear("p", "a", [endPdu(2)]);
  second.pass(60);
  expect([...first.told, ...second.told]).toEqual([]);
  await second.end();
});

test("a probe that died while the collector was away is silent, and back in its next run", async () => {
  const first = await life("1");
  first.hear("p", "a", [flowPdu(1, [1])]);
  first.pass(5);
  await first.end(false);
  clock.advance(60_000);
  const second = await life("2");
  second.pass(15);
  expect(second.told).toEqual([]);
  second.pass(1);
  expect(second.told).toEqual(["probe_silent"]);
  second.pass(60, ["p", "b"]);
  expect(second.told).toEqual(["probe_silent", "probe_back"]);
  await second.end();
});

test("a probe that was killed and goes on in another run is not silent for what the first one left", async () => {
  const watch = await life();
  watch.pass(5, ["p", "a"]);
  watch.pass(120, ["p", "b"]);
  expect(watch.told).toEqual([]);
  await watch.end();
});

test("a probe that never was there, or that sends elsewhere now, is not silent", async () => {
  const watch = await life();
  watch.pass(60);
  watch.pass(5, ["p", "a"]);
  watch.useConfiguration(configuration("d"));
  watch.pass(60);
  expect(watch.told).toEqual([]);
  await watch.end();
});

test("each way that a probe is heard by falls silent by itself", async () => {
  const both = configuration();
  const [probe] = both.probes;
  const sendTo = [...probe!.sendTo, { ...probe!.sendTo[0]!, collector: "site" }];
  const watch = await life("1", { ...both, probes: [{ ...probe!, sendTo }] });
  watch.pass(5, ["p", "a"], ["site/p", "a"]);
  watch.pass(60, ["p", "a"]);
  expect(watch.told).toEqual(["probe_silent"]);
  watch.pass(1, ["p", "a"], ["site/p", "a"]);
  expect(watch.told).toEqual(["probe_silent", "probe_back"]);
  await watch.end();
});
