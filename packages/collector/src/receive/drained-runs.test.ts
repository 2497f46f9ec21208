import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDataPdu } from "@trafmon/observation";
import { FakeClock } from "@trafmon/runtime";
import { parseConfiguration } from "@trafmon/settings";
import { outgoingPdu } from "@trafmon/transport";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CollectorLife } from "../fixtures/collector-life.ts";
import { ProbeWay } from "../fixtures/probe-way.ts";
import { flowPdu, udpPdu } from "../fixtures/test-probe.ts";

const RUN = "aa".repeat(8);
let directory: string;
let clock: FakeClock;
let life: CollectorLife;
/** Of a site that drains to the collector, and of one that forwards to it now. */
let old: ProbeWay;
let present: ProbeWay;
let missing: unknown[];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "drained-runs-"));
  clock = new FakeClock();
  const configuration = parseConfiguration(
    `<trafMon><collectors>
       <collector name="c" security="none" logDir="${directory}/logs" stateDir="${directory}/state"/>
       <collector name="old" security="none"><drainTo collector="c" address="192.0.2.1:7"/></collector>
       <collector name="new" security="none"><forwardTo collector="c" address="192.0.2.1:7"/></collector>
     </collectors><probes><probe name="p" security="none"><sendTo collector="old"/><sendTo collector="new"/></probe>
     </probes><flowClasses><flowClass name="all" account="yes"><ipCounters/></flowClass></flowClasses></trafMon>`,
    "test.xml",
  );
  life = new CollectorLife(configuration, "c", "1".repeat(16), clock, (datagram) => {
    for (const way of [old, present]) way.hear(datagram);
  });
  missing = [];
  life.onEvent = ({ code, from_sequence, to_sequence }) => {
    if (code === "sequences_missing") missing.push([from_sequence, to_sequence]);
  };
  await life.start();
  [old, present] = ["old", "new"].map((name) => {
    const own = { run: RUN, sender: `${name}/p`, collector: "c", directory: join(directory, name), clock };
    return new ProbeWay({ ...own, spoolBytes: 1 << 20, definitions: () => [] });
  }) as [ProbeWay, ProbeWay];
});
afterEach(async () => {
  await life.logs.abandon();
  rmSync(directory, { recursive: true });
});

/** What both ways say for so many seconds is heard, as far as they are there. */
async function pass(seconds: number, ways = [old, present]): Promise<void> {
  for (let i = 0; i < 5 * seconds; i++) {
    clock.advance(200);
    for (const way of ways) if (!way.isDone) way.tick();
    for (const way of ways)
      for (const datagram of way.toCollector.splice(0))
        life.gate.take(datagram, { address: "192.0.2.1", port: way === old ? 1 : 2 });
    await life.commit();
    if (i % 5 === 0) life.look();
  }
}

function hold(way: ProbeWay, from: number, to: number): void {
  way.beginAt(from);
  for (let sequence = from; sequence <= to; sequence++)
    way.take(outgoingPdu(writeDataPdu(sequence === 1 ? flowPdu(1, [1]) : udpPdu(sequence, [1]))));
}

const through = () => life.logs.runs.throughOf("p", RUN);

test("what neither the former nor the present way has is passed over, when the former has brought all it had", async () => {
  hold(old, 1, 5);
  hold(present, 9, 12);
  await pass(10);
  expect(old.isDone).toBe(true);
  await pass(60);
  expect([through(), missing, present.isDone]).toEqual([12, [[6, 8]], true]);
});

test("what the former way still has is waited for, and nothing of it passed over", async () => {
  hold(old, 4, 8);
  hold(present, 9, 12);
  await pass(10, [present]);
  await pass(60);
  expect([through(), missing, old.isDone, present.isDone]).toEqual([12, [[1, 3]], true, true]);
});

test("a former way that has nothing of a run keeps nothing back", async () => {
  hold(present, 9, 12);
  await pass(60, [present]);
  expect([through(), missing, present.isDone]).toEqual([12, [[1, 8]], true]);
});
