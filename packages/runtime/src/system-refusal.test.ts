import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { reportError } from "./report-error.ts";
import { systemRefusal } from "./system-refusal.ts";

function thrownBy(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

test("a full disk is told in two lines, with the remedy, and no stack", () => {
  // The kernel's own full disk.
  const error = thrownBy(() => writeFileSync("/dev/full", "x"));
  let told = "";
  const exitCode = reportError("tmon_probe", error, { stack: true, write: (text) => (told += text) });
  expect(told.split("\n").slice(0, -1)).toEqual([
    "tmon_probe: cannot go on: ENOSPC: no space left on device, write [DISK_FULL]",
    expect.stringMatching(/^ {2}Free space/),
  ]);
  expect(exitCode).toBe(74);
});

test("what else the system refuses keeps its meaning; the rest is ours", () => {
  const refusal = (code: string) => Object.assign(new Error(`${code}: no, open '/x'`), { code, syscall: "open" });
  const codes = ["EDQUOT", "EROFS", "EIO", "EACCES", "EPERM", "EMFILE", "ENOENT"].map(
    (code) => systemRefusal(refusal(code))?.code ?? null,
  );
  expect(codes).toEqual([
    "DISK_FULL",
    "DISK_FAILS",
    "DISK_FAILS",
    "ACCESS_REFUSED",
    "ACCESS_REFUSED",
    "TOO_MANY_FILES",
    null,
  ]);
  expect(systemRefusal(thrownBy(() => readFileSync("/nowhere")))).toBeNull();
  expect(systemRefusal(thrownBy(() => createServer().listen(-1)))).toBeNull();
  expect(systemRefusal(new TypeError("EACCES"))).toBeNull();
  expect(systemRefusal("ENOSPC")).toBeNull();
});
