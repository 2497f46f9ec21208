import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDataPdu } from "@trafmon/observation";
import { FakeClock } from "@trafmon/runtime";
import { outgoingPdu } from "@trafmon/transport";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CollectorLife } from "../fixtures/collector-life.ts";
import { oneCollector } from "../fixtures/model-site.ts";
import { ProbeWay } from "../fixtures/probe-way.ts";
import { flowPdu, udpPdu } from "../fixtures/test-probe.ts";

const RUN = "aa".repeat(8);
const DAY_MS = 86_400_000;
let directory: string;
let clock: FakeClock;
let life: CollectorLife;
let way: ProbeWay;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "heard-runs-"));
  clock = new FakeClock();
  life = new CollectorLife(oneCollector(directory), "c", "1".repeat(16), clock, (datagram) => way.hear(datagram));
  await life.start();
  const own = { run: RUN, sender: "q", collector: "c", directory: join(directory, "spool"), clock };
  way = new ProbeWay({ ...own, spoolBytes: 1 << 20, definitions: () => [] });
});
afterEach(async () => {
  await life.logs.abandon();
  rmSync(directory, { recursive: true });
});

async function settle(): Promise<void> {
  for (let i = 0; i < 20 && !way.isDone; i++) {
    clock.advance(200);
    way.tick();
    for (const datagram of way.toCollector.splice(0)) life.gate.take(datagram, { address: "192.0.2.1", port: 1 });
    await life.commit();
  }
  expect(way.isDone).toBe(true);
}

/** As when a new configuration does not allow them. */
function endSessions(): void {
  for (const session of life.gate.sessions) life.gate.forget(session);
}

test("a run whose session a configuration ended is forgotten after two months, and not before", async () => {
  way.take(outgoingPdu(writeDataPdu(flowPdu(1, [1]))));
  await settle();
  endSessions();
  life.look();
  expect(life.logs.runs.has("q", RUN)).toBe(true);
  clock.advance(61 * DAY_MS);
  life.look();
  expect(life.logs.runs.has("q", RUN)).toBe(false);
});

test("a run that is still heard is not forgotten, however long nothing new came of it", async () => {
  way.take(outgoingPdu(writeDataPdu(flowPdu(1, [1]))));
  await settle();
  clock.advance(61 * DAY_MS);
  life.look();
  expect(life.logs.runs.has("q", RUN)).toBe(true);
});

test("what nobody describes any more is written when its probe has been away, and the run forgotten like others", async () => {
  way.take(outgoingPdu(writeDataPdu(udpPdu(1, [7]))));
  await settle();
  endSessions();
  const written = () => life.counters.snapshot().get("records_written_udpct") ?? 0;
  life.look();
  expect(written()).toBe(0);
  clock.advance(11 * 60_000);
  life.look();
  expect(written()).toBe(1);
  await life.commit();
  clock.advance(61 * DAY_MS);
  life.look();
  expect(life.logs.runs.has("q", RUN)).toBe(false);
});
