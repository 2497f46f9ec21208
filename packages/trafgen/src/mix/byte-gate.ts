import { type Clock, sleep } from "@trafmon/runtime";

/** What may be ahead of the rate: what a second brings. */
const BURST_S = 1;

/**
 * Holds up whoever moves bytes, so that over any t seconds no more than `bytesPerS * (t + 1)` are begun, and the chunk
 * that was let through last.
 */
export class ByteGate {
  readonly #clock: Clock;
  readonly #bytesPerS: number;
  /** Bytes that may go at once; below 0: owed. */
  #budget: number;
  #atMs: number;

  constructor(clock: Clock, bitsPerS: number) {
    this.#clock = clock;
    this.#bytesPerS = bitsPerS / 8;
    this.#budget = this.#bytesPerS * BURST_S;
    this.#atMs = clock.monotonicMs();
  }

  /** Counts bytes that have been moved. */
  spend(bytes: number): void {
    this.#refill();
    this.#budget -= bytes;
  }

  /** Resolves when nothing is owed. */
  async settled(stopping: AbortSignal): Promise<void> {
    for (;;) {
      this.#refill();
      if (this.#budget >= 0 || stopping.aborted) return;
      await sleep(this.#clock, Math.max(1, Math.ceil((-this.#budget / this.#bytesPerS) * 1000)), stopping);
    }
  }

  #refill(): void {
    const nowMs = this.#clock.monotonicMs();
    const earned = ((nowMs - this.#atMs) / 1000) * this.#bytesPerS;
    this.#budget = Math.min(this.#bytesPerS * BURST_S, this.#budget + earned);
    this.#atMs = nowMs;
  }
}
