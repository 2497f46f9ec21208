import type { Clock } from "@trafmon/runtime";

/**
 * Time that a collector has run, in all its lives together: what is forgotten by it is not forgotten because somebody set
 * the clock, nor while nobody could have brought anything.
 */
export class RunningTime {
  readonly #clock: Clock;
  #beforeS = 0;
  #sinceMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sinceMs = clock.monotonicMs();
  }

  /** `beforeS`: as of the last commit of an earlier life. What it ran after that does not count. */
  goOnFrom(beforeS: number): void {
    this.#beforeS = beforeS;
    this.#sinceMs = this.#clock.monotonicMs();
  }

  get s(): number {
    return this.#beforeS + Math.floor((this.#clock.monotonicMs() - this.#sinceMs) / 1000);
  }
}
