import { expect, test } from "vitest";
import { resultLines } from "./result-lines.ts";

test("a result stands below the names of its columns, and an empty one says nothing", () => {
  const rows = [
    { table_name: "ipcttable", first_day_kept: "2015-01-10" },
    { table_name: "flow", first_day_kept: null },
  ];
  expect(resultLines(rows)).toEqual(["table_name\tfirst_day_kept", "ipcttable\t2015-01-10", "flow\tNULL"]);
  expect(resultLines([])).toEqual([]);
});
