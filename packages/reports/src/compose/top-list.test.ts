import fc from "fast-check";
import { expect, test } from "vitest";
import { thresholdBytes, topList } from "./top-list.ts";

const entries = fc.array(fc.record({ label: fc.string(), bytes: fc.bigInt(0n, 2n ** 70n) }), { maxLength: 40 });

test("everything is in exactly one of the three parts, the largest first", () => {
  fc.assert(
    fc.property(entries, fc.integer({ min: 1, max: 25 }), fc.bigInt(0n, 2n ** 70n), (all, top, threshold) => {
      const list = topList(all, top, threshold);
      const parts = [...list.top, ...list.others, ...list.below];
      expect(new Set(parts)).toEqual(new Set(all));
      expect(parts).toHaveLength(all.length);
      expect(list.top.length).toBeLessThanOrEqual(top);
      for (let at = 1; at < list.top.length; at++) expect(list.top[at - 1]!.bytes >= list.top[at]!.bytes).toBe(true);
      for (const each of [...list.top, ...list.others]) expect(each.bytes >= threshold).toBe(true);
      for (const each of list.below) expect(each.bytes < threshold).toBe(true);
    }),
  );
});

test("the threshold is a mean rate over the period", () => {
  expect(thresholdBytes(1000, 86_400)).toBe(10_800_000n);
  expect(thresholdBytes(0, 86_400)).toBe(0n);
  // 1 b/s over 9 s is more than one byte, so one byte is below.
  expect(thresholdBytes(1, 9)).toBe(2n);
});
