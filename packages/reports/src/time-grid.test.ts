import fc from "fast-check";
import { expect, test } from "vitest";
import { periodOf } from "./period.ts";
import { gridOf, minuteGrid, minuteSpan, utcMs, utcText } from "./time-grid.ts";
import { Zone } from "./zone.ts";

const period = (start: string, end: string, zone = "UTC") => periodOf(start, end, new Zone(zone));

test("short periods have hours, long ones days, longer ones months", () => {
  expect(gridOf(period("2026-10-01", "2026-10-02")).unit).toBe("hour");
  expect(gridOf(period("2026-10-01", "2026-10-03")).unit).toBe("day");
  expect(gridOf(period("2026-01-01", "2026-12-31")).axis.labels).toEqual(
    "Jan 2026,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec".split(","),
  );
});

test("the stretches of any period hold all its hours and last as long as it does", () => {
  const zone = fc.constantFrom("UTC", "Europe/Brussels", "America/Sao_Paulo", "Pacific/Auckland");
  const day = fc
    .integer({ min: 0, max: 4000 })
    .map((days) => new Date(Date.UTC(2015, 0, 1 + days)).toISOString().slice(0, 10));
  fc.assert(
    fc.property(zone, day, fc.integer({ min: 0, max: 200 }), (name, start, more) => {
      const end = new Date(Date.parse(start) + more * 86_400_000).toISOString().slice(0, 10);
      const given = period(start, end, name);
      const grid = gridOf(given);
      const keys = new Set(grid.keys);
      for (let at = given.fromMs; at < given.untilMs; at += 3_600_000) expect(keys).toContain(grid.keyOf(utcText(at)));
      expect(grid.seconds.reduce((sum, each) => sum + each, 0) * 1000).toBe(given.untilMs - given.fromMs);
      expect(grid.axis.labels).toHaveLength(grid.keys.length);
      expect(grid.axis.names).toHaveLength(grid.keys.length);
    }),
    { numRuns: 40 },
  );
});

test("minutes are shown when all measured hours lie within three", () => {
  const day = period("2026-10-01", "2026-10-01");
  const hours = (...clock: number[]) => clock.map((hour) => `2026-10-01 ${String(hour).padStart(2, "0")}:00:00`);
  expect(minuteSpan(day, hours(10, 8))).toEqual({
    fromMs: utcMs("2026-10-01 08:00:00"),
    untilMs: utcMs("2026-10-01 11:00:00"),
  });
  expect(minuteSpan(day, hours(8, 11))).toBeNull();
  expect(minuteSpan(day, [])).toBeNull();
  expect(minuteSpan(period("2026-10-01", "2026-10-03"), hours(8))).toBeNull();
});

test("a grid of minutes begins and ends with the first and last, in steps that keep it small", () => {
  const day = period("2026-10-01", "2026-10-01");
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 179 }), { minLength: 1, maxLength: 50 }), (minutes) => {
      const given = minutes.map((minute) => utcText(day.fromMs + minute * 60_000));
      const grid = minuteGrid(day, given);
      expect(grid.keys.length).toBeLessThanOrEqual(41);
      for (const each of given) expect(grid.keys).toContain(grid.keyOf(each));
      expect(grid.keys[0]).toBe(grid.keyOf(given.toSorted()[0]!));
      expect(grid.keys.at(-1)).toBe(grid.keyOf(given.toSorted().at(-1)!));
    }),
  );
});
