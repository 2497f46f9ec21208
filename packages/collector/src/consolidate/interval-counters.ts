import { type KeptPairCounter, PairCounter } from "./pair-counter.ts";

/** The counters of a class by interval and hop pair, until they are told. */
export class IntervalCounters {
  readonly #intervalS: number;
  /** By start of the interval: counters by pair, and when they were added to last. */
  readonly #intervals = new Map<number, Interval>();

  constructor(intervalS: number) {
    this.#intervalS = intervalS;
  }

  static restored(intervalS: number, kept: readonly KeptInterval[]): IntervalCounters {
    const counters = new IntervalCounters(intervalS);
    for (const { startS, touchedMs, pairs } of kept) {
      const byPair = new Map(pairs.map(([pair, counter]) => [pair, PairCounter.restored(counter)]));
      counters.#intervals.set(startS, { touchedMs, pairs: byPair });
    }
    return counters;
  }

  kept(): KeptInterval[] {
    return [...this.#intervals].map(([startS, { touchedMs, pairs }]) => ({
      startS,
      touchedMs,
      pairs: [...pairs].map(([pair, counter]) => [pair, counter.kept()] as const),
    }));
  }

  get isEmpty(): boolean {
    return this.#intervals.size === 0;
  }

  /** Start of the interval that an instant lies in, seconds. */
  startOf(s: number): number {
    return s - (s % this.#intervalS);
  }

  /** Counter of a pair for the interval that the instant lies in. `nowMs`: the consolidator's running time. */
  of(pair: number, s: number, nowMs: number): PairCounter {
    const startS = this.startOf(s);
    let interval = this.#intervals.get(startS);
    if (interval === undefined) {
      interval = { touchedMs: nowMs, pairs: new Map() };
      this.#intervals.set(startS, interval);
    }
    interval.touchedMs = nowMs;
    let counter = interval.pairs.get(pair);
    if (counter === undefined) {
      counter = new PairCounter();
      interval.pairs.set(pair, counter);
    }
    return counter;
  }

  /** Gives and forgets the intervals that are over before `beforeMs` or were not added to since `untouchedMs`. */
  take(
    beforeMs: number,
    untouchedMs: number,
    tell: (startS: number, pair: number, counter: PairCounter) => void,
  ): void {
    for (const [startS, { touchedMs, pairs }] of this.#intervals) {
      if ((startS + this.#intervalS) * 1000 > beforeMs && touchedMs > untouchedMs) continue;
      this.#intervals.delete(startS);
      for (const [pair, counter] of [...pairs].sort(([a], [b]) => a - b)) tell(startS, pair, counter);
    }
  }

  /** Gives and forgets one counter. */
  takeOne(pair: number, s: number, tell: (startS: number, pair: number, counter: PairCounter) => void): void {
    const startS = this.startOf(s);
    const pairs = this.#intervals.get(startS)?.pairs;
    const counter = pairs?.get(pair);
    if (counter === undefined) return;
    pairs!.delete(pair);
    tell(startS, pair, counter);
  }
}

interface Interval {
  touchedMs: number;
  readonly pairs: Map<number, PairCounter>;
}

export interface KeptInterval {
  readonly startS: number;
  readonly touchedMs: number;
  readonly pairs: readonly (readonly [number, KeptPairCounter])[];
}
