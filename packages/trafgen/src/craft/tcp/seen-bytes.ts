import { RangeSet } from "./range-set.ts";

/** When a tap had seen all bytes of one side up to some place, and when the first and the last new ones. */
export class SeenBytes {
  firstNs: number | null = null;
  lastNs: number | null = null;
  readonly #seen = new RangeSet();
  readonly #watched: { readonly place: number; readonly call: (atNs: number) => void }[] = [];

  /** Bytes seen, each counted once. */
  get bytes(): number {
    return this.#seen.ranges.reduce((sum, { from, until }) => sum + until - from, 0);
  }

  /** Calls when all below the place has been seen. Places are watched in rising order. */
  watch(place: number, call: (atNs: number) => void): void {
    this.#watched.push({ place, call });
  }

  add(from: number, until: number, atNs: number): void {
    if (this.#seen.add(from, until) === 0) return;
    this.firstNs ??= atNs;
    this.lastNs = atNs;
    const [first] = this.#seen.ranges;
    const whole = first === undefined || first.from > 0 ? 0 : first.until;
    while (this.#watched[0] !== undefined && this.#watched[0].place <= whole) this.#watched.shift()!.call(atNs);
  }
}
