import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PROCEDURE_NAMES, readCall, readCalls } from "./calls.ts";

const sql = (name: string) => readFileSync(new URL(`../../../../sql/procedures/${name}.sql`, import.meta.url), "utf8");

test.each(PROCEDURE_NAMES)("%s takes as many arguments as its SQL says", (name) => {
  const types = [...sql(name).matchAll(/^ {4}IN +\w+ +([A-Z]+)/gm)].map(([, type]) => type!);
  const fitting: Readonly<Record<string, string>> = { VARCHAR: "x", DATE: "NULL", INT: "1", BOOLEAN: "TRUE" };
  const words = [name, ...types.map((type) => fitting[type]!)];
  expect(readCall(words, "trafMon")).toMatchObject({ procedure: name });
  expect(readCall([...words, "-"], "trafMon")).toMatch(/takes \d arguments/);
});

test("- is the database, NULL is SQL's, and nothing else gets in", () => {
  expect(readCall(["Aggr_activityvolumetable_first_level", "-", "NULL", "2026-01-31"], "lab")).toEqual({
    procedure: "Aggr_activityvolumetable_first_level",
    values: ["lab", null, "2026-01-31"],
  });
  expect(readCall(["apply_retention", "-", "false"], "lab")).toEqual({
    procedure: "apply_retention",
    values: ["lab", "0"],
  });
  expect(readCall(["DROP"], "lab")).toMatch(/is no procedure/);
  expect(readCall(["Partition_drop", "a`b", "ipcttable", "3"], "lab")).toMatch(/no name of a database/);
});

test.each([
  ["aggregate_stale_days - maybe", /maybe is no TRUE or FALSE/],
  ["aggregate_stale_days - -", /- is no TRUE/],
  ["Partition_drop - ipcttable 0", /0 is no number of days/],
  ["Partition_drop - ipcttable x", /x is no number of days/],
  ["Partition_drop - a;b 3", /a;b is no name of a table/],
  ["Partition_drop NULL ipcttable 3", /NULL is no name of a database/],
  ["Aggr_activityvolumetable_first_level - 2027-02-29 2027-03-01", /2027-02-29 is no day/],
  ["Aggr_activityvolumetable_first_level - 2027-02-28 yesterday", /yesterday is no day/],
])("%s is refused before anything is called", (line, fault) => {
  expect(readCall(line.split(" "), "lab")).toMatch(fault);
});

test("a file's faults are told at once; the shipped one keeps everything, and its examples are right", () => {
  const shipped = readFileSync(new URL("../../../../etc/retention.calls", import.meta.url), "utf8");
  expect(readCalls(shipped, "trafMon")).toEqual({ calls: [], faults: [] });
  const examples = readCalls(shipped.replace(/^# (?=Partition_drop|apply_retention)/gm, ""), "trafMon");
  expect(examples.faults).toEqual([]);
  for (const { values } of examples.calls.filter(({ procedure }) => procedure === "Partition_drop"))
    expect(() => readFileSync(new URL(`../../../../sql/tables/${values[1]}.sql`, import.meta.url))).not.toThrow();
  expect(examples.calls.length).toBeGreaterThan(10);
  expect(readCalls("Nothing\nDrop_working_tables # at night\nPartition_drop - x\n", "d").faults).toHaveLength(2);
});
