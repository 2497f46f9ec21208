import fc from "fast-check";
import { expect, test } from "vitest";
import type { AddressRange } from "./address-range.ts";
import { contains } from "./address-range.ts";
import { RangeIndex } from "./range-index.ts";

interface Numbered extends AddressRange {
  readonly line: number;
}

const family = fc.constantFrom(32 as const, 128 as const);
// Few different bounds, so that ranges nest, touch, repeat and overlap.
const bound = fc.oneof(fc.bigInt(0n, 40n), fc.constant(2n ** 32n - 1n));
const ranges = fc.array(fc.tuple(family, bound, bound), { maxLength: 30 }).map((all) =>
  all.map(([bits, ...ends], line): Numbered => {
    const [from, to] = ends.sort((a, b) => Number(a - b)) as [bigint, bigint];
    return { bits, from, to, line };
  }),
);

/** The answer by looking at every range. */
function naive(all: readonly Numbered[], bits: 32 | 128, value: bigint): Numbered | null {
  const holding = all.filter((range) => contains(range, { bits, value }));
  const size = (range: Numbered) => range.to - range.from;
  return holding.find((range) => holding.every((other) => size(range) <= size(other))) ?? null;
}

test("the most specific range is found, of equal ones the first", () => {
  fc.assert(
    fc.property(ranges, family, fc.oneof(fc.bigInt(0n, 42n), bound), (all, bits, value) => {
      expect(new RangeIndex(all).find({ bits, value })).toEqual(naive(all, bits, value));
    }),
    { numRuns: 3000 },
  );
});

test("the ends of the address space can be looked up", () => {
  const all = { bits: 128 as const, from: 0n, to: 2n ** 128n - 1n, line: 1 };
  const index = new RangeIndex([all]);
  expect(index.find({ bits: 128, value: 0n })).toBe(all);
  expect(index.find({ bits: 128, value: 2n ** 128n - 1n })).toBe(all);
  expect(index.find({ bits: 32, value: 0n })).toBeNull();
});
