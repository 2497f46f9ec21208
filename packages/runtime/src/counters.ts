/** A number that only grows. `value` may be added to directly where speed matters. */
export class Counter {
  value = 0;

  add(n = 1): void {
    this.value += n;
  }
}

/** A counter per reason, for everything that is refused, dropped or lost. Reasons come from code, never from input. */
export class ReasonCounter {
  readonly #byReason = new Map<string, number>();

  add(reason: string, n = 1): void {
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + n);
  }

  of(reason: string): number {
    return this.#byReason.get(reason) ?? 0;
  }

  get total(): number {
    let sum = 0;
    for (const n of this.#byReason.values()) sum += n;
    return sum;
  }

  /** Reasons seen so far, sorted. */
  entries(): [reason: string, n: number][] {
    return [...this.#byReason].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }
}

/** All counters of a program. Asking twice for one name gives the same counter. */
export class Counters {
  readonly #plain = new Map<string, Counter>();
  readonly #byReason = new Map<string, ReasonCounter>();

  counter(name: string): Counter {
    let counter = this.#plain.get(name);
    if (counter === undefined) {
      counter = new Counter();
      this.#plain.set(name, counter);
    }
    return counter;
  }

  byReason(name: string): ReasonCounter {
    let counter = this.#byReason.get(name);
    if (counter === undefined) {
      counter = new ReasonCounter();
      this.#byReason.set(name, counter);
    }
    return counter;
  }

  /** Every count under its name, `name` or `name{reason}`, sorted by name. */
  snapshot(): Map<string, number> {
    const rows: [string, number][] = [...this.#plain].map(([name, counter]) => [name, counter.value]);
    for (const [name, counter] of this.#byReason) {
      for (const [reason, n] of counter.entries()) rows.push([`${name}{${reason}}`, n]);
    }
    return new Map(rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  }
}
