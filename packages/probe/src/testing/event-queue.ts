/** What is to happen, in order of time and, at the same instant, in the order it was planned. Time goes by only in `runUntil`. */
export class EventQueue {
  /** Now. */
  nowMs = 0;
  readonly #events: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;

  at(atMs: number, run: () => void): void {
    this.#events.push({ atMs, order: this.#order++, run });
  }

  /** Lets everything happen that is planned up to an instant, and what follows from it. */
  runUntil(endMs: number): void {
    for (let event = this.#next(); event !== null && event.atMs <= endMs; event = this.#next()) {
      this.nowMs = event.atMs;
      event.run();
    }
  }

  #next(): { readonly atMs: number; readonly run: () => void } | null {
    const events = this.#events;
    let best = 0;
    for (let i = 1; i < events.length; i++) {
      const [one, other] = [events[i]!, events[best]!];
      if (one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)) best = i;
    }
    return events.length === 0 ? null : events.splice(best, 1)[0]!;
  }
}
