import { MIX_KINDS, type MixKind } from "./mix-scenario.ts";

export interface MixCount {
  /** Exchanges begun; `skipped` ones were not, since too many of the kind were under way. */
  begun: number;
  answered: number;
  failed: number;
  /** Broken off because the run was stopped. */
  stopped: number;
  skipped: number;
  bytes: number;
  /** Failures by their reason. */
  readonly troubles: Map<string, number>;
}

/** Reasons told apart; the rest count together. A server's own words may be endlessly many. */
const MOST_TROUBLES = 20;
const OTHER = "other reasons";

/** Counts what became of the exchanges of each kind. */
export class MixTally {
  readonly #counts = new Map<MixKind, MixCount>();

  of(kind: MixKind): MixCount {
    const known = this.#counts.get(kind);
    if (known !== undefined) return known;
    const count = { begun: 0, answered: 0, failed: 0, stopped: 0, skipped: 0, bytes: 0, troubles: new Map() };
    this.#counts.set(kind, count);
    return count;
  }

  add(kind: MixKind, bytes: number, trouble: string | null): void {
    const count = this.of(kind);
    count.bytes += bytes;
    if (trouble === null) {
      count.answered++;
      return;
    }
    count.failed++;
    const { troubles } = count;
    const reason = troubles.has(trouble) || troubles.size < MOST_TROUBLES ? trouble : OTHER;
    troubles.set(reason, (troubles.get(reason) ?? 0) + 1);
  }

  /** In the order of `MIX_KINDS`, those that were played. */
  get kinds(): readonly (readonly [MixKind, MixCount])[] {
    return MIX_KINDS.flatMap((kind) => {
      const count = this.#counts.get(kind);
      return count === undefined ? [] : [[kind, count] as const];
    });
  }

  get begun(): number {
    return this.kinds.reduce((sum, [, { begun }]) => sum + begun, 0);
  }
}
