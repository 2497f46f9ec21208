import type { TruthRow } from "../truth-table.ts";

/** Of those that differ, so many are listed. */
const MOST_LISTED = 10;

export interface Agreement {
  readonly scene: string;
  readonly at: string;
  /** Of what there are many: "five-tuples: packets". */
  readonly what: string;
  readonly expected: ReadonlyMap<string, number>;
  readonly measured: ReadonlyMap<string, number>;
}

/** Compares many figures in one row, how many there are and how many are equal, and a row more for each that is not. */
export function agreement({ scene, at, what, expected, measured }: Agreement): TruthRow[] {
  const differing: TruthRow[] = [];
  for (const key of new Set([...expected.keys(), ...measured.keys()])) {
    const row = {
      scene,
      at,
      what: `${what}: ${key}`,
      expected: expected.get(key) ?? 0,
      measured: measured.get(key) ?? 0,
    };
    if (row.expected !== row.measured) differing.push(row);
  }
  const agreed = {
    scene,
    at,
    what: `${what} (how many agree)`,
    expected: expected.size,
    measured: expected.size - differing.length,
  };
  return [agreed, ...differing.slice(0, MOST_LISTED)];
}
