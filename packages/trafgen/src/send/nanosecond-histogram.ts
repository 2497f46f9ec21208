/** Steps within a doubling: a percentile is told at most 1/32 too large. */
const STEPS = 32;
const DOUBLINGS = 53;

/** Counts durations, so that percentiles of any number of them cost a fixed amount of memory. */
export class NanosecondHistogram {
  readonly #counts = new Float64Array(STEPS * DOUBLINGS);
  #total = 0;
  largest = 0;

  /** @param ns not negative */
  add(ns: number): void {
    this.#counts[stepOf(ns)]! += 1;
    this.#total += 1;
    if (ns > this.largest) this.largest = ns;
  }

  get total(): number {
    return this.#total;
  }

  /** What so many percent do not exceed; 0 when nothing was counted. */
  percentile(percent: number): number {
    const wanted = Math.ceil((this.#total * percent) / 100);
    let seen = 0;
    for (let step = 0; step < this.#counts.length; step++) {
      seen += this.#counts[step]!;
      if (seen >= wanted && seen > 0) return Math.min(upperBound(step), this.largest);
    }
    return this.largest;
  }
}

/** Below 32 ns each has a step of its own; above, each doubling has 32. */
function stepOf(ns: number): number {
  if (ns < STEPS) return Math.floor(ns);
  const doubling = Math.floor(Math.log2(ns));
  const within = Math.floor((ns / 2 ** doubling - 1) * STEPS);
  return (doubling - Math.log2(STEPS) + 1) * STEPS + Math.min(within, STEPS - 1);
}

function upperBound(step: number): number {
  if (step < STEPS) return step;
  const doubling = Math.floor(step / STEPS) + Math.log2(STEPS) - 1;
  return 2 ** doubling * (1 + ((step % STEPS) + 1) / STEPS);
}
