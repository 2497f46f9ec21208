/** Stretches of numbers, half-open, disjoint, rising and never touching. */
export class RangeSet {
  readonly #ranges: { from: number; until: number }[] = [];

  get ranges(): readonly Readonly<{ from: number; until: number }>[] {
    return this.#ranges;
  }

  /** Adds [from, until). How many of its numbers are new. */
  add(from: number, until: number): number {
    if (until <= from) return 0;
    let first = this.#ranges.length;
    // New stretches come at the end, nearly always.
    while (first > 0 && this.#ranges[first - 1]!.until >= from) first--;
    let last = first;
    let covered = 0;
    const joined = { from, until };
    for (; last < this.#ranges.length && this.#ranges[last]!.from <= until; last++) {
      const each = this.#ranges[last]!;
      covered += Math.max(0, Math.min(each.until, until) - Math.max(each.from, from));
      joined.from = Math.min(joined.from, each.from);
      joined.until = Math.max(joined.until, each.until);
    }
    this.#ranges.splice(first, last - first, joined);
    return until - from - covered;
  }

  /** Forgets all numbers below. */
  dropBelow(floor: number): void {
    let gone = 0;
    while (gone < this.#ranges.length && this.#ranges[gone]!.until <= floor) gone++;
    this.#ranges.splice(0, gone);
    const first = this.#ranges[0];
    if (first !== undefined && first.from < floor) first.from = floor;
  }
}
