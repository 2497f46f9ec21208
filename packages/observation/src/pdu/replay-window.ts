/** Datagram counters of one session that were seen, RFC 4303 section 3.4.3: what is old or comes twice is refused. */
export class ReplayWindow {
  static readonly #BITS = 4096;
  readonly #seen = new Uint32Array(ReplayWindow.#BITS / 32);
  #highest = -1;

  /** Takes a counter that was authenticated; false when it was seen before or is too old to tell. */
  take(counter: number): boolean {
    if (counter > this.#highest) {
      this.#forget(this.#highest + 1, counter);
      this.#highest = counter;
    } else if (counter <= this.#highest - ReplayWindow.#BITS) return false;
    const place = counter % ReplayWindow.#BITS;
    const bit = 1 << (place & 31);
    if ((this.#seen[place >> 5]! & bit) !== 0) return false;
    this.#seen[place >> 5]! |= bit;
    return true;
  }

  /** Clears the places of the counters from..until, both included, before they are used again. */
  #forget(from: number, until: number): void {
    if (until - from >= ReplayWindow.#BITS) {
      this.#seen.fill(0);
      return;
    }
    for (let counter = from; counter <= until; counter++) {
      const place = counter % ReplayWindow.#BITS;
      this.#seen[place >> 5]! &= ~(1 << (place & 31));
    }
  }
}
