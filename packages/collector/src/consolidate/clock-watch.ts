import type { PairCounter } from "./pair-counter.ts";

/** Fewer packets say nothing about the whole interval. */
const LEAST_PACKETS = 10;
/** Queues come and go; a step of a clock, or another route, moves all latencies of an interval by more. */
const STEP_NS = 10_000_000;

/** Latencies of a hop pair in an interval: all of them lay between these. */
export interface LatencyRange {
  readonly startS: number;
  readonly minNs: number;
  readonly maxNs: number;
}

/** Finds steps of clocks: intervals whose latencies all lie far from those of the interval before. */
export class ClockWatch {
  readonly #intervalS: number;
  readonly #before: Map<number, LatencyRange>;

  constructor(intervalS: number, before: readonly (readonly [number, LatencyRange])[] = []) {
    this.#intervalS = intervalS;
    this.#before = new Map(before);
  }

  kept(): readonly (readonly [number, LatencyRange])[] {
    return [...this.#before];
  }

  /** By how much the latencies of a pair have stepped since the interval before, nanoseconds; 0: they have not. */
  stepNs(pair: number, startS: number, { matchedPackets, latencyMinNs, latencyMaxNs }: PairCounter): number {
    if (matchedPackets < LEAST_PACKETS || latencyMinNs === null || latencyMaxNs === null) return 0;
    const before = this.#before.get(pair);
    this.#before.set(pair, { startS, minNs: latencyMinNs, maxNs: latencyMaxNs });
    if (before === undefined || before.startS !== startS - this.#intervalS) return 0;
    if (latencyMinNs > before.maxNs + STEP_NS) return latencyMinNs - before.maxNs;
    return latencyMaxNs < before.minNs - STEP_NS ? latencyMaxNs - before.minNs : 0;
  }
}
