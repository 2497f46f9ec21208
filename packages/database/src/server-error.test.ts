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
