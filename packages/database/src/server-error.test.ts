import { expect, test } from "vitest";
import { serverError } from "./server-error.ts";

/** As the client library throws what a server says. */
const said = (errno: number, message: string) => Object.assign(new Error(message), { errno });

test.each([
  [1021, "Disk got full writing 'trafMon.stage_ipct' (Errcode: 28 \"No space left on device\")"],
  [1005, 'Can\'t create table `trafMon`.`stage_tcpcx` (errno: 28 "No space left on device")'],
  [3, "Error writing file '/tmp/#sql-temptable-7fd1-6-2.MAD' (Errcode: 28 \"No space left on device\")"],
])("a server whose disk is full is told as that, whatever it could not write (%i)", (errno, message) => {
  expect(serverError("stage rows", said(errno, message))).toMatchObject({ code: "DATABASE_FULL", exitCode: 74 });
});

test("another reason why a table cannot be made is not", () => {
  const error = said(1005, 'Can\'t create table `trafMon`.`t` (errno: 13 "Permission denied")');
  expect(serverError("make tables", error)).toMatchObject({ code: "DATABASE_REFUSED" });
});

test.each([
  ["NOT_AN_INSTANCE: x is not registered in instance", "DATABASE_CALL_REFUSED", 64],
  ["TOO_FEW_DAYS: NB_DAYS must be 1 or more", "DATABASE_CALL_REFUSED", 64],
  ["LOADER_AT_WORK: the loader is busy with this database; try again", "DATABASE_BUSY", 75],
])("what a procedure says of its call is no fault of ours (%s)", (message, code, exitCode) => {
  expect(serverError("run Partition_drop", said(1644, message))).toMatchObject({ code, exitCode });
});

test("a server without the procedure lacks our template, or has one of an older version", () => {
  const error = said(1305, "PROCEDURE trafMon_template.apply_retention does not exist");
  expect(serverError("run apply_retention", error)).toMatchObject({ code: "DATABASE_TEMPLATE_MISSING", exitCode: 78 });
});
