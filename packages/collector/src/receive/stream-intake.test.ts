import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encoderOf, observationTypes, WINDOW_PDUS } from "@trafmon/observation";
import { Counters, createLog, FakeClock } from "@trafmon/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OneWay } from "../consolidate/one-way.ts";
import { flowPdu, pdu, udpPdu } from "../fixtures/test-probe.ts";
import { CommittedLogs } from "../write/committed-logs.ts";
import { OwnEvents } from "../write/own-events.ts";
import { StreamIntake } from "./stream-intake.ts";
import { UndescribedPdus } from "./undescribed-pdus.ts";

const { flowend } = observationTypes;
let directory: string;
let logs: CommittedLogs;
let counters: Counters;
let intake: StreamIntake;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "intake-"));
  const clock = new FakeClock();
  const epoch = "0".repeat(15);
  logs = new CommittedLogs({
    logDir: join(directory, "logs"),
    stateDir: join(directory, "state"),
    collector: "c",
    epoch: `${epoch}1`,
    clock,
  });
  await logs.open();
  counters = new Counters();
  const { log } = createLog({ program: "test", write: () => {} });
  const events = new OwnEvents(logs, "c", `${epoch}1`, clock, log);
  const parts = { logs, events, counters, clock, collector: "c", epoch: `${epoch}1` };
  const undescribed = new UndescribedPdus(logs.pending);
  const oneWay = new OneWay({ ...parts, maxSightings: 1000 });
  intake = new StreamIntake(logs.stream("p", `${epoch}2`), {
    logs,
    events,
    counters,
    oneWay,
    undescribed,
    windowPdus: WINDOW_PDUS,
  });
});
afterEach(async () => {
  await logs.abandon();
  rmSync(directory, { recursive: true });
});

/** The ends of these flows, said again. */
function endsAgain(flowIds: readonly number[]) {
  const encoder = encoderOf(flowend);
  const into = Buffer.alloc(4096);
  let at = 0;
  for (const flow_id of flowIds) {
    at = encoder.encode({ flow_id, ended_s: 1_700_000_000, ended_nanos: 0, reason: "idle" }, into, at);
  }
  return pdu(flowend.code, 0, flowIds.length, into.subarray(0, at), { isRepeat: true });
}

const written = (type: string) => counters.snapshot().get(`records_written_${type}`) ?? 0;

test("what is held is never more than an acknowledgement can say, however far a run begins", () => {
  intake.stream.through = 2 ** 40;
  intake.take(udpPdu(2 ** 40 + 5, [1]));
  expect(intake.held()).toHaveLength(WINDOW_PDUS);
});

test("flows that nobody can describe any more hold the run for a while and not for ever", () => {
  intake.take(udpPdu(1, [7]));
  for (let i = 0; i < 40; i++) {
    if (intake.wanted().length === 0) break;
    // The probe has forgotten flow 7, but still remembers how others have ended.
    intake.take(endsAgain([7, 8, 9]));
  }
  expect([intake.stream.through, written("udpct")]).toEqual([1, 1]);
});

test("repeats are written once, and the ends of flows not again", () => {
  intake.take(udpPdu(1, [7]));
  for (let i = 0; i < 3; i++) {
    intake.take(flowPdu(0, [7], { isRepeat: true }));
    intake.take(endsAgain([7]));
  }
  expect([written("flow"), written("flowend"), written("udpct")]).toEqual([1, 0, 1]);
});
