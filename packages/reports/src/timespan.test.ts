import { expect, test } from "vitest";
import { timespanAsked } from "./timespan.ts";
import { Zone } from "./zone.ts";

const UTC = new Zone("UTC");
const NOW = Date.UTC(2026, 10, 21, 16);

function span(start?: string, end?: string, name?: string, nowMs = NOW): string {
  const { period, name: called } = timespanAsked({ start, end, name }, UTC, nowMs);
  return `${called} ${period.start} ${period.end}`;
}

test("weekly is seven days, monthly runs to the day before the same day of the next month", () => {
  expect(span("2026-10-05", undefined, "weekly")).toBe("weekly 2026-10-05 2026-10-11");
  expect(span("2026-12-29", undefined, "weekly")).toBe("weekly 2026-12-29 2027-01-04");
  expect(span("2026-10-01", undefined, "monthly")).toBe("monthly 2026-10-01 2026-10-31");
  expect(span("2026-10-15", undefined, "monthly")).toBe("monthly 2026-10-15 2026-11-14");
  expect(span("2026-12-15", undefined, "monthly")).toBe("monthly 2026-12-15 2027-01-14");
});

test("a next month without such a day ends with its last one, leap years too", () => {
  for (const day of ["29", "30", "31"]) {
    expect(span(`2026-01-${day}`, undefined, "monthly")).toBe(`monthly 2026-01-${day} 2026-02-28`);
  }
  expect(span("2028-01-29", undefined, "monthly")).toBe("monthly 2028-01-29 2028-02-28");
  expect(span("2028-01-30", undefined, "monthly")).toBe("monthly 2028-01-30 2028-02-29");
  expect(span("2028-01-31", undefined, "monthly")).toBe("monthly 2028-01-31 2028-02-29");
  expect(span("2028-02-29", undefined, "monthly")).toBe("monthly 2028-02-29 2028-03-28");
  expect(span("2026-03-31", undefined, "monthly")).toBe("monthly 2026-03-31 2026-04-30");
  expect(span("2026-02-01", undefined, "monthly")).toBe("monthly 2026-02-01 2026-02-28");
});

test("what does not say when it begins is the last whole one", () => {
  expect(span()).toBe("monthly 2026-10-01 2026-10-31");
  expect(span(undefined, undefined, "weekly")).toBe("weekly 2026-11-14 2026-11-20");
  expect(span(undefined, undefined, undefined, Date.UTC(2026, 2, 31))).toBe("monthly 2026-02-01 2026-02-28");
  expect(span(undefined, undefined, undefined, Date.UTC(2028, 2, 31))).toBe("monthly 2028-02-01 2028-02-29");
});

test("with an end, any name", () => {
  expect(span("2026-10-05", "2026-10-06", "acceptance-2")).toBe("acceptance-2 2026-10-05 2026-10-06");
  expect(span("2026-10-05", "2026-10-06")).toBe("span 2026-10-05 2026-10-06");
});

test("what makes no span is refused", () => {
  expect(() => span("2026-10-05", undefined, "daily")).toThrow("choices are weekly, monthly");
  expect(() => span(undefined, "2026-10-05", "weekly")).toThrow("-s is missing");
  expect(() => span("2026-10-05", "2026-10-06", "../up")).toThrow("cannot use the name ../up");
  expect(() => span("2026-02-30", undefined, "monthly")).toThrow("2026-02-30");
  expect(() => span("5 October", undefined, "weekly")).toThrow("5 October");
  expect(() => span("2026-10-05", "2026-10-04")).toThrow("from 2026-10-05 to 2026-10-04");
});
