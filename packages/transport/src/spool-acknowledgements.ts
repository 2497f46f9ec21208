import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "acknowledged.json";

/**
 * Which sequence each collector needs next, and in a run's folder a note of it. A stale note only makes the next process
 * send again what collectors then discard.
 */
export class SpoolAcknowledgements {
  readonly #path: string;
  readonly #next = new Map<string, number>();
  #isNoted = true;

  constructor(directory: string, collectors: readonly string[]) {
    this.#path = join(directory, FILE);
    for (const collector of collectors) this.#next.set(collector, 1);
  }

  of(collector: string): number {
    return this.#next.get(collector) ?? 1;
  }

  /** Every collector has what is before this. */
  get least(): number {
    return Math.min(...this.#next.values());
  }

  /** The note says all of it. */
  get isNoted(): boolean {
    return this.#isNoted;
  }

  /** False when the collector is none of ours, or had as much before. */
  raise(collector: string, next: number): boolean {
    const before = this.#next.get(collector);
    if (before === undefined || next <= before) return false;
    this.#next.set(collector, next);
    this.#isNoted = false;
    return true;
  }

  /** All begin here: nothing was before. */
  beginAt(sequence: number): void {
    for (const collector of this.#next.keys()) this.#next.set(collector, sequence);
  }

  /** What comes from this sequence on is taken again. */
  cutAt(sequence: number): void {
    for (const [collector, next] of this.#next) this.#next.set(collector, Math.min(next, sequence));
  }

  /**
   * Takes what was noted of a spool that has these sequences (`next` not included). Unknown collectors are left out, new
   * ones start with the oldest that is left: they may know nothing of the run.
   */
  read(first: number, next: number): void {
    const given = this.#noted();
    for (const collector of this.#next.keys()) {
      const noted = given[collector];
      const isKnown = typeof noted === "number" && noted > first && noted <= next;
      this.#next.set(collector, isKnown ? noted : first);
    }
  }

  /** @throws what the file system says */
  note(): void {
    writeFileSync(`${this.#path}.new`, JSON.stringify(Object.fromEntries(this.#next)), { mode: 0o640 });
    renameSync(`${this.#path}.new`, this.#path);
    this.#isNoted = true;
  }

  /** Nothing where it cannot be read. */
  #noted(): Record<string, unknown> {
    try {
      return Object(JSON.parse(readFileSync(this.#path, "utf8")));
    } catch {
      return {};
    }
  }
}
