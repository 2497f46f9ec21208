import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RunClock } from "./run-clock.ts";

/** Milliseconds of our own clock, and by how many the wall clock has been set since. */
let ownMs: number;
let setByMs: number;
/** The machine does something else for so long, once the wall clock has been read. */
let putOffMs: number;

beforeEach(() => {
  [ownMs, setByMs, putOffMs] = [1000, 0, 0];
  vi.spyOn(performance, "now").mockImplementation(() => ownMs);
  vi.spyOn(Date, "now").mockImplementation(() => {
    const wallMs = Math.floor(performance.timeOrigin + ownMs + setByMs);
    ownMs += putOffMs;
    putOffMs = 0;
    return wallMs;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("a machine that is busy between two readings does not set the clock", () => {
  putOffMs = 700;
  const clock = new RunClock();
  const startMs = clock.start.s * 1000 + clock.start.nanos / 1e6;
  expect(startMs).toBeCloseTo(performance.timeOrigin + 1700, 2);
  ownMs += 50;
  expect(clock.nowNs()).toBeCloseTo(50e6, -4);
  putOffMs = 300;
  expect(clock.nowNs()).toBeCloseTo(350e6, -4);
  expect(clock.nowNs()).toBeCloseTo(350e6, -4);
});

test.each([3_600_000, 1000, 20])("a wall clock that is set by %i ms is followed, forward and back", (byMs) => {
  const clock = new RunClock();
  ownMs += 50;
  setByMs = byMs;
  expect(Math.abs(clock.nowNs() / 1e6 - 50 - byMs)).toBeLessThanOrEqual(6);
  ownMs += 2 * byMs;
  setByMs = 0;
  expect(Math.abs(clock.nowNs() / 1e6 - 50 - 2 * byMs)).toBeLessThanOrEqual(6);
});
