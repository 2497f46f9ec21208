import { bucketOf } from "@trafmon/observation";
import fc from "fast-check";
import { expect, test } from "vitest";
import { RttHistograms } from "./rtt-histograms.ts";

/** Counted in a map. */
function naive(samples: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const ns of samples) counts.set(bucketOf(ns), (counts.get(bucketOf(ns)) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b).flat();
}

/** Few buckets again and again, or more of them than a chunk, or eight chunks, hold. */
const samples = fc.oneof(
  fc.array(fc.nat(20), { maxLength: 100 }),
  fc.array(fc.maxSafeNat(), { maxLength: 100 }),
  fc
    .record({ count: fc.nat(5000), buckets: fc.integer({ min: 1, max: 1500 }), step: fc.integer({ min: 1, max: 97 }) })
    .map(({ count, buckets, step }) => Array.from({ length: count }, (_, i) => 2 ** (((i * step) % buckets) / 32))),
);

test("histograms hold what was added, side by side, and give their room back", () => {
  fc.assert(
    fc.property(fc.array(samples, { minLength: 1, maxLength: 4 }), (owners) => {
      const histograms = new RttHistograms(2000);
      const heads = owners.map(() => 0);
      const longest = Math.max(...owners.map(({ length }) => length));
      for (let i = 0; i < longest; i++) {
        owners.forEach((each, owner) => {
          if (i < each.length) heads[owner] = histograms.add(heads[owner]!, each[i]!);
        });
      }
      owners.forEach((each, owner) => {
        expect(histograms.take(heads[owner]!)).toEqual(naive(each));
      });
      for (let chunk = 0; chunk < 2000; chunk++) {
        expect(histograms.isFull).toBe(false);
        // A single bucket takes no chunk.
        histograms.add(histograms.add(histograms.add(0, 1), 1), 1e6);
      }
      expect(histograms.isFull).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test("a histogram of few buckets stays short however many samples it has", () => {
  const histograms = new RttHistograms(100);
  let first = 0;
  // As long as each sample falls into another bucket than the last 14, none is found in the first chunk.
  for (let i = 0; i < 100_000; i++) first = histograms.add(first, i % 40);
  expect(histograms.take(first)).toEqual(Array.from({ length: 40 }, (_, bucket) => [bucket, 2500]).flat());
});

test("more samples in a bucket than a tally holds are all there", () => {
  const histograms = new RttHistograms(100);
  let first = 0;
  for (let i = 0; i < 2 ** 21 + 10; i++) first = histograms.add(first, 7);
  expect(histograms.take(first)).toEqual([7, 2 ** 21 + 10]);
});
