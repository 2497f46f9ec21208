import { expect, test } from "vitest";
import { KnownRuns } from "./known-runs.ts";

const RUN = "aa".repeat(8);
const DAY_S = 86_400;
const committed = (probe: string, run: string, takenS: number) => ({ probe, run, through: 5, flows: [], takenS });

test("a run belongs to the probe that brought it first, also in an earlier life", () => {
  const runs = new KnownRuns();
  runs.restore([committed("p", RUN, 0)], 0);
  expect([runs.isOfAnother("p", RUN), runs.isOfAnother("q", RUN)]).toEqual([false, true]);
  runs.stream("q", "bb".repeat(8));
  expect(runs.isOfAnother("p", "bb".repeat(8))).toBe(true);
});

test("runs are forgotten after two months, unless somebody holds on to them", () => {
  const runs = new KnownRuns();
  runs.restore([committed("p", RUN, 0), committed("q", "bb".repeat(8), 0), committed("r", "cc".repeat(8), DAY_S)], 0);
  runs.forget(60 * DAY_S, () => false);
  expect(runs.committed).toHaveLength(3);
  runs.forget(60 * DAY_S + 1, (probe) => probe === "q");
  expect(runs.committed.map(({ probe }) => probe)).toEqual(["q", "r"]);
  expect([runs.has("p", RUN), runs.isOfAnother("q", RUN)]).toEqual([false, false]);
});

test("a run of which nothing came is forgotten at once, one that no commit has yet is not", () => {
  const runs = new KnownRuns();
  runs.stream("p", RUN);
  runs.stream("q", "bb".repeat(8)).through = 1;
  runs.forget(0, () => false);
  expect([runs.has("p", RUN), runs.has("q", "bb".repeat(8))]).toEqual([false, true]);
});
