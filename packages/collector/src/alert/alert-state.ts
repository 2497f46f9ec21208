import type { AlertSettings } from "@trafmon/settings";

/** What a look at a metric made of an alert. */
export type AlertTurn = "raised" | "cleared" | null;

/** What a value is of. */
export interface FigureSpan {
  /** Of an interval its ends, by packet time; of a look twice the same, by a clock that nobody sets. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Rises with each run of a probe that was begun later. */
  readonly runNo: number;
}

/** What of a state outlives the collector. */
export interface AlertProgress {
  readonly isRaised: boolean;
  readonly sinceMs: number | null;
  readonly untilMs: number | null;
}

const NOTHING_SEEN: AlertProgress = { isRaised: false, sinceMs: null, untilMs: null };

/**
 * One alert on one thing, with hysteresis: raised once the metric has been beyond the level without a break for `forMs`,
 * cleared once it is back at `clear`. Time is that of the figures, so nothing depends on when they come.
 */
export class AlertState {
  isRaised: boolean;
  /** Since when the metric has been beyond the level, what is not known left out; null: it is not. */
  #sinceMs: number | null;
  /** End of what was judged last; null: nothing was. */
  #untilMs: number | null;
  #runNo = Number.NEGATIVE_INFINITY;

  constructor(progress: AlertProgress = NOTHING_SEEN) {
    this.isRaised = progress.isRaised;
    this.#sinceMs = progress.sinceMs;
    this.#untilMs = progress.untilMs;
  }

  /** Neither raised nor on its way to be. */
  get isCalm(): boolean {
    return !this.isRaised && this.#sinceMs === null;
  }

  get progress(): AlertProgress {
    return { isRaised: this.isRaised, sinceMs: this.#sinceMs, untilMs: this.#untilMs };
  }

  /** `value`: null where there was nothing to tell of, which neither counts nor breaks. */
  take(settings: AlertSettings, value: number | null, span: FigureSpan): AlertTurn {
    const { isAbove, level, clear, forMs } = settings;
    if (!this.#follow(span, forMs)) return null;
    if (value === null) {
      if (this.#sinceMs !== null) this.#sinceMs += span.untilMs - span.fromMs;
      return null;
    }
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
    this.#sinceMs ??= span.fromMs;
    if (span.untilMs - this.#sinceMs < forMs) return null;
    this.isRaised = true;
    return "raised";
  }

  /** Goes on to a span. False for one of an earlier run that comes after later ones were judged. */
  #follow({ fromMs, untilMs, runNo }: FigureSpan, forMs: number): boolean {
    const beforeMs = this.#untilMs ?? fromMs;
    const isNewRun = runNo > this.#runNo;
    if (fromMs < beforeMs) {
      if (!isNewRun) return false;
      // A clock was set back between two runs: what the earlier one said is of another time.
      this.#sinceMs = null;
    }
    const unknownMs = fromMs < untilMs ? fromMs - beforeMs : 0;
    if (unknownMs > forMs) this.#sinceMs = null;
    else if (unknownMs > 0 && this.#sinceMs !== null) this.#sinceMs += unknownMs;
    this.#untilMs = untilMs;
    if (isNewRun) this.#runNo = runNo;
    return true;
  }
}
