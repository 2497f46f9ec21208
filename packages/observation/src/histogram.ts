/**
 * Additive log-linear histogram of durations: 32 buckets per power of two, so a bucket's middle is within 1.6 % of
 * every value in it. Bucket numbers do not depend on the values seen, so histograms of any origin add up.
 *
 *   value      0 1 2 .. 63 | 64,65 | 66,67 | .. 126,127 | 128..131 | ..
 *   bucket     0 1 2 .. 63 |  64   |  65   | ..    95   |    96    | ..
 */
const SUB_BITS = 5;
const SUB = 1 << SUB_BITS;

/** What lies above 2^31 loses its low bits first: what is left still has more than a bucket's number tells. */
const LOW_BITS = 22;

/** Bucket of a duration. `ns`: whole nanoseconds, 0 .. 2^53-1. */
export function bucketOf(ns: number): number {
  if (ns < 0x80000000) return ns < 0 ? 0 : bucketOfWord(ns | 0);
  return bucketOfWord(Math.floor(ns / 2 ** LOW_BITS)) + LOW_BITS * SUB;
}

function bucketOfWord(value: number): number {
  if (value < 2 * SUB) return value;
  const exponent = 31 - Math.clz32(value);
  return (exponent - SUB_BITS) * SUB + (value >> (exponent - SUB_BITS));
}

/** Smallest duration of a bucket, nanoseconds. The next bucket's lower bound is this one's upper, not included. */
export function bucketLowerNs(bucket: number): number {
  if (bucket < 2 * SUB) return bucket;
  const exponent = Math.floor(bucket / SUB) - 1;
  return ((bucket % SUB) + SUB) * 2 ** exponent;
}
