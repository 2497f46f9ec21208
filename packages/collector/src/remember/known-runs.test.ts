import { expect, test } from "vitest";
import { KnownRuns } from "./known-runs.ts";

const RUN = "aa".repeat(8);
const DAY_S = 86_400;
/** `takenRanS`: in the collector's running time; what any clock said then counts for nothing. */
const committed = (probe: string, run: string, takenRanS: number, takenS = 4e9) => {
  return { probe, run, through: 5, flows: [], takenS, takenRanS };
};

test("a run belongs to the probe that brought it first, also in an earlier life", () => {
  const runs = new KnownRuns();
  runs.restore([committed("p", RUN, 0)]);
  expect([runs.isOfAnother("p", RUN), runs.isOfAnother("q", RUN)]).toEqual([false, true]);
  runs.stream("q", "bb".repeat(8));
  expect(runs.isOfAnother("p", "bb".repeat(8))).toBe(true);
});

test("runs are forgotten after two months, unless somebody holds on to them", () => {
  const runs = new KnownRuns();
  runs.restore([committed("p", RUN, 0), committed("q", "bb".repeat(8), 0), committed("r", "cc".repeat(8), DAY_S)]);
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

test("the last run of a probe is the one that was taken last, whatever the clock said", () => {
  const runs = new KnownRuns();
  const [first, second, third] = ["aa", "bb", "cc"].map((byte) => byte.repeat(8)) as [string, string, string];
  // The clock was set back by years between the first and the others.
  runs.restore([committed("p", first, 10, 5e9), committed("p", third, 20, 200), committed("p", second, 20, 100)]);
  expect(runs.lastOf("p")?.run).toBe(third);
  expect(runs.lastOf("q")).toBeNull();
});

test("what a journal of before running time was kept knows is remembered two months more", () => {
  const runs = new KnownRuns();
  runs.restore([{ probe: "p", run: RUN, through: 5, flows: [], takenS: 1_600_000_000 }]);
  runs.forget(60 * DAY_S, () => false);
  expect(runs.has("p", RUN)).toBe(true);
  runs.forget(60 * DAY_S + 1, () => false);
  expect(runs.has("p", RUN)).toBe(false);
});
