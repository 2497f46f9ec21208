import type { AddressRow } from "../find/address-row.ts";

/** More than DNS answers in the time that it is given. */
const MOST_ROWS = 200_000;

/**
 * Addresses that DNS is to be asked for: those never asked for first, then those longest ago, so that runs whose time is
 * too short for all get round. Holds so many and no more.
 */
export class NameQueue {
  readonly #most: number;
  #rows: AddressRow[] = [];
  /** Rows that found no place, for which later ones are asked in a later run. */
  left = 0;

  constructor(most = MOST_ROWS) {
    this.#most = most;
  }

  add(row: AddressRow): void {
    this.#rows.push(row);
    if (this.#rows.length >= 2 * this.#most) this.#cut();
  }

  /** The rows to ask for, in order. */
  take(): AddressRow[] {
    this.#cut();
    return this.#rows;
  }

  #cut(): void {
    this.#rows.sort((a, b) => compare(a.hostNameTriedAt ?? "", b.hostNameTriedAt ?? ""));
    this.left += Math.max(0, this.#rows.length - this.#most);
    this.#rows.length = Math.min(this.#rows.length, this.#most);
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
