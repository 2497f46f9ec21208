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
  const row = (key: string): TruthRow => ({
    ...{ scene, at, what: `${what}: ${key}` },
    ...{ expected: expected.get(key) ?? 0, measured: measured.get(key) ?? 0 },
  });
  const known = [...expected.keys()].map(row);
  const agreeing = known.filter((each) => each.expected === each.measured).length;
  const others = [...measured.keys()].filter((key) => !expected.has(key)).map(row);
  const differing = [...known, ...others].filter((each) => each.expected !== each.measured);
  const agreed = { scene, at, what: `${what} (how many agree)`, expected: expected.size, measured: agreeing };
  return [agreed, ...differing.slice(0, MOST_LISTED)];
}
