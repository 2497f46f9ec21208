import { Counters, FakeClock, metricsText } from "@trafmon/runtime";
import { beforeEach, expect, test } from "vitest";
import { CollectorHealth, type RelayHealth } from "./collector-health.ts";

let spoolBytes: number;
let failingMs: number | null;
let left: RelayHealth["left"];
let drains: RelayHealth["drains"];
let health: CollectorHealth;

beforeEach(() => {
  spoolBytes = 0;
  failingMs = null;
  left = [];
  drains = [];
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
      get drains() {
        return drains;
      },
      get left() {
        return left;
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

test("what waits for a collector that nothing is sent to is a trouble, what is being drained is a figure", () => {
  drains = [{ collector: "old", waitingPdus: 3, spoolBytes: 70, spoolLimitBytes: Number.POSITIVE_INFINITY, quietS: 2 }];
  left = [{ collector: "older", folder: "/state/forward_older", runs: 2, bytes: 5000 }];
  const { troubles, figures } = health.health();
  expect(troubles).toEqual([
    "5000 bytes of 2 runs wait for older, to which nothing is sent: name it in a drainTo, or remove /state/forward_older",
  ]);
  expect(figures).toMatchObject({
    draining: [{ to: "old", waiting_pdus: 3, spool_bytes: 70, heard_s_ago: 2 }],
    forward_left: [{ to: "older", folder: "/state/forward_older", runs: 2, bytes: 5000 }],
  });
  const text = metricsText(health.metrics());
  expect(text).toContain('trafmon_collector_drain_waiting_pdus{to="old"} 3\n');
  expect(text).toContain('trafmon_collector_forward_left_bytes{to="older"} 5000\n');
});
