import type { Clock } from "@trafmon/runtime";
import type { Session } from "./session.ts";

/** Whoever holds a PDU sends it again within 12.5 seconds; so long after the last word nobody is waited for. */
const QUIET_MS = 30_000;
/** Whoever is alive and holds what all wait for is sending it now. Waited in vain for so long, a run waits no more. */
const PATIENCE_MS = 2 * 60_000;

export interface BringersParts {
  readonly clock: Clock;
  sessionsOf(run: string): readonly Pick<Session, "sender" | "heardMs">[];
  /** First sequence that a sender said it holds of a run; null: it has said nothing. */
  beginningOf(run: string, sender: string): number | null;
}

/** Who else may still bring what one sender of a run has lost. */
export class Bringers {
  readonly #parts: BringersParts;
  /** By run: when it was heard of first. */
  readonly #sinceMs = new Map<string, number>();
  /** By run: what is waited for, all before it being here, and since when. */
  readonly #waiting = new Map<string, { readonly through: number; readonly sinceMs: number }>();
  /** Runs that have waited in vain. */
  readonly #spent = new Set<string>();

  constructor(parts: BringersParts) {
    this.#parts = parts;
  }

  noteRun(run: string): void {
    if (!this.#sinceMs.has(run)) this.#sinceMs.set(run, this.#parts.clock.monotonicMs());
  }

  forget(run: string): void {
    this.#sinceMs.delete(run);
    this.#waiting.delete(run);
    this.#spent.delete(run);
  }

  /**
   * Whether somebody may still bring this sequence. `through`: everything up to there is here; `senders`: all who may
   * bring the run; `missedBy`: those who say that they do not have the sequence any more.
   */
  mayBring(
    run: string,
    through: number,
    sequence: number,
    senders: readonly string[],
    missedBy: ReadonlySet<string>,
  ): boolean {
    if (this.#spent.has(run)) return false;
    if (!senders.some((sender) => !missedBy.has(sender) && this.#isExpected(run, sequence, sender))) {
      this.#waiting.delete(run);
      return false;
    }
    const nowMs = this.#parts.clock.monotonicMs();
    const waiting = this.#waiting.get(run);
    if (waiting?.through !== through) this.#waiting.set(run, { through, sinceMs: nowMs });
    else if (nowMs - waiting.sinceMs >= PATIENCE_MS) this.#spent.add(run);
    return !this.#spent.has(run);
  }

  /** Least sequence, from this one on, that one of these may still bring; infinity: none of them brings anything more. */
  firstFrom(run: string, sequence: number, senders: readonly string[]): number {
    const heard = senders.filter((sender) => this.#isHeard(run, sender));
    const first = heard.map((sender) => Math.max(sequence, this.#parts.beginningOf(run, sender) ?? sequence));
    return Math.min(...first);
  }

  #isExpected(run: string, sequence: number, sender: string): boolean {
    return this.#isHeard(run, sender) && (this.#parts.beginningOf(run, sender) ?? sequence) <= sequence;
  }

  /** One that has not spoken yet, as after a start of ours, is given the time to. */
  #isHeard(run: string, sender: string): boolean {
    const { clock, sessionsOf } = this.#parts;
    const nowMs = clock.monotonicMs();
    const session = sessionsOf(run).find((each) => each.sender === sender);
    return nowMs - (session?.heardMs ?? this.#sinceMs.get(run) ?? nowMs) < QUIET_MS;
  }
}
