import type { AlertSettings } from "@trafmon/settings";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AlertState, type AlertTurn } from "./alert-state.ts";

function alert(more: Partial<AlertSettings>): AlertSettings {
  return { name: "a", metric: "lag", isAbove: true, level: 100, clear: 100, forMs: 0, severity: "warning", ...more };
}

const MINUTE_MS = 60_000;

/** Takes the value of a minute, counted from any beginning. */
function take(state: AlertState, settings: AlertSettings, value: number | null, minute: number, runNo = 1): AlertTurn {
  return state.take(settings, value, { fromMs: minute * MINUTE_MS, untilMs: (minute + 1) * MINUTE_MS, runNo });
}

/** Turns at each of these values, each over a minute. */
function turns(settings: AlertSettings, values: readonly number[]): (string | null)[] {
  const state = new AlertState();
  return values.map((value, i) => take(state, settings, value, i));
}

test("it is raised above the level, not at it, and cleared at the level for want of another", () => {
  expect(turns(alert({}), [100, 101, 150, 100, 101])).toEqual([null, "raised", null, "cleared", "raised"]);
});

test("it is cleared only where the file says, so that it does not come and go", () => {
  const settings = alert({ clear: 80 });
  expect(turns(settings, [101, 99, 101, 81, 80, 90])).toEqual(["raised", null, null, null, "cleared", null]);
});

test("below a level it is the other way round", () => {
  const settings = alert({ isAbove: false, level: 10, clear: 20 });
  expect(turns(settings, [10, 9, 15, 19, 20, 15])).toEqual([null, "raised", null, null, "cleared", null]);
});

test("what does not last long enough without a break raises nothing", () => {
  const settings = alert({ forMs: 180_000 });
  expect(turns(settings, [200, 200, 50, 200, 200, 200])).toEqual([null, null, null, null, null, "raised"]);
});

test("one that was raised before a restart is only cleared", () => {
  const state = new AlertState({ isRaised: true, sinceMs: null, untilMs: null });
  expect(take(state, alert({}), 200, 0)).toBe(null);
  expect(take(state, alert({}), 50, 1)).toBe("cleared");
});

test("time is that of the figures: a restart between them changes nothing, and what it hid does not count", () => {
  const settings = alert({ forMs: 3 * MINUTE_MS });
  const before = new AlertState();
  take(before, settings, 200, 0);
  take(before, settings, 200, 1);
  const after = new AlertState(before.progress);
  // Minutes 2 to 4 were never whole.
  expect(take(after, settings, 200, 5)).toBe("raised");
  const later = new AlertState(before.progress);
  // More is unknown than is asked for: it begins anew.
  expect([6, 7, 8].map((minute) => take(later, settings, 200, minute))).toEqual([null, null, "raised"]);
});

test("an interval of an earlier run that comes late neither raises nor breaks nor clears", () => {
  const settings = alert({ forMs: 3 * MINUTE_MS });
  const state = new AlertState();
  take(state, settings, 200, 10, 2);
  expect(take(state, settings, 200, 3, 1)).toBe(null);
  expect(take(state, settings, 200, 11, 2)).toBe(null);
  expect(take(state, settings, 50, 4, 1)).toBe(null);
  expect(take(state, settings, 200, 12, 2)).toBe("raised");
  expect(take(state, settings, 50, 5, 1)).toBe(null);
  expect(take(state, settings, 50, 13, 2)).toBe("cleared");
});

test("a probe whose clock was set back between two runs is watched on, from the beginning", () => {
  const settings = alert({ forMs: 2 * MINUTE_MS });
  const state = new AlertState();
  take(state, settings, 200, 1000, 1);
  expect([10, 11].map((minute) => take(state, settings, 200, minute, 2))).toEqual([null, "raised"]);
});

test("a minute with nothing to tell of neither counts nor breaks", () => {
  const settings = alert({ forMs: 2 * MINUTE_MS });
  const state = new AlertState();
  const values = [200, null, null, null, 200];
  expect(values.map((value, minute) => take(state, settings, value, minute))).toEqual([
    null,
    null,
    null,
    null,
    "raised",
  ]);
});

test("between two looks time goes on", () => {
  const state = new AlertState();
  const looks = [0, 1000, 2000, 3000].map((ms) => {
    return state.take(alert({ forMs: 3000 }), 200, { fromMs: ms, untilMs: ms, runNo: 0 });
  });
  expect(looks).toEqual([null, null, null, "raised"]);
});

test("what is known in part is judged as somebody would who has the whole table", () => {
  const known = fc.option(fc.integer({ min: 50, max: 150 }), { nil: undefined, freq: 3 });
  const level = 100;
  fc.assert(
    fc.property(fc.array(known, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (values, minutes) => {
      const settings = alert({ forMs: minutes * MINUTE_MS, clear: level });
      const state = new AlertState();
      let isRaised = false;
      values.forEach((value, minute) => {
        if (value === undefined) return;
        const turn = take(state, settings, value, minute);
        // Back from here, minutes beyond the level, passing over at most so many unknown ones at a stretch.
        let beyond = 0;
        let unknown = 0;
        for (let at = minute; at >= 0 && unknown <= minutes; at--) {
          const earlier = values[at];
          if (earlier === undefined) unknown++;
          else if (earlier <= level) break;
          else [beyond, unknown] = [beyond + 1, 0];
        }
        const expected = isRaised ? value > level : beyond >= minutes;
        expect(turn).toBe(expected === isRaised ? null : expected ? "raised" : "cleared");
        isRaised = expected;
      });
    }),
  );
});

test("whatever comes, raised and cleared take turns, each by its own level", () => {
  const figures = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 60 });
  fc.assert(
    fc.property(figures, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 4 }), (values, clear, minutes) => {
      const settings = alert({ clear, forMs: minutes * 60_000 });
      let raised = false;
      turns(settings, values).forEach((turn, i) => {
        // The last so many values, as somebody would look them up in a table.
        const span = Math.max(1, minutes);
        const last = values.slice(Math.max(0, i - span + 1), i + 1);
        const isTooMuch = last.length === span && last.every((value) => value > 100);
        if (turn === "raised") expect(!raised && isTooMuch).toBe(true);
        if (turn === "cleared") expect(raised && values[i]! <= clear).toBe(true);
        if (turn === null) expect(raised ? values[i]! > clear : true).toBe(true);
        if (turn !== null) raised = turn === "raised";
      });
    }),
  );
});
