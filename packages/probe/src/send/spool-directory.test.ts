import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SpoolDirectory } from "./spool-directory.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spool-directory-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const first = "00000000000000a1";
const second = "00000000000000a2";

test("runs of this probe that nobody holds are taken over, oldest first, and no others", () => {
  const path = join(folder, "spool");
  const p = new SpoolDirectory(path, "p");
  for (const [run, startedS] of [
    [first, 2000],
    [second, 1000],
  ] as const) {
    p.release(p.create(run), false);
    utimesSync(join(path, run, "probe"), startedS, startedS);
  }
  new SpoolDirectory(path, "other").create("00000000000000a3");
  p.create("00000000000000a4");
  // A folder whose process ended before it said whose it is, and what is no run at all.
  mkdirSync(join(path, "00000000000000a5"));
  writeFileSync(join(path, "notes"), "");
  expect(p.takeOver().map(({ run }) => run)).toEqual([second, first]);
  expect(p.takeOver()).toEqual([]);
});

test("a spool that is no folder is refused with what to do", () => {
  const path = join(folder, "spool");
  writeFileSync(path, "");
  const spool = new SpoolDirectory(path, "p");
  const refusal = expect.objectContaining({ code: "PROBE_SPOOL_UNWRITABLE", exitCode: 74 });
  expect(() => spool.takeOver()).toThrow(refusal);
  expect(() => spool.create(first)).toThrow(refusal);
});

test("the folder of a run goes when all is acknowledged, unless another version left something in it", () => {
  const p = new SpoolDirectory(join(folder, "spool"), "p");
  expect(p.release(p.create(first), true)).toBe(true);
  const newer = p.create(second);
  writeFileSync(join(newer.directory, "0000000000000001.pdus2"), "");
  expect(p.release(newer, true)).toBe(false);
  expect(p.takeOver().map(({ run }) => run)).toEqual([second]);
});
