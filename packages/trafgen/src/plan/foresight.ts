import type { Account } from "../craft/account.ts";
import { FILE_MACS } from "../craft/link-header.ts";
import { ScenarioRun } from "../craft/scenario-run.ts";
import { FATE } from "../ledger/packet-kind.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { FrameBatch } from "../send/frame-batch.ts";
import { RateTally } from "./rate-tally.ts";

/** What one piece of traffic will send. Times are nanoseconds after the start of the run. */
export interface StreamForesight {
  packets: number;
  ipBytes: number;
  firstNs: number;
  lastNs: number;
}

/** What a scenario will send: not an estimate, but the same packets, worked out without being sent. */
export interface Foresight {
  /** Whether all was worked out; otherwise it goes on behind what is told here. */
  readonly isWhole: boolean;
  /** By number of the stream - 1. */
  readonly streams: readonly Readonly<StreamForesight>[];
  readonly packets: number;
  readonly ipBytes: number;
  readonly durationNs: number;
  /** Most in any second counted from the start. */
  readonly peakPacketsPerS: number;
  readonly peakBitsPerS: number;
}

/**
 * Works a scenario out, for as many packets as told; of one that goes on for ever, the first cycle.
 * @param stopping ends it early
 */
export function foresee(
  scenario: Scenario,
  mostPackets: number,
  stopping: AbortSignal,
  onPackets: (packets: number) => void = () => {},
  ignoresHops = false,
): Foresight {
  const streams = scenario.traffic.map(() => ({
    packets: 0,
    ipBytes: 0,
    firstNs: Number.POSITIVE_INFINITY,
    lastNs: 0,
  }));
  const rates = new RateTally();
  const count = (stream: number, atNs: number, ipBytes: number) => {
    const sums = streams[stream - 1]!;
    sums.packets++;
    sums.ipBytes += ipBytes;
    sums.firstNs = Math.min(sums.firstNs, atNs);
    sums.lastNs = Math.max(sums.lastNs, atNs);
    rates.add(atNs, ipBytes);
  };
  const hops = ignoresHops ? 0 : scenario.hops.length;
  const run = new ScenarioRun({
    scenario: { ...scenario, cycles: scenario.cycles ?? 1 },
    start: scenario.startAt,
    account: countingAccount(count),
    macs: FILE_MACS,
    ignoresHops,
  });
  const batches = Array.from({ length: run.taps }, () => new FrameBatch(1024, 512 * 1024));
  while (run.nextNs < Number.POSITIVE_INFINITY && rates.packets < mostPackets && !stopping.aborted) {
    run.fill(Number.POSITIVE_INFINITY, batches);
    for (const batch of batches) {
      // With hops the account has counted them already, once for all taps.
      for (let i = 0; i < batch.count && hops === 0; i++)
        if (batch.fates[i] === FATE.SENT) count(batch.streams[i]!, batch.dueNs[i]!, batch.ipBytes[i]!);
      batch.clear();
    }
    onPackets(rates.packets);
  }
  return {
    isWhole: run.nextNs === Number.POSITIVE_INFINITY && scenario.cycles !== null,
    streams,
    packets: rates.packets,
    ipBytes: rates.ipBytes,
    durationNs: run.nowNs,
    peakPacketsPerS: rates.peakPacketsPerS,
    peakBitsPerS: rates.peakBitsPerS,
  };
}

/** Remembers nothing but what is counted. */
function countingAccount(count: (stream: number, atNs: number, ipBytes: number) => void): Account {
  let packets = 0;
  return {
    flow: () => 0,
    packet: (atNs, _flow, stream, _number, ipBytes, _payloadBytes, _kind, fate = FATE.SENT) => {
      if (fate === FATE.SENT) count(stream, atNs, ipBytes);
      return ++packets;
    },
    seen: () => {},
    verdict: () => {},
    transaction: () => {},
    transfer: () => {},
    connection: () => {},
  };
}
