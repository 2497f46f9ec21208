import fc from "fast-check";
import { expect, test } from "vitest";
import { HOUR_MS } from "../ask/hour-range.ts";
import type { FlowFields } from "./exported-flow.ts";
import { mayHold } from "./nfcapd-files.ts";
import { placeFlow } from "./place-flow.ts";

const ACTIVE_MS = 1_800_000;
const at = (text: string) => Date.parse(`2026-03-01T${text}Z`);
const FILE = { path: "nfcapd.202603011400", startMs: at("14:00:00"), endMs: at("14:05:00") };
const NEWEST = { ...FILE, endMs: Number.POSITIVE_INFINITY };
const time = (ms: number) => ({ s: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 });

function place(firstMs: number, lastMs: number, receivedMs: number, file = FILE) {
  const [first, last] = [time(firstMs), time(lastMs)];
  const given = { first_s: first.s, first_nanos: first.nanos, last_s: last.s, last_nanos: last.nanos } as FlowFields;
  const placed = placeFlow(given, time(receivedMs), file, ACTIVE_MS);
  if (placed === null) return null;
  const { first_s, first_nanos, last_s, last_nanos } = placed.fields;
  return {
    hour: new Date(placed.hour * HOUR_MS).toISOString().slice(0, 13),
    first: first_s * 1000 + first_nanos / 1e6,
    last: last_s * 1000 + last_nanos / 1e6,
    correction: placed.correction,
    movedMs: placed.movedMs,
  };
}

const RECEIVED = at("14:02:00");

test.each([
  ["of the hour before, exported within the active time-out", "13:40:00", "13:59:00", "2026-03-01T13"],
  ["of the hour before that, whose last flows are told until 13:30", "12:59:59.999", "13:59:00", "2026-03-01T14"],
  ["as far behind as clocks may be", "13:00:00", "12:32:00", "2026-03-01T14"],
  ["as far ahead as clocks may be", "15:01:00", "15:02:00", "2026-03-01T15"],
])("a flow %s keeps its times", (_, first, last, hour) => {
  const [start, end] = [at(first), at(last)].sort((a, b) => a - b) as [number, number];
  expect(place(start, end, RECEIVED)).toMatchObject({ hour, first: start, last: end, movedMs: 0 });
});

test.each([
  ["behind", at("12:31:59")],
  ["ahead", at("15:02:01")],
  ["of another year", Date.UTC(2019, 0, 1)],
  ["of the far future", Date.UTC(2090, 0, 1)],
])("a flow whose end is too far %s is moved to end at its reception, as long as it was", (_, last) => {
  expect(place(last - 20_500, last, RECEIVED)).toEqual({
    hour: "2026-03-01T14",
    first: RECEIVED - 20_500,
    last: RECEIVED,
    correction: "of a wrong clock",
    movedMs: RECEIVED - last,
  });
});

test("one that began before the time-out and the hour it is told in is of the hour of its reception, and counted", () => {
  expect(place(at("08:00:00"), at("14:01:00"), RECEIVED)).toEqual({
    hour: "2026-03-01T14",
    first: at("08:00:00"),
    last: at("14:01:00"),
    correction: "exported late",
    movedMs: 0,
  });
  // Over the end of a year.
  const midnight = Date.UTC(2026, 0, 1);
  const file = { path: "", startMs: midnight, endMs: midnight + 300_000 };
  expect(place(midnight - 1_700_000, midnight - 1000, midnight + 1000, file)).toMatchObject({
    hour: "2025-12-31T23",
    correction: null,
  });
});

test("times that are none, or too long ones, are those of the reception", () => {
  for (const [first, last] of [
    [0, 0],
    [0, RECEIVED],
    [at("10:00:00") - 8 * 86_400_000, at("10:00:00")],
  ] as const) {
    expect(place(first, last, RECEIVED)).toMatchObject({ first: RECEIVED, last: RECEIVED, hour: "2026-03-01T14" });
  }
});

test("files of a capture are named for its packets: their flows stay where they are, whenever they were made", () => {
  const made = at("14:00:00") + 300 * 86_400_000;
  for (const file of [FILE, NEWEST]) {
    expect(place(at("14:01:00"), at("14:02:00"), made, file)).toMatchObject({
      correction: null,
      first: at("14:01:00"),
    });
    expect(place(0, 0, made, file)).toMatchObject({ correction: "without times", first: at("14:00:00") });
  }
});

test("every flow of a file belongs to an hour that reads this file, wherever its times are", () => {
  const ms = fc.integer({ min: 0, max: 4_294_967_295_000 });
  const near = (span: number) => fc.integer({ min: -span, max: span }).map((each) => RECEIVED + each);
  const anywhere = fc.oneof(ms, near(10_000), near(HOUR_MS * 3), near(HOUR_MS * 24 * 9));
  fc.assert(
    fc.property(anywhere, anywhere, anywhere, fc.boolean(), (first, last, received, isNewest) => {
      const file = isNewest ? NEWEST : FILE;
      const placed = place(first, last, received, file);
      expect(placed).not.toBeNull();
      const hourMs = Date.parse(`${placed!.hour}:00:00Z`);
      expect(mayHold(file, hourMs, hourMs + HOUR_MS, ACTIVE_MS)).toBe(true);
      expect(placed!.last - placed!.first).toBeLessThanOrEqual(7 * 86_400_000);
    }),
    { numRuns: 2000 },
  );
});
