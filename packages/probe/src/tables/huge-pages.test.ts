import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { loadNativeBinding, NATIVE_BINARY } from "../capture/native-binding.ts";
import { reserveWords } from "./record-pool.ts";

const isBuilt = existsSync(NATIVE_BINARY) && "useHugePages" in loadNativeBinding();

test.skipIf(!isBuilt)("large pages change nothing that is in the words", () => {
  const words = new Int32Array(4 * 2 ** 20).map((_, index) => index);
  loadNativeBinding().useHugePages(words.subarray(5));
  expect(words.every((word, index) => word === index)).toBe(true);
});

test("a table large enough for large pages begins empty", () => {
  const words = reserveWords(4 * 2 ** 20);
  expect(words.length).toBe(4 * 2 ** 20);
  expect(words.every((word) => word === 0)).toBe(true);
});
