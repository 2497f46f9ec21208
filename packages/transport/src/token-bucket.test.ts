import { FakeClock } from "@trafmon/runtime";
import { expect, test } from "vitest";
import { TokenBucket } from "./token-bucket.ts";

test("over a time, no more passes than the rate and one burst", () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(8_000_000, clock); // 1000 bytes a millisecond
  let passed = 0;
  for (let ms = 0; ms < 10_000; ms++) {
    while (bucket.take(1400)) passed += 1400;
    clock.advance(1);
  }
  expect(passed).toBeGreaterThan(10_000_000);
  expect(passed).toBeLessThan(10_000_000 + 50_000 + 2 * 1400);
});

test("it says when to come again, and a datagram larger than the bucket passes too", () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket(80_000, clock); // 10 bytes a millisecond
  expect(bucket.waitMs()).toBe(0);
  expect(bucket.take(60_000)).toBe(true);
  expect(bucket.take(1)).toBe(false);
  const waitMs = bucket.waitMs();
  expect(waitMs).toBeGreaterThan(4000);
  clock.advance(waitMs - 1);
  expect(bucket.take(1)).toBe(false);
  clock.advance(1);
  expect(bucket.take(1)).toBe(true);
});
