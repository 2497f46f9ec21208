/** Spans kept; older ones are forgotten. */
const MOST_SPANS = 64;

/**
 * Times of which packets were settled without waiting for all hops: because a probe was silent too long, or for want of
 * room. What comes of these times afterwards comes too late.
 */
export class SettledSpans {
  /** Farther from a span than this begins another one. */
  readonly #reachMs: number;
  readonly #spans: [fromMs: number, untilMs: number][];

  constructor(reachMs: number, spans: readonly (readonly [number, number])[] = []) {
    this.#reachMs = reachMs;
    this.#spans = spans.map(([from, until]) => [from, until]);
  }

  kept(): readonly (readonly [number, number])[] {
    return this.#spans.map(([from, until]) => [from, until] as const);
  }

  note(ms: number): void {
    const near = this.#spans.find(([from, until]) => ms >= from - this.#reachMs && ms <= until + this.#reachMs);
    if (near === undefined) {
      this.#spans.push([ms, ms]);
      if (this.#spans.length > MOST_SPANS) this.#spans.shift();
      return;
    }
    near[0] = Math.min(near[0], ms);
    near[1] = Math.max(near[1], ms);
  }

  includes(ms: number): boolean {
    return this.touch(ms, ms);
  }

  /** Whether any of the time between these, both included, is in a span. */
  touch(fromMs: number, untilMs: number): boolean {
    return this.#spans.some(([from, until]) => untilMs >= from && fromMs <= until);
  }
}
