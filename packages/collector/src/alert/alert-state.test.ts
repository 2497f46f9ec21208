import type { AlertSettings } from "@trafmon/settings";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AlertState } from "./alert-state.ts";

function alert(more: Partial<AlertSettings>): AlertSettings {
  return { name: "a", metric: "lag", isAbove: true, level: 100, clear: 100, forMs: 0, severity: "warning", ...more };
}

/** Turns at each of these values, each over a minute. */
function turns(settings: AlertSettings, values: readonly number[]): (string | null)[] {
  const state = new AlertState();
  return values.map((value, i) => state.take(settings, value, i * 60_000, (i + 1) * 60_000));
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
  const state = new AlertState(true);
  expect(state.take(alert({}), 200, 0, 0)).toBe(null);
  expect(state.take(alert({}), 50, 0, 0)).toBe("cleared");
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
