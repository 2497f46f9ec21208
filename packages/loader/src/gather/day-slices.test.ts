import { expect, test } from "vitest";
import { daySlices, type MissingDays } from "./day-slices.ts";
import type { LogFile } from "./log-folder.ts";

const fileOf = (name: string, type: LogFile["type"] = "ipct"): LogFile => ({
  name,
  path: `/tmp/${name}`,
  type,
  isIdentity: type === "flow",
  sizeBytes: 1,
  modifiedMs: 0,
});
/** Days 0 to 9 of every table are there. */
const missing: MissingDays = (_table, days) => [...days].filter((day) => day > 9);
const days = (from: number, count: number) => new Set(Array.from({ length: count }, (_, nth) => from + nth));

test("slices keep the order and their bound, identities come first, what is too wide stands alone, nothing is left out", () => {
  const [refused, wide, flow, a, b, c, other] = [
    fileOf("refused"),
    fileOf("wide"),
    fileOf("flow", "flow"),
    fileOf("a"),
    fileOf("b"),
    fileOf("c"),
    fileOf("other", "tcpct"),
  ];
  const staged = [
    { file: wide, days: days(10, 5) },
    { file: flow, days: new Set<number>() },
    { file: a, days: days(8, 5) },
    { file: b, days: days(12, 2) },
    { file: c, days: days(14, 3) },
    // Another table's days count by themselves.
    { file: other, days: days(30, 4) },
  ];
  const slices = daySlices([refused, wide, a, b, c, other, flow], staged, missing, 4);
  expect(slices).toEqual([[flow, refused, a, b], [c, other], [wide]]);
});
