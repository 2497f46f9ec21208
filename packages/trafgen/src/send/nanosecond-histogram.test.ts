import fc from "fast-check";
import { expect, test } from "vitest";
import { NanosecondHistogram } from "./nanosecond-histogram.ts";

test("a percentile is the one of the sorted durations, at most 1/32 above", () => {
  const durations = fc.array(fc.integer({ min: 0, max: 2 ** 50 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(durations, fc.integer({ min: 1, max: 100 }), (all, percent) => {
      const histogram = new NanosecondHistogram();
      for (const ns of all) histogram.add(ns);
      const sorted = [...all].sort((a, b) => a - b);
      const exact = sorted[Math.ceil((all.length * percent) / 100) - 1]!;
      const told = histogram.percentile(percent);
      expect(told).toBeGreaterThanOrEqual(exact);
      expect(told).toBeLessThanOrEqual(Math.max(exact * (1 + 1 / 32), exact + 1));
      expect(histogram.largest).toBe(sorted.at(-1));
    }),
  );
});

test("of nothing every percentile is 0", () => {
  expect(new NanosecondHistogram().percentile(99)).toBe(0);
});
