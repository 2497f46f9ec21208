import { expect, test } from "vitest";
import { agreement } from "./compare/agreement.ts";
import { type TruthRow, TruthTable } from "./truth-table.ts";

const row: TruthRow = { scene: "clean", at: "near", what: "packets", expected: 10, measured: 10 };

test("a row holds when nothing differs, or no more than its bound", () => {
  const table = new TruthTable();
  const bound = { most: 2, reason: "the clock" };
  table.add(row, { ...row, measured: 12, bound }, { ...row, measured: 13, bound }, { ...row, measured: 9 });
  table.add({ ...row, measured: Number.NaN });
  expect(table.broken.map(({ measured }) => measured)).toEqual([13, 9, Number.NaN]);
  expect(String(table)).toMatch(/^clean {2}near {2}packets {8}10 {8}12 {11}2 {2}at most 2: the clock$/m);
  expect(String(table)).toMatch(/DOES NOT HOLD at most 2: the clock$/m);
  expect(String(table)).toMatch(/\n5 comparisons, 3 do not hold\n$/);
});

test("many figures make one row, and one more for each that is wrong, missing or too many", () => {
  const expected = new Map([
    ["a", 1],
    ["b", 2],
  ]);
  const compare = (measured: [string, number][]) =>
    agreement({ scene: "s", at: "t", what: "w", expected, measured: new Map(measured) }).map((each) => [
      each.what,
      each.expected,
      each.measured,
    ]);
  expect(compare([...expected])).toEqual([["w (how many agree)", 2, 2]]);
  expect(compare([["a", 3]])).toEqual([
    ["w (how many agree)", 2, 0],
    ["w: a", 1, 3],
    ["w: b", 2, 0],
  ]);
  expect(compare([...expected, ["c", 0]])).toEqual([["w (how many agree)", 2, 2]]);
  expect(compare([...expected, ["c", 5]])).toEqual([
    ["w (how many agree)", 2, 2],
    ["w: c", 0, 5],
  ]);
});
