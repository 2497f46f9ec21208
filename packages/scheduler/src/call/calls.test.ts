import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PROCEDURE_NAMES, readCall, readCalls } from "./calls.ts";

const sql = (name: string) => readFileSync(new URL(`../../../../sql/procedures/${name}.sql`, import.meta.url), "utf8");

test.each(PROCEDURE_NAMES)("%s takes as many arguments as its SQL says", (name) => {
  const parameters = [...sql(name).matchAll(/^ {4}IN /gm)].length;
  const words = [name, ...Array.from({ length: parameters }, () => "-")];
  expect(readCall(words, "trafMon")).toMatchObject({ procedure: name });
  expect(readCall([...words, "-"], "trafMon")).toMatch(/takes \d arguments/);
});

test("- is the database, NULL is SQL's, and nothing else gets in", () => {
  expect(readCall(["Aggr_activityvolumetable_first_level", "-", "NULL", "2026-01-31"], "lab")).toEqual({
    procedure: "Aggr_activityvolumetable_first_level",
    values: ["lab", null, "2026-01-31"],
  });
  expect(readCall(["DROP"], "lab")).toMatch(/is no procedure/);
  expect(readCall(["Partition_drop", "a`b", "ipcttable", "3"], "lab")).toMatch(/no name of a database/);
});

test("a file's faults are told at once; the shipped one keeps everything, and its examples are right", () => {
  const shipped = readFileSync(new URL("../../../../etc/retention.calls", import.meta.url), "utf8");
  expect(readCalls(shipped, "trafMon")).toEqual({ calls: [], faults: [] });
  const examples = readCalls(shipped.replace(/^# (?=Partition_drop)/gm, ""), "trafMon");
  expect(examples.faults).toEqual([]);
  for (const { values } of examples.calls)
    expect(() => readFileSync(new URL(`../../../../sql/tables/${values[1]}.sql`, import.meta.url))).not.toThrow();
  expect(examples.calls.length).toBeGreaterThan(10);
  expect(readCalls("Nothing\nDrop_working_tables # at night\nPartition_drop - x\n", "d").faults).toHaveLength(2);
});
