import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rejectedText } from "./rejected-text.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tm-rejected-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a line that is looked up stands with its own text, whatever ends lines elsewhere", async () => {
  const path = join(folder, "x.log");
  writeFileSync(path, "header\none\u2028and\u2029still\rone\r\n\ntwo\nthree, cut off");
  const refusals = [5, 4, 2, 3].map((lineNo) => ({ lineNo, reason: "r", column: "c", text: "" }));
  expect(await rejectedText(path, refusals)).toBe(
    "2\tr\tc\tone\u2028and\u2029still\\rone\\r\n3\tr\tc\t\n4\tr\tc\ttwo\n5\tr\tc\tthree, cut off\n",
  );
});
