import fc from "fast-check";
import { expect, test } from "vitest";
import { spreadOverMinutes } from "./spread-over-minutes.ts";

test("an amount is divided by overlap; ties go to the earliest", () => {
  // 30 s in minute 0, 60 s in minute 1, 30 s in minute 2.
  expect(spreadOverMinutes(8n, 30_000, 150_000)).toEqual([
    { minute: 0, amount: 2n },
    { minute: 1, amount: 4n },
    { minute: 2, amount: 2n },
  ]);
  expect(spreadOverMinutes(1n, 0, 120_000)).toEqual([{ minute: 0, amount: 1n }]);
  expect(spreadOverMinutes(3n, 30_000, 90_000)).toEqual([
    { minute: 0, amount: 2n },
    { minute: 1, amount: 1n },
  ]);
});

test("minutes are half-open: an end on the minute does not touch it, an instant on it does", () => {
  expect(spreadOverMinutes(5n, 59_000, 60_000)).toEqual([{ minute: 0, amount: 5n }]);
  expect(spreadOverMinutes(5n, 60_000, 60_000)).toEqual([{ minute: 1, amount: 5n }]);
  expect(spreadOverMinutes(0n, 60_000, 60_000)).toEqual([]);
});

test("the parts add up to the amount, within the span, each within one of its exact share", () => {
  const span = fc.tuple(fc.integer({ min: 0, max: 10 ** 12 }), fc.integer({ min: 0, max: 4 * 3_600_000 }));
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 85n }), span, (amount, [firstMs, durationMs]) => {
      const lastMs = firstMs + durationMs;
      const parts = spreadOverMinutes(amount, firstMs, lastMs);
      expect(parts.reduce((sum, part) => sum + part.amount, 0n)).toBe(amount);
      for (const part of parts) {
        const overlapMs = Math.min(lastMs, (part.minute + 1) * 60_000) - Math.max(firstMs, part.minute * 60_000);
        if (durationMs === 0) continue;
        const exact = (amount * BigInt(overlapMs)) / BigInt(durationMs);
        expect(part.amount - exact === 0n || part.amount - exact === 1n).toBe(true);
      }
    }),
  );
});
