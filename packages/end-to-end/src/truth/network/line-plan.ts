import { Random } from "@trafmon/trafgen";

/** What a line does to the packets of one direction. Absent: nothing of the kind. */
export interface Impairment {
  readonly delayMs?: number;
  /** Added to the delay, by chance, from 0 up to this. A packet never passes the one before it for that. */
  readonly jitterMs?: number;
  /** Share of packets that are dropped, doubled, or held back until others have passed. */
  readonly loss?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  /** Share of packets of which a bit is spoilt. */
  readonly corrupt?: number;
  /** How many packets pass one that is held back. Default 3. */
  readonly overtaking?: number;
}

/** What happens to one packet. */
export interface Fate {
  /** 0: dropped; 2: doubled. */
  readonly copies: 0 | 1 | 2;
  readonly delayMs: number;
  /** Where a bit is spoilt, as a share of the packet's length; null: nowhere. */
  readonly spoiltAt: number | null;
  /** So many packets pass it first. */
  readonly overtaking: number;
}

/**
 * Decides packet by packet, repeatably: the n-th packet of a direction meets the same fate whenever the seed is the same.
 * Three numbers are drawn for each, whatever is made of them, so that one impairment does not shift another.
 */
export class LinePlan {
  readonly #impairment: Impairment;
  readonly #random: Random;

  constructor(impairment: Impairment, seed: number) {
    this.#impairment = impairment;
    this.#random = new Random(seed);
  }

  next(): Fate {
    const {
      delayMs = 0,
      jitterMs = 0,
      loss = 0,
      duplicate = 0,
      reorder = 0,
      corrupt = 0,
      overtaking = 3,
    } = this.#impairment;
    const [chance, order, wait] = [this.#random.fraction(), this.#random.fraction(), this.#random.fraction()];
    const copies = chance < loss ? 0 : chance < loss + duplicate ? 2 : 1;
    // Of those that are neither lost nor doubled; where, the third number says as well as any.
    const spoiltAt = chance >= 1 - corrupt ? wait : null;
    return { copies, spoiltAt, delayMs: delayMs + jitterMs * wait, overtaking: order < reorder ? overtaking : 0 };
  }
}
