import type { Address } from "./address.ts";
import type { AddressRange } from "./address-range.ts";

interface Segment<T> {
  readonly from: bigint;
  /** Most specific entry from here up to the next segment; null: none. */
  readonly entry: T | null;
}

/**
 * Finds the most specific of many ranges that holds an address: the one with the fewest addresses, of equal ones the
 * one given first. Ranges are cut into segments once, so a lookup is one binary search.
 */
export class RangeIndex<T extends AddressRange> {
  readonly #segments: Record<32 | 128, readonly Segment<T>[]>;

  constructor(entries: readonly T[]) {
    this.#segments = { 32: segmentsOf(entries, 32), 128: segmentsOf(entries, 128) };
  }

  find(address: Address): T | null {
    const segments = this.#segments[address.bits];
    let [low, high] = [0, segments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (segments[middle]!.from <= address.value) low = middle + 1;
      else high = middle;
    }
    return segments[low - 1]?.entry ?? null;
  }
}

function segmentsOf<T extends AddressRange>(entries: readonly T[], bits: 32 | 128): Segment<T>[] {
  // Specific ones first; sort is stable, so equal sizes keep their order.
  const ranked = entries.filter((entry) => entry.bits === bits).sort((a, b) => compare(a.to - a.from, b.to - b.from));
  const opening = new Map<bigint, number[]>();
  const closing = new Map<bigint, number[]>();
  ranked.forEach((entry, rank) => {
    push(opening, entry.from, rank);
    push(closing, entry.to + 1n, rank);
  });
  const bounds = [...new Set([...opening.keys(), ...closing.keys()])].sort(compare);
  // Ranks of the ranges open at the present bound, rising.
  const open: number[] = [];
  const segments: Segment<T>[] = [];
  for (const bound of bounds) {
    for (const rank of closing.get(bound) ?? []) open.splice(placeOf(open, rank), 1);
    for (const rank of opening.get(bound) ?? []) open.splice(placeOf(open, rank), 0, rank);
    const entry = open.length === 0 ? null : ranked[open[0]!]!;
    if (segments.at(-1)?.entry !== entry) segments.push({ from: bound, entry });
  }
  return segments;
}

function push(map: Map<bigint, number[]>, key: bigint, rank: number): void {
  const ranks = map.get(key);
  if (ranks) ranks.push(rank);
  else map.set(key, [rank]);
}

function placeOf(rising: readonly number[], rank: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
