import { expect, test } from "vitest";
import { ClockDiscipline } from "./clock-discipline.ts";

const exact = { offsetNs: -900_000, errorNs: 50_000 };
const inexact = { offsetNs: -60_000_000, errorNs: 50_000_000 };

test("a clock that is kept right is no news", () => {
  const discipline = new ClockDiscipline();
  expect([exact, exact, { offsetNs: 99_000_000, errorNs: 1_000_000 }].map((state) => discipline.look(state))).toEqual([
    null,
    null,
    null,
  ]);
});

test("each change is told once: adrift, inexact, good again", () => {
  const discipline = new ClockDiscipline();
  const states = [null, null, inexact, inexact, exact, exact, null];
  expect(states.map((state) => discipline.look(state))).toEqual([
    "adrift",
    null,
    "inexact",
    null,
    "good",
    null,
    "adrift",
  ]);
});
