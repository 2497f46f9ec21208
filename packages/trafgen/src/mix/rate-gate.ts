import { type Clock, sleep } from "@trafmon/runtime";

const WINDOW_MS = 1000;

/** Lets at most so many through in any second, first come first served. */
export class RateGate {
  readonly #clock: Clock;
  /** Instants of the last passages, monotonic milliseconds, oldest at `#next`. */
  readonly #passed: Float64Array;
  #next = 0;
  /** The last in the queue. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock, mostPerS: number) {
    this.#clock = clock;
    this.#passed = new Float64Array(mostPerS).fill(Number.NEGATIVE_INFINITY);
  }

  /** Resolves when it is one's turn: true, or false when stopping. */
  pass(stopping: AbortSignal): Promise<boolean> {
    const turn = this.#last.then(() => this.#pass(stopping));
    this.#last = turn;
    return turn;
  }

  async #pass(stopping: AbortSignal): Promise<boolean> {
    const slot = this.#next;
    for (;;) {
      if (stopping.aborted) return false;
      const nowMs = this.#clock.monotonicMs();
      // The one that many passages ago must lie a whole second back.
      const waitMs = this.#passed[slot]! + WINDOW_MS - nowMs;
      if (waitMs <= 0) {
        this.#passed[slot] = nowMs;
        this.#next = (slot + 1) % this.#passed.length;
        return true;
      }
      // Timers are cut to whole milliseconds.
      await sleep(this.#clock, Math.ceil(waitMs), stopping);
    }
  }
}
