import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { leftSpools } from "./left-spools.ts";

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "left-spools-"));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

function put(collector: string, run: string, ...files: readonly (readonly [name: string, bytes: number])[]): void {
  const folder = join(stateDir, `forward_${collector}`, run);
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), Buffer.alloc(bytes));
}

test("what waits is what is in spool files, of each collector and run; folders where nothing waits do not count", () => {
  put(
    "old",
    "00000000000000aa_p",
    ["0000000000000001.pdus", 70],
    ["0000000000000009.pdus", 30],
    ["acknowledged.json", 9],
  );
  put("old", "00000000000000bb_p", ["0000000000000001.pdus", 5]);
  put("old", "00000000000000cc_p", ["0000000000000001.unreadable", 5]);
  put("older", "00000000000000aa_p");
  mkdirSync(join(stateDir, "forward_oldest"));
  mkdirSync(join(stateDir, "else", "00000000000000aa_p"), { recursive: true });
  expect(leftSpools(stateDir)).toEqual([
    { collector: "old", folder: join(stateDir, "forward_old"), runs: 2, bytes: 105 },
  ]);
  expect(leftSpools(join(stateDir, "nowhere"))).toEqual([]);
});
