import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readKeyFile } from "./key-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "key-file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function keyFile(text: string, mode: number): string {
  const path = join(folder, "p.key");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test("a key is 64 hexadecimal digits in a file nobody else may read", () => {
  expect(readKeyFile(keyFile(`${"0f".repeat(32)}\n`, 0o600))).toEqual(Buffer.alloc(32, 0x0f));
  expect(readKeyFile(keyFile("AB".repeat(32), 0o400))).toHaveLength(32);
});

test.each([
  ["00".repeat(32), 0o644, "mode is 0644"],
  ["00".repeat(31), 0o600, "not 64 hexadecimal digits"],
  ["0x".repeat(32), 0o600, "not 64 hexadecimal digits"],
])("%s with mode %d is refused", (text, mode, reason) => {
  expect(() => readKeyFile(keyFile(text, mode))).toThrow(reason);
});

test("a missing key is refused with what to do", () => {
  expect(() => readKeyFile(join(folder, "none.key"))).toThrow(
    expect.objectContaining({ code: "SETTINGS_KEY_UNREADABLE", exitCode: 78 }),
  );
});
