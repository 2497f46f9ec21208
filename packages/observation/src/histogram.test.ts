import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketLowerNs, bucketOf } from "./histogram.ts";

/** Straight from the table in histogram.ts, one power of two after the other. */
function naiveBucketOf(ns: number): number {
  let bucket = 0;
  let width = 1n;
  let lower = 0n;
  for (let inPower = 0; ; inPower = (inPower + 1) % 32) {
    if (bucket >= 64 && inPower === 0) width *= 2n;
    if (BigInt(ns) < lower + width) return bucket;
    lower += width;
    bucket++;
  }
}

const durations = fc.oneof(
  fc.nat(200),
  fc.maxSafeNat(),
  // Around powers of two, where buckets change their width.
  fc.tuple(fc.integer({ min: 6, max: 52 }), fc.integer({ min: -40, max: 40 })).map(([e, d]) => 2 ** e + d),
);

test("a duration falls into the bucket that the table says", () => {
  fc.assert(
    fc.property(durations, (ns) => {
      expect(bucketOf(ns)).toBe(naiveBucketOf(ns));
    }),
  );
  expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBe(naiveBucketOf(Number.MAX_SAFE_INTEGER));
  expect(bucketOf(-1)).toBe(0);
});

test("a bucket's lower bound is its least duration", () => {
  fc.assert(
    fc.property(durations, (ns) => {
      const bucket = bucketOf(ns);
      expect(bucketLowerNs(bucket)).toBeLessThanOrEqual(ns);
      expect(bucketOf(bucketLowerNs(bucket))).toBe(bucket);
      if (bucket > 0) expect(bucketOf(bucketLowerNs(bucket) - 1)).toBe(bucket - 1);
    }),
  );
});
