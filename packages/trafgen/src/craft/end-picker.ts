import { writeAddress } from "../scenario/address-set.ts";
import type { Ends } from "../scenario/scenario.ts";
import type { Random } from "./random.ts";

/** Picks between whom the next packet, connection or request is. */
export class EndPicker {
  /** Filled in by `next`, and used again by it. */
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  fromPort = 0;
  toPort = 0;
  /** Whether there is only one choice. */
  readonly isFixed: boolean;
  readonly #ends: Ends;
  #picked = 0;

  constructor(ends: Ends) {
    this.#ends = ends;
    const bytes = ends.from.family === 4 ? 4 : 16;
    this.from = new Uint8Array(bytes);
    this.to = new Uint8Array(bytes);
    this.isFixed = [ends.from, ends.to, ends.fromPorts, ends.toPorts].every(({ count }) => count === 1);
  }

  next(random: Random): void {
    const { from, to, fromPorts, toPorts, pick } = this.#ends;
    const number = this.#picked++;
    if (number > 0 && this.isFixed) return;
    const choose = (count: number) => (pick === "step" ? number % count : random.below(count));
    writeAddress(from, choose(from.count), this.from);
    writeAddress(to, choose(to.count), this.to);
    this.fromPort = fromPorts.first + choose(fromPorts.count);
    this.toPort = toPorts.first + choose(toPorts.count);
  }
}
