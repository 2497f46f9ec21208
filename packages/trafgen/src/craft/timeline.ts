/** Something that is to happen at an instant. */
export interface Due {
  /** @param atNs the instant it was scheduled for: nanoseconds after the start of the run */
  run(atNs: number): void;
  /** It is not to happen any more; time does not go on to it either. */
  readonly isCalledOff?: boolean;
}

/**
 * What is to happen, in order of time; what is due at one instant happens in the order it was scheduled. A binary heap.
 * Nothing waits here: the caller decides how far to go.
 */
export class Timeline {
  /** Instant of what happened last. */
  nowNs = 0;
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #dues: Due[] = [];
  #scheduled = 0;

  get isEmpty(): boolean {
    this.#dropCalledOff();
    return this.#times.length === 0;
  }

  /** Instant of what happens next; Infinity when nothing does. */
  get nextNs(): number {
    this.#dropCalledOff();
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Not before the present instant. */
  schedule(atNs: number, due: Due): void {
    if (!(atNs >= this.nowNs)) throw new Error(`cannot schedule for ${atNs} at ${this.nowNs}`);
    const order = this.#scheduled++;
    let at = this.#times.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#times[parent]! <= atNs) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#put(at, atNs, order, due);
  }

  /** Calls later, once. */
  call(atNs: number, run: (atNs: number) => void): void {
    this.schedule(atNs, { run });
  }

  /** Lets the next thing happen. There must be one. */
  step(): void {
    this.#dropCalledOff();
    const atNs = this.#times[0]!;
    const due = this.#dues[0]!;
    this.#dropFirst();
    this.nowNs = atNs;
    due.run(atNs);
  }

  #dropCalledOff(): void {
    while (this.#dues[0]?.isCalledOff === true) this.#dropFirst();
  }

  #dropFirst(): void {
    const lastNs = this.#times.pop()!;
    const lastOrder = this.#orders.pop()!;
    const lastDue = this.#dues.pop()!;
    if (this.#times.length > 0) this.#sink(lastNs, lastOrder, lastDue);
  }

  /** Finds a place for what stood last, from the root down. */
  #sink(atNs: number, order: number, due: Due): void {
    const count = this.#times.length;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= count) break;
      if (child + 1 < count && this.#isBefore(child + 1, child)) child++;
      const childNs = this.#times[child]!;
      if (childNs > atNs || (childNs === atNs && this.#orders[child]! > order)) break;
      this.#move(child, at);
      at = child;
    }
    this.#put(at, atNs, order, due);
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#times[a]! - this.#times[b]!;
    return difference < 0 || (difference === 0 && this.#orders[a]! < this.#orders[b]!);
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#times[from]!, this.#orders[from]!, this.#dues[from]!);
  }

  #put(at: number, atNs: number, order: number, due: Due): void {
    this.#times[at] = atNs;
    this.#orders[at] = order;
    this.#dues[at] = due;
  }
}
