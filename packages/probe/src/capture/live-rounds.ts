import type { LiveSource } from "./capture-source.ts";
import type { CaptureStage } from "./capture-stage.ts";
import type { ClockState } from "./capture-statistics.ts";
import { type InterfaceFigures, LiveFigures } from "./live-figures.ts";

/** How often an idle capture says what time it is. */
const CLOCK_EVERY_MS = 250;

/** Longer than the kernel and libpcap hold a frame back; an idle clock stays so far behind. */
const CLOCK_BEHIND_MS = 500;

/** How long an interval's statistics wait for frames that come late. */
const LATENESS_S = 2;

/** What a live capture does by the system clock: fetch the drop counters, close intervals, tell the time when idle. */
export class LiveRounds {
  readonly #source: LiveSource;
  readonly #stage: CaptureStage;
  readonly #clock: () => ClockState | null;
  readonly #figures: LiveFigures | null;
  #second = 0;
  #clockAtMs = 0;

  /** `onFigures`: told once a second what the interfaces have given and lost so far. */
  constructor(
    source: LiveSource,
    stage: CaptureStage,
    clock: () => ClockState | null,
    onFigures?: (figures: readonly InterfaceFigures[]) => void,
  ) {
    this.#figures = onFigures === undefined ? null : new LiveFigures(stage.statistics, onFigures);
    this.#source = source;
    this.#stage = stage;
    this.#clock = clock;
  }

  /** Does what is due. To be called often, and after all frames in memory have been taken. */
  pass(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#countDrops(second);
      this.#stage.statistics.closeBefore(second - LATENESS_S);
      this.#figures?.look(nowMs);
    }
    // Below 0 when somebody has set the clock back.
    const sinceMs = nowMs - this.#clockAtMs;
    if (!this.#source.isIdle || (sinceMs >= 0 && sinceMs < CLOCK_EVERY_MS)) return;
    this.#clockAtMs = nowMs;
    const behindMs = nowMs - CLOCK_BEHIND_MS;
    this.#stage.putClock(Math.floor(behindMs / 1000), (behindMs % 1000) * 1_000_000);
  }

  /** The last look at the counters, before the source is closed. */
  end(nowMs: number): void {
    this.#countDrops(Math.floor(nowMs / 1000));
  }

  #countDrops(second: number): void {
    this.#stage.statistics.setClock(this.#clock());
    this.#stage.statistics.addDrops(this.#source.takeDrops(), second);
  }
}
