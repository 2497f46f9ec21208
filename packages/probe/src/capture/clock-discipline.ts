import type { ClockState } from "./capture-statistics.ts";

/** Over this, in nanoseconds, interval bounds of two probes are visibly not the same. */
const TOLERATED_ERROR_NS = 100_000_000;

/** How the system clock is kept: `good`, `adrift` when nothing disciplines it, `inexact` when its error may be large. */
export type Discipline = "good" | "adrift" | "inexact";

/** Notes when what disciplines the system clock begins or ceases to do so. */
export class ClockDiscipline {
  #last: Discipline = "good";

  /** What has become of the clock, or null when that was known; `state` null: nothing disciplines it. */
  look(state: ClockState | null): Discipline | null {
    const now = disciplineOf(state);
    if (now === this.#last) return null;
    this.#last = now;
    return now;
  }
}

function disciplineOf(state: ClockState | null): Discipline {
  if (state === null) return "adrift";
  return Math.abs(state.offsetNs) + state.errorNs > TOLERATED_ERROR_NS ? "inexact" : "good";
}
