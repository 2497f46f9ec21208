import { Counters, FakeClock, metricsText } from "@trafmon/runtime";
import { beforeEach, expect, test } from "vitest";
import { CollectorHealth } from "./collector-health.ts";

let spoolBytes: number;
let failingMs: number | null;
let health: CollectorHealth;

beforeEach(() => {
  spoolBytes = 0;
  failingMs = null;
  health = new CollectorHealth({
    name: "c",
    clock: new FakeClock(),
    counters: new Counters(),
    configurationHash: () => "00",
    sessions: () => [],
    isSilent: () => false,
    relay: {
      get state() {
        return { collector: "central", waitingPdus: 7, spoolBytes, spoolLimitBytes: 1000, quietS: null };
      },
      counters: new Counters(),
    },
    failingMs: () => failingMs,
    kernelDrops: () => null,
    sightingsWaiting: () => 0,
  });
});

test("a spool of what is forwarded that is nearly full is a trouble, in words and as a number", () => {
  spoolBytes = 899;
  expect(health.health().troubles).toEqual([]);
  expect(metricsText(health.metrics())).toContain("trafmon_collector_troubles 0\n");
  spoolBytes = 900;
  failingMs = 4000;
  expect(health.health().troubles).toEqual([
    "the logs cannot be written since 4 s",
    "the spool of what is forwarded to central is 90 % full",
  ]);
  expect(metricsText(health.metrics())).toContain("trafmon_collector_troubles 2\n");
});
