import { FakeClock } from "@trafmon/runtime";
import { expect, test } from "vitest";
import type { OwnEvents } from "../write/own-events.ts";
import { ClockComparison } from "./clock-comparison.ts";

/** A comparison and the codes of what it told, with the seconds ahead where they are given. */
function watched() {
  const clock = new FakeClock();
  const told: string[] = [];
  const events = {
    tell: (_severity, code, origin, _text, { ahead_s }: { ahead_s?: number } = {}) =>
      told.push([code, origin, ahead_s].filter((each) => each !== undefined).join(" ")),
  } as Pick<OwnEvents, "tell"> as OwnEvents;
  const comparison = new ClockComparison(events, clock);
  const hear = (run: string, aheadMs: number, probe = "p") => {
    const instantMs = clock.wallMs() + aheadMs;
    const watermark = { s: Math.floor(instantMs / 1000), nanos: (instantMs % 1000) * 1_000_000 };
    comparison.compare({ probe, run }, { watermark });
  };
  return { hear, told };
}

test("packets of now, of the past and a moment ahead are no news", () => {
  const { hear, told } = watched();
  for (const aheadMs of [0, -500, -86_400_000, 2000]) hear("a", aheadMs);
  expect(told).toEqual([]);
});

test("a probe from the future is told once, and once again when it is right", () => {
  const { hear, told } = watched();
  for (const aheadMs of [61_000, 60_000, 1500, 999, 0]) hear("a", aheadMs);
  expect(told).toEqual(["probe_clock_ahead p 61", "probe_clock_right p"]);
});

test("another run of the probe, as one that waited in its spool, neither ends nor repeats it", () => {
  const { hear, told } = watched();
  for (const run of ["new", "old"]) hear(run, run === "new" ? 10_000 : -10_000);
  hear("new", 10_000);
  hear("other", 5000, "q");
  expect(told).toEqual(["probe_clock_ahead p 10", "probe_clock_ahead q 5"]);
});

test("of runs that are sent side by side, as after a probe was killed, each is told once", () => {
  const { hear, told } = watched();
  for (let i = 0; i < 5; i++) for (const [at, run] of ["a", "b", "c"].entries()) hear(run, 3_600_000 + 1000 * at);
  expect(told).toEqual(["probe_clock_ahead p 3600", "probe_clock_ahead p 3601", "probe_clock_ahead p 3602"]);
});
