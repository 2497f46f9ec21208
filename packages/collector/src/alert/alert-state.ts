import type { AlertSettings } from "@trafmon/settings";

/** What a look at a metric made of an alert. */
export type AlertTurn = "raised" | "cleared" | null;

/**
 * One alert on one thing, with hysteresis: raised once the metric has been beyond the level without a break for `forMs`,
 * cleared once it is back at `clear`.
 */
export class AlertState {
  isRaised: boolean;
  /** Since when the metric has been beyond the level; null: it is not. */
  #sinceMs: number | null = null;

  constructor(isRaised = false) {
    this.isRaised = isRaised;
  }

  /** The metric was `value` from one instant until the other: of an interval its ends, of a look twice the same. */
  take({ isAbove, level, clear, forMs }: AlertSettings, value: number, fromMs: number, untilMs: number): AlertTurn {
    if (this.isRaised) {
      if (isAbove ? value > clear : value < clear) return null;
      this.isRaised = false;
      this.#sinceMs = null;
      return "cleared";
    }
    if (isAbove ? value <= level : value >= level) {
      this.#sinceMs = null;
      return null;
    }
    this.#sinceMs ??= fromMs;
    if (untilMs - this.#sinceMs < forMs) return null;
    this.isRaised = true;
    return "raised";
  }
}
