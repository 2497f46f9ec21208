import { bucketOf } from "@trafmon/observation";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Histogram } from "./histogram.ts";

const durations = fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 1, maxLength: 200 });

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(bucketOf(value), 1n);
  return histogram;
}

test("percentiles are within 1.6 % of those of the values themselves", () => {
  fc.assert(
    fc.property(durations, fc.constantFrom(1, 5, 50, 95, 99, 100), (values, percent) => {
      const rising = [...values].sort((a, b) => a - b);
      const exact = rising[Math.ceil((percent / 100) * rising.length) - 1]!;
      const told = histogramOf(values).percentileNs(percent)!;
      expect(Math.abs(told - exact)).toBeLessThanOrEqual(Math.max(0.5, exact * 0.016));
    }),
  );
  expect(new Histogram().percentileNs(50)).toBeNull();
});

test("bins hold every sample once, without a hole between them", () => {
  fc.assert(
    fc.property(durations, fc.constantFrom(1, 4, 8, 32), (values, perOctave) => {
      const bins = histogramOf(values).bins(perOctave);
      expect(bins.reduce((sum, bin) => sum + bin.count, 0n)).toBe(BigInt(values.length));
      bins.slice(1).forEach((bin, at) => {
        expect(bin.from).toBe(bins[at]!.until);
      });
      for (const bin of bins) {
        const within = values.filter((value) => value >= bin.from && value < bin.until);
        expect(BigInt(within.length)).toBe(bin.count);
      }
    }),
  );
});
