import { FATE } from "../ledger/packet-kind.ts";
import type { FrameBatch } from "./frame-batch.ts";
import { NanosecondHistogram } from "./nanosecond-histogram.ts";

export interface Pacing {
  readonly frames: number;
  /** Between the first and the last frame, as they were due and as they were sent; 0 for fewer than two frames. */
  readonly requestedPerS: number;
  readonly achievedPerS: number;
  /** How much later than due frames were sent, nanoseconds. */
  readonly lateNs: Percentiles;
  /** By how much the time between one frame and the next differed from what it should have been, nanoseconds. */
  readonly gapErrorNs: Percentiles;
}

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly largest: number;
}

/** How well frames were sent when they were due. Takes the batches of a run, in order. */
export class PacingTally {
  #frames = 0;
  #firstDueNs = 0;
  #lastDueNs = 0;
  #firstSentNs = 0;
  #lastSentNs = 0;
  readonly #late = new NanosecondHistogram();
  readonly #gaps = new NanosecondHistogram();

  add(batch: FrameBatch): void {
    for (let i = 0; i < batch.count; i++) {
      if (batch.fates[i] !== FATE.SENT) continue;
      const dueNs = batch.dueNs[i]!;
      const sentNs = batch.sentNs[i]!;
      if (this.#frames++ === 0) {
        this.#firstDueNs = dueNs;
        this.#firstSentNs = sentNs;
      } else {
        this.#gaps.add(Math.abs(sentNs - this.#lastSentNs - (dueNs - this.#lastDueNs)));
      }
      this.#late.add(Math.max(0, sentNs - dueNs));
      this.#lastDueNs = dueNs;
      this.#lastSentNs = sentNs;
    }
  }

  get pacing(): Pacing {
    return {
      frames: this.#frames,
      requestedPerS: rate(this.#frames, this.#lastDueNs - this.#firstDueNs),
      achievedPerS: rate(this.#frames, this.#lastSentNs - this.#firstSentNs),
      lateNs: percentilesOf(this.#late),
      gapErrorNs: percentilesOf(this.#gaps),
    };
  }
}

function rate(frames: number, spanNs: number): number {
  return frames < 2 || spanNs <= 0 ? 0 : ((frames - 1) * 1e9) / spanNs;
}

function percentilesOf(histogram: NanosecondHistogram): Percentiles {
  return {
    p50: histogram.percentile(50),
    p90: histogram.percentile(90),
    p99: histogram.percentile(99),
    largest: histogram.largest,
  };
}
