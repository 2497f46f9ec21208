import fc from "fast-check";
import { expect, test } from "vitest";
import { RangeSet } from "./range-set.ts";

test("it holds the numbers that were added, and says how many were new", () => {
  const stretch = fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 8 }));
  fc.assert(
    fc.property(fc.array(stretch), fc.nat({ max: 50 }), (stretches, floor) => {
      const set = new RangeSet();
      const naive = new Set<number>();
      for (const [from, length] of stretches) {
        const before = naive.size;
        for (let i = from; i < from + length; i++) naive.add(i);
        expect(set.add(from, from + length)).toBe(naive.size - before);
      }
      const held = () =>
        set.ranges.flatMap(({ from, until }) => Array.from({ length: until - from }, (_, i) => from + i));
      const rising = [...naive].sort((a, b) => a - b);
      expect(held()).toEqual(rising);
      set.ranges.forEach((each, i) => {
        if (i > 0) expect(each.from).toBeGreaterThan(set.ranges[i - 1]!.until);
      });
      set.dropBelow(floor);
      expect(held()).toEqual(rising.filter((each) => each >= floor));
    }),
  );
});
