import fc from "fast-check";
import { expect, test } from "vitest";
import { missedRuns } from "./missed-runs.ts";

const at = (text: string) => Date.parse(`${text}Z`);

test.each([
  ["*/10 * * * *", "2026-01-01T10:00:00", "2026-01-01T10:35:00", 3, "2026-01-01T10:10:00", "2026-01-01T10:30:00"],
  ["20 2 * * *", "2026-01-01T02:20:00", "2026-01-04T02:20:00", 3, "2026-01-02T02:20:00", "2026-01-04T02:20:00"],
  ["5 4 * * 0", "2026-01-01T00:00:00", "2026-01-12T00:00:00", 2, "2026-01-04T04:05:00", "2026-01-11T04:05:00"],
])("of %s after %s and up to %s it counts %i", (schedule, since, until, count, first, last) => {
  expect(missedRuns(schedule, at(since), at(until))).toEqual({ count, firstMs: at(first), lastMs: at(last) });
});

test("nothing was missed when nothing fell due, nor when the clock was set back", () => {
  expect(missedRuns("20 2 * * *", at("2026-01-01T02:20:00"), at("2026-01-02T02:19:59"))).toBeNull();
  expect(missedRuns("* * * * *", at("2026-01-02T00:00:00"), at("2026-01-01T00:00:00"))).toBeNull();
});

test("of every minutes' schedule it misses as many as whole periods have passed", () => {
  const minute = 60_000;
  fc.assert(
    fc.property(fc.constantFrom(1, 2, 5, 10, 30), fc.nat(2_000_000), fc.nat(2000), (step, startMinute, minutes) => {
      const [since, until] = [startMinute * minute + 7, (startMinute + minutes) * minute + 9];
      const due = Math.floor((startMinute + minutes) / step) - Math.floor(startMinute / step);
      expect(missedRuns(`*/${step} * * * *`, since, until)?.count ?? 0).toBe(due);
    }),
    { numRuns: 30 },
  );
});
