import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR_MS, hourRange, hourText } from "./hour-range.ts";

const NOW = Date.UTC(2026, 10, 21, 14, 36, 27);
const texts = (range: { first: number; end: number }) => [hourText(range.first), hourText(range.end)];

test("-H 2 at 14:36:27 is [12:00, 14:00)", () => {
  expect(texts(hourRange({ hour: 2 }, NOW))).toEqual(["2026/11/21:12", "2026/11/21:14"]);
});

test("on the hour the hour that has just ended is the last one", () => {
  expect(texts(hourRange({ hour: 1 }, Date.UTC(2026, 2, 1)))).toEqual(["2026/02/28:23", "2026/03/01:00"]);
  expect(texts(hourRange({ hour: 1 }, Date.UTC(2026, 2, 1) - 1))).toEqual(["2026/02/28:22", "2026/02/28:23"]);
});

test("-H goes before -S and -E; without any it is the last full hour", () => {
  const dates = { dateStart: "2026/01/01:00", dateEnd: "2026/01/01:00" };
  expect(texts(hourRange({ hour: 1, ...dates }, NOW))).toEqual(["2026/11/21:13", "2026/11/21:14"]);
  expect(texts(hourRange({}, NOW))).toEqual(["2026/11/21:13", "2026/11/21:14"]);
});

test("-S and -E are both included; without -E it goes to the last full hour", () => {
  expect(texts(hourRange({ dateStart: "2024/02/28:23", dateEnd: "2024/02/29:00" }, NOW))).toEqual([
    "2024/02/28:23",
    "2024/02/29:01",
  ]);
  expect(texts(hourRange({ dateStart: "2026/11/21:10" }, NOW))).toEqual(["2026/11/21:10", "2026/11/21:14"]);
});

test("nothing is asked for beyond the present hour", () => {
  expect(texts(hourRange({ dateStart: "2026/11/21:14", dateEnd: "2027/01/01:00" }, NOW))).toEqual([
    "2026/11/21:14",
    "2026/11/21:15",
  ]);
  expect(() => hourRange({ dateStart: "2026/11/21:15" }, NOW)).toThrow(/future/);
});

test.each(["2026/02/29:00", "2026/11/21:24", "2026-11-21:10", "2026/11/21", "2026/11/21:1", ""])(
  "%j is no hour",
  (dateStart) => {
    expect(() => hourRange({ dateStart }, NOW)).toThrow(/is no hour/);
  },
);

test("an end without a start, or before it, is refused", () => {
  expect(() => hourRange({ dateEnd: "2026/11/21:10" }, NOW)).toThrow(/-S/);
  expect(() => hourRange({ dateStart: "2026/11/21:10", dateEnd: "2026/11/21:09" }, NOW)).toThrow(/before/);
});

test("every hour's text is read back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Math.floor(NOW / HOUR_MS) }), (hour) => {
      expect(hourRange({ dateStart: hourText(hour), dateEnd: hourText(hour) }, NOW)).toEqual({
        first: hour,
        end: hour + 1,
      });
    }),
  );
});
