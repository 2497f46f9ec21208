import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Counters, createLog, FakeClock } from "@trafmon/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OneWay } from "../consolidate/one-way.ts";
import { CommittedLogs } from "../write/committed-logs.ts";
import { OwnEvents } from "../write/own-events.ts";
import { Session } from "./session.ts";
import { SilenceWatch } from "./silence-watch.ts";
import { StreamIntake } from "./stream-intake.ts";
import { UndescribedPdus } from "./undescribed-pdus.ts";

const HEARTBEAT_S = 5;
const epoch = "00".repeat(8);
let directory: string;
let clock: FakeClock;
let watch: SilenceWatch;
let session: Session<StreamIntake>;
let told: string[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "silence-"));
  clock = new FakeClock();
  const folders = { logDir: join(directory, "logs"), stateDir: join(directory, "state") };
  const logs = new CommittedLogs({ ...folders, collector: "c", epoch, clock });
  told = [];
  const { log } = createLog({
    program: "test",
    json: true,
    write: (line) => {
      told.push(/"code":"(\w+)"/.exec(line)?.[1] ?? line);
    },
  });
  const events = new OwnEvents(logs, "c", epoch, clock, log);
  const counters = new Counters();
  const undescribed = new UndescribedPdus(logs.pending);
  const oneWay = new OneWay({ logs, events, counters, clock, collector: "c", epoch, maxSightings: 1000 });
  const intake = new StreamIntake(logs.stream("p", epoch), {
    logs,
    events,
    counters,
    oneWay,
    undescribed,
    windowPdus: 1024,
  });
  const nowMs = clock.monotonicMs();
  session = new Session(
    { run: epoch, id: epoch, epoch, probe: "p", relay: null, sender: "p", challengedMs: nowMs, nowMs },
    null,
    intake,
    {
      address: "192.0.2.1",
      port: 9,
    },
  );
  watch = new SilenceWatch(events, clock);
});
afterEach(() => rmSync(directory, { recursive: true }));

function pass(seconds: number, isListening = true): void {
  for (let s = 0; s < seconds; s++) {
    clock.advance(1000);
    watch.look([session], () => HEARTBEAT_S, isListening);
  }
}

test("a probe is silent after three heartbeats, told once, and back when it is heard", () => {
  pass(15);
  expect(told).toEqual([]);
  pass(20);
  expect(told).toEqual(["probe_silent"]);
  session.heardMs = clock.monotonicMs();
  pass(1);
  expect(told).toEqual(["probe_silent", "probe_back"]);
});

test("while the collector listens to nobody nobody is silent, nor right after", () => {
  pass(10);
  pass(100, false);
  expect(told).toEqual([]);
  pass(14);
  expect(told).toEqual([]);
  pass(3);
  expect(told).toEqual(["probe_silent"]);
});
