import type { Sender } from "./senders.ts";

/**
 * Where a run begins that a collector knows nothing of. The probe holds everything that was not acknowledged, so what it
 * says counts at once. A collector that forwards may have begun in the midst of a run: what it never had may still come
 * another way, so it is asked for nothing less until everybody who may bring the run has spoken.
 */
export class Beginnings {
  /** By run: what each sender said, by its name. */
  readonly #said = new Map<string, Map<string, number>>();

  /** `senders`: names of all who may bring the run. The first sequence to be had, or null when nobody knows yet. */
  note(
    { name, relay }: Pick<Sender, "name" | "relay">,
    run: string,
    firstSequence: number,
    senders: readonly string[],
  ): number | null {
    const said = this.#said.get(run) ?? new Map<string, number>();
    this.#said.set(run, said.set(name, firstSequence));
    if (relay === null) return firstSequence;
    const all = senders.map((each) => said.get(each) ?? null);
    return all.reduce((least, each) => (least === null || each === null ? null : Math.min(least, each)), firstSequence);
  }

  /** What a sender said of a run; null: nothing. */
  said(run: string, sender: string): number | null {
    return this.#said.get(run)?.get(sender) ?? null;
  }

  forget(run: string): void {
    this.#said.delete(run);
  }
}
