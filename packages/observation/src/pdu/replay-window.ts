/** A datagram whose counter is so far behind the newest is refused as repeated, for nobody knows whether it was. */
export const REPLAY_WINDOW_COUNTERS = 4096;

/** Datagram counters of one session that were seen, RFC 4303 section 3.4.3: what is old or comes twice is refused. */
export class ReplayWindow {
  readonly #seen = new Uint32Array(REPLAY_WINDOW_COUNTERS / 32);
  #highest = -1;

  /** Whether a counter was not taken before, as far as can be told: one that is too old was. */
  isNew(counter: number): boolean {
    if (counter > this.#highest) return true;
    if (counter <= this.#highest - REPLAY_WINDOW_COUNTERS) return false;
    const place = counter % REPLAY_WINDOW_COUNTERS;
    return (this.#seen[place >> 5]! & (1 << (place & 31))) === 0;
  }

  /** Takes a counter that was authenticated; false when it is not new. */
  take(counter: number): boolean {
    if (!this.isNew(counter)) return false;
    if (counter > this.#highest) {
      this.#forget(this.#highest + 1, counter);
      this.#highest = counter;
    }
    const place = counter % REPLAY_WINDOW_COUNTERS;
    this.#seen[place >> 5]! |= 1 << (place & 31);
    return true;
  }

  /** Clears the places of the counters from..until, both included, before they are used again. */
  #forget(from: number, until: number): void {
    if (until - from >= REPLAY_WINDOW_COUNTERS) {
      this.#seen.fill(0);
      return;
    }
    for (let counter = from; counter <= until; counter++) {
      const place = counter % REPLAY_WINDOW_COUNTERS;
      this.#seen[place >> 5]! &= ~(1 << (place & 31));
    }
  }
}
