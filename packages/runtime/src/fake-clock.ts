import type { Clock } from "./clock.ts";

interface Timer {
  dueMs: number;
  readonly order: number;
  readonly periodMs: number | null;
  readonly call: () => void;
}

/** A clock that stands still until it is moved; timers fire while it moves, in order of their instant. */
export class FakeClock implements Clock {
  #nowMs = 0;
  #wallOffsetMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** `wallMs`: the wall time it starts at. */
  constructor(wallMs = Date.UTC(2020, 0, 1)) {
    this.#wallOffsetMs = wallMs;
  }

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, call: () => void): () => void {
    return this.#add(delayMs, null, call);
  }

  every(periodMs: number, call: () => void): () => void {
    return this.#add(periodMs, periodMs, call);
  }

  /** Timers that have not fired or been called off. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Moves time on by `ms`, firing what falls due. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let timer = this.#nextDue(untilMs); timer !== undefined; timer = this.#nextDue(untilMs)) this.#fire(timer);
    this.#nowMs = untilMs;
  }

  /** As `advance`, and lets promises settle after each timer and at the end. */
  async run(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settled();
    for (let timer = this.#nextDue(untilMs); timer !== undefined; timer = this.#nextDue(untilMs)) {
      this.#fire(timer);
      await settled();
    }
    this.#nowMs = untilMs;
  }

  /** Sets the wall time as an operator would; timers, which are monotonic, do not notice. */
  setWall(wallMs: number): void {
    this.#wallOffsetMs = wallMs - this.#nowMs;
  }

  #add(delayMs: number, periodMs: number | null, call: () => void): () => void {
    const timer: Timer = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, periodMs, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  #nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs > untilMs) continue;
      if (next === undefined || timer.dueMs < next.dueMs || (timer.dueMs === next.dueMs && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }

  #fire(timer: Timer): void {
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    if (timer.periodMs === null) this.#timers.delete(timer);
    // A period of nothing would never let time pass.
    else timer.dueMs += Math.max(1, timer.periodMs);
    timer.call();
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
