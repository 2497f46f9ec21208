import type { Clock } from "@trafmon/runtime";

/** Longest burst at once, in time at the full rate. */
const BURST_S = 0.05;
/** Least burst: a few datagrams of any size. */
const LEAST_BURST_BYTES = 8 * 1500;

/**
 * Lets bytes pass at a rate. A datagram may pass while anything is left in the bucket and can leave it in debt, so
 * that one larger than the bucket is not held for ever.
 */
export class TokenBucket {
  readonly #bytesPerMs: number;
  readonly #capacityBytes: number;
  readonly #clock: Clock;
  #bytes: number;
  #filledMs: number;

  constructor(rateBitsPerS: number, clock: Clock) {
    this.#bytesPerMs = rateBitsPerS / 8000;
    this.#capacityBytes = Math.max(LEAST_BURST_BYTES, (rateBitsPerS / 8) * BURST_S);
    this.#bytes = this.#capacityBytes;
    this.#clock = clock;
    this.#filledMs = clock.monotonicMs();
  }

  /** Takes so many bytes when the rate allows it now. */
  take(bytes: number): boolean {
    this.#fill();
    if (this.#bytes <= 0) return false;
    this.#bytes -= bytes;
    return true;
  }

  /** Milliseconds until `take` can succeed; 0: now. */
  waitMs(): number {
    this.#fill();
    return this.#bytes > 0 ? 0 : Math.ceil((1 - this.#bytes) / this.#bytesPerMs);
  }

  #fill(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#bytes = Math.min(this.#capacityBytes, this.#bytes + (nowMs - this.#filledMs) * this.#bytesPerMs);
    this.#filledMs = nowMs;
  }
}
