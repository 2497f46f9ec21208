/**
 * Additive log-linear histogram of durations: 32 buckets per power of two, so a bucket's middle is within 1.6 % of
 * every value in it. Bucket numbers do not depend on the values seen, so histograms of any origin add up.
 *
 *   value      0 1 2 .. 63 | 64,65 | 66,67 | .. 126,127 | 128..131 | ..
 *   bucket     0 1 2 .. 63 |  64   |  65   | ..    95   |    96    | ..
 */
const SUB_BITS = 5;
const SUB = 1 << SUB_BITS;

/** Bucket of a duration. `ns`: whole nanoseconds, 0 .. 2^53-1. */
export function bucketOf(ns: number): number {
  if (ns < 2 * SUB) return ns < 0 ? 0 : Math.trunc(ns);
  // Above 2^31 the bit operations would wrap, so the high part is divided off first.
  let shift = 0;
  let rest = ns;
  while (rest >= 0x80000000) {
    rest = Math.floor(rest / 65536);
    shift += 16;
  }
  rest = Math.trunc(rest);
  const exponent = 31 - Math.clz32(rest) + shift;
  const mantissa = Math.floor(ns / 2 ** (exponent - SUB_BITS));
  return (exponent - SUB_BITS) * SUB + mantissa;
}

/** Smallest duration of a bucket, nanoseconds. The next bucket's lower bound is this one's upper, not included. */
export function bucketLowerNs(bucket: number): number {
  if (bucket < 2 * SUB) return bucket;
  const exponent = Math.floor(bucket / SUB) - 1;
  return ((bucket % SUB) + SUB) * 2 ** exponent;
}
