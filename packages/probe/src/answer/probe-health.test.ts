import { Counters, FakeClock, metricsText } from "@trafmon/runtime";
import { beforeEach, expect, test } from "vitest";
import type { AnalysisFigures } from "../analysis/analysis.ts";
import type { InterfaceFigures } from "../capture/live-figures.ts";
import type { CollectorProgress } from "../send/probe-transport.ts";
import { ProbeHealth } from "./probe-health.ts";

const PROBE = {
  name: "p",
  interfaces: [interfaceNamed("eth0"), interfaceNamed("eth1")],
  spoolBytes: 1000,
  heartbeatS: 5,
};
const ANALYSIS: AnalysisFigures = {
  flowsMade: 1,
  flowsEvicted: 0,
  tuplesOverflowed: 0,
  connectionsEvicted: 0,
  fragmentsHeld: 0,
  memoryBytes: 4096,
};

let clock: FakeClock;
let spoolBytes: number;
let collectors: CollectorProgress[];
let health: ProbeHealth;

beforeEach(() => {
  clock = new FakeClock();
  spoolBytes = 0;
  collectors = [{ collector: "c", waitingPdus: 0, lagS: 0, quietS: 0 }];
  health = new ProbeHealth({
    probe: PROBE,
    clock,
    counters: new Counters(),
    configurationHash: () => "00",
    spoolBytes: () => spoolBytes,
    collectors: () => collectors,
    analysis: () => ANALYSIS,
  });
});

function interfaceNamed(name: string) {
  const rest = { filter: "", snapLengthBytes: 65535, bufferBytes: 1, promiscuous: true, detectsDuplicates: true };
  return { name, tapGroup: name, ...rest };
}

function figures(packets: number, lastPacketMs: number | null): InterfaceFigures {
  return { packets, bytes: 60 * packets, kernelDropped: 1, cardDropped: 2, queueDropped: 3, lastPacketMs };
}

const troubles = () => health.health().troubles;

test("a probe that captures and is heard is well", () => {
  clock.advance(9000);
  health.noteFigures([figures(5, clock.wallMs() - 2000), figures(0, null)]);
  expect(troubles()).toEqual([]);
  expect(health.interfaces.map(({ lastPacketAgeS }) => lastPacketAgeS)).toEqual([2, null]);
});

test("a capture stage that is not heard, and an interface that fails, are troubles until they are over", () => {
  clock.advance(10_000);
  expect(troubles()).toEqual([]);
  clock.advance(1);
  expect(troubles()).toEqual(["the capture stage does not answer"]);
  expect(health.isCapturing).toBe(false);
  health.noteFigures([figures(0, null), figures(0, null)]);
  health.noteInterface({ interfaceName: "eth1", isUp: false, reason: "it is down" });
  expect(troubles()).toEqual(["interface eth1 gives no packets: it is down"]);
  health.noteInterface({ interfaceName: "eth1", isUp: true, reason: "" });
  expect(troubles()).toEqual([]);
});

test("a collector that is away for three heartbeats is a trouble, also one that was never heard", () => {
  collectors = [
    { collector: "gone", waitingPdus: 7, lagS: 60, quietS: 15.1 },
    { collector: "there", waitingPdus: 0, lagS: 0, quietS: 15 },
    { collector: "never", waitingPdus: 7, lagS: 60, quietS: null },
  ];
  health.noteFigures([]);
  expect(troubles()).toEqual(["collector gone is not heard"]);
  clock.advance(15_001);
  health.noteFigures([]);
  expect(troubles()).toEqual(["collector gone is not heard", "collector never is not heard"]);
  const text = metricsText(health.metrics());
  expect(text).toContain('trafmon_probe_collector_up{collector="there"} 1\n');
  expect(text).toContain('trafmon_probe_collector_up{collector="never"} 0\n');
});

test("a spool that is nearly full is a trouble", () => {
  spoolBytes = 899;
  expect(troubles()).toEqual([]);
  spoolBytes = 900;
  expect(troubles()).toEqual(["the spool is 90 % full"]);
});

test("metrics tell drops by who dropped, and leave out when nothing was captured yet", () => {
  health.noteFigures([figures(5, 1_700_000_000_500), figures(0, null)]);
  const lines = metricsText(health.metrics()).split("\n");
  expect(lines).toContain('trafmon_probe_captured_packets_total{interface="eth0"} 5');
  expect(lines).toContain('trafmon_probe_dropped_packets_total{interface="eth0",by="card"} 2');
  expect(lines.filter((line) => line.startsWith("trafmon_probe_last_packet_timestamp_seconds"))).toEqual([
    'trafmon_probe_last_packet_timestamp_seconds{interface="eth0"} 1700000000.5',
  ]);
});
