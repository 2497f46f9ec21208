import { expect, test } from "vitest";
import { daysWords, duringWords, periodWords } from "./compose/calendar.ts";
import { periodAsked, periodBefore, periodOf } from "./period.ts";
import { Zone } from "./zone.ts";

const UTC = new Zone("UTC");
const HOUR_MS = 3_600_000;

const ends = (period: { start: string; end: string }) => [period.start, period.end];

test("the default is the month before this one, by the clocks of the zone", () => {
  const newYear = Date.UTC(2027, 0, 1, 2);
  expect(ends(periodAsked(undefined, undefined, UTC, newYear))).toEqual(["2026-12-01", "2026-12-31"]);
  expect(ends(periodAsked(undefined, undefined, new Zone("America/New_York"), newYear))).toEqual([
    "2026-11-01",
    "2026-11-30",
  ]);
  expect(ends(periodAsked("2026-12-24", undefined, UTC, newYear))).toEqual(["2026-12-24", "2026-12-31"]);
});

test("the month before is whole on the 29th, 30th and 31st, and in leap years", () => {
  const asked = (year: number, month: number, day: number) =>
    ends(periodAsked(undefined, undefined, UTC, Date.UTC(year, month - 1, day, 23, 59)));
  for (const day of [1, 28, 29, 30, 31]) {
    expect(asked(2026, 3, day)).toEqual(["2026-02-01", "2026-02-28"]);
    expect(asked(2028, 3, day)).toEqual(["2028-02-01", "2028-02-29"]);
    expect(asked(2026, 12, day)).toEqual(["2026-11-01", "2026-11-30"]);
    expect(asked(2026, 5, day)).toEqual(["2026-04-01", "2026-04-30"]);
  }
  expect(asked(2100, 3, 31)).toEqual(["2100-02-01", "2100-02-28"]);
  expect(asked(2028, 2, 29)).toEqual(["2028-01-01", "2028-01-31"]);
  expect(asked(2027, 1, 31)).toEqual(["2026-12-01", "2026-12-31"]);
});

test("whole months are compared with whole months, days with as many days", () => {
  const before = (start: string, end: string) => ends(periodBefore(periodOf(start, end, UTC)));
  expect(before("2026-03-01", "2026-03-31")).toEqual(["2026-02-01", "2026-02-28"]);
  expect(before("2026-01-01", "2026-03-31")).toEqual(["2025-10-01", "2025-12-31"]);
  expect(before("2025-01-01", "2025-12-31")).toEqual(["2024-01-01", "2024-12-31"]);
  expect(before("2026-03-02", "2026-03-08")).toEqual(["2026-02-23", "2026-03-01"]);
});

test("days begin when the clocks of the zone say so, with 23 or 25 hours where they are changed", () => {
  const hours = (zone: string, day: string) => {
    const { fromMs, untilMs } = periodOf(day, day, new Zone(zone));
    return [new Date(fromMs).toISOString(), (untilMs - fromMs) / HOUR_MS];
  };
  expect(hours("Europe/Brussels", "2026-03-29")).toEqual(["2026-03-28T23:00:00.000Z", 23]);
  expect(hours("Europe/Brussels", "2026-10-25")).toEqual(["2026-10-24T22:00:00.000Z", 25]);
  // No midnight: clocks went from 23:59 to 01:00.
  expect(hours("America/Sao_Paulo", "2018-11-04")).toEqual(["2018-11-04T03:00:00.000Z", 23]);
});

test("the offsets of a year change where the clocks do", () => {
  const spans = new Zone("Europe/Brussels").offsetSpans(Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1));
  expect(spans.map(({ fromMs, offsetMinutes }) => [new Date(fromMs).toISOString(), offsetMinutes])).toEqual([
    ["2026-01-01T00:00:00.000Z", 60],
    ["2026-03-29T01:00:00.000Z", 120],
    ["2026-10-25T01:00:00.000Z", 60],
  ]);
});

test("what is no date, no period and no zone is refused", () => {
  const code = (make: () => unknown) => {
    try {
      make();
    } catch (error) {
      return (error as { code: string }).code;
    }
    return "accepted";
  };
  for (const date of ["2026-02-29", "2026-13-01", "26-01-01", "2026-1-1", "x"]) {
    expect(
      code(() => periodOf(date, date, UTC)),
      date,
    ).toBe("REPORTS_BAD_DATE");
  }
  expect(code(() => periodOf("2026-02-02", "2026-02-01", UTC))).toBe("REPORTS_EMPTY_PERIOD");
  expect(code(() => periodOf("1990-01-01", "2026-02-01", UTC))).toBe("REPORTS_LONG_PERIOD");
  expect(code(() => new Zone("Mars/Olympus"))).toBe("REPORTS_UNKNOWN_ZONE");
});

test("periods and days are written as people write them", () => {
  const words = (start: string, end: string) => periodWords(periodOf(start, end, UTC));
  expect(words("2026-10-01", "2026-10-31")).toBe("October 2026");
  expect(words("2026-01-01", "2026-12-31")).toBe("2026");
  expect(words("2026-10-14", "2026-10-14")).toBe("14 October 2026");
  expect(words("2026-10-01", "2026-10-07")).toBe("1 to 7 October 2026");
  expect(words("2026-09-28", "2026-10-04")).toBe("28 September to 4 October 2026");
  expect(words("2025-12-28", "2026-01-03")).toBe("28 December 2025 to 3 January 2026");
  expect(duringWords(periodOf("2026-10-14", "2026-10-14", UTC))).toBe("On 14 October 2026");
  expect(daysWords(["2026-10-09", "2026-10-10", "2026-10-21"])).toBe("9, 10 and 21 October 2026");
  expect(daysWords(["2026-09-30", "2026-10-02", "2026-10-03", "2026-10-04"])).toBe(
    "30 September and 2 to 4 October 2026",
  );
});
