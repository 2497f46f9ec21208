import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
// @ts-expect-error: plain JavaScript, which no project of ours compiles.
import { makeConstantsLocal, withLocalConstants } from "./local-constants.mjs";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tm-constants-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What a module exports, and what those of the folder are after they were rewritten. */
async function exportsOf(modules: Readonly<Record<string, string>>): Promise<[object, object]> {
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(folder, name), text);
  const load = async (version: string): Promise<object> => {
    const module = await import(/* @vite-ignore */ `${pathToFileURL(join(folder, "main.js"))}?${version}`);
    return { ...module };
  };
  const before = await load("before");
  makeConstantsLocal(folder);
  return [before, await load("after")];
}

describe("constants made local", () => {
  const words = [
    "export const FIRST = 1;",
    'export const LIST = [FIRST, "2;", 3];',
    "export const TABLE = {",
    "    one: FIRST,",
    "};",
    "export const lower = FIRST + 1;",
    "export function sum(a, b) {",
    "    return a + b + FIRST;",
    "}",
    "",
  ].join("\n");
  const main = [
    'import { FIRST, LIST as OTHER, TABLE, lower, sum, } from "./words.js";',
    'export { FIRST } from "./words.js";',
    "export const TWICE = 2 * FIRST;",
    "export const all = () => [FIRST, OTHER, TABLE, lower, sum(1, TWICE)];",
    "export const result = all();",
    "",
  ].join("\n");

  test("leave what modules do and export as it is", async () => {
    const [before, after] = await exportsOf({ "words.js": words, "main.js": main });

    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect({ ...after, all: null }).toEqual({ ...before, all: null });
    expect(after).toMatchObject({ TWICE: 2, result: [1, [1, "2;", 3], { one: 1 }, 2, 4] });
  });

  test("are bindings of no other module", () => {
    const text = withLocalConstants(main);

    expect(text).toContain("const FIRST = FIRST$imported, OTHER = OTHER$imported, TABLE = TABLE$imported;");
    expect(text).toContain("lower, sum }");
    expect(text).toContain(
      "const TWICE = 2 * FIRST; const TWICE$exported = TWICE; export { TWICE$exported as TWICE };",
    );
  });

  test("stand on the lines they stood on, and are not made twice", () => {
    for (const text of [words, main]) {
      const rewritten = withLocalConstants(text);

      expect(rewritten.split("\n")).toHaveLength(text.split("\n").length);
      expect(withLocalConstants(rewritten)).toBe(rewritten);
    }
  });

  test("are made in the modules of the folder, and in nothing else", async () => {
    const types = "export declare const FIRST = 1;\n";
    writeFileSync(join(folder, "words.d.ts"), types);
    await exportsOf({ "words.js": words, "main.js": main });

    expect(readFileSync(join(folder, "words.d.ts"), "utf8")).toBe(types);
    expect(readFileSync(join(folder, "words.js"), "utf8")).toBe(withLocalConstants(words));
  });
});
