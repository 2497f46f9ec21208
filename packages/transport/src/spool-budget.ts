import type { Thinned } from "./spool-segment.ts";

/** A spool as its budget knows it. */
export interface BudgetedSpool {
  readonly bytes: number;
  /** Lets go of the oldest until `isEnough`; false when it is not enough yet. */
  thin(to: Thinned, isEnough: () => boolean): boolean;
}

/** The bound on what all runs of a probe may keep together, so that it holds however often the probe is started. */
export class SpoolBudget {
  readonly maxBytes: number;
  /** Oldest run first. */
  readonly #spools: BudgetedSpool[] = [];

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  add(spool: BudgetedSpool): void {
    this.#spools.push(spool);
  }

  remove(spool: BudgetedSpool): void {
    const place = this.#spools.indexOf(spool);
    if (place >= 0) this.#spools.splice(place, 1);
  }

  get isOver(): boolean {
    let bytes = 0;
    for (const spool of this.#spools) bytes += spool.bytes;
    return bytes > this.maxBytes;
  }

  /** The oldest counters go first, of whatever run; items only when no counters are left. */
  makeRoom(): void {
    for (const to of ["without counters", "definitions only"] as const) {
      for (const spool of this.#spools) if (spool.thin(to, () => !this.isOver)) return;
    }
  }
}
