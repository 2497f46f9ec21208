import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
// @ts-expect-error: plain JavaScript, which no project of ours compiles.
import { bundle } from "./bundle.mjs";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "tm-bundle-")));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** What a program exports once it and its modules are one file, and that file's text. */
async function bundled(main: string, modules: Readonly<Record<string, string>>) {
  for (const [path, text] of Object.entries(modules)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const target = join(folder, main.replace("/src/", "/bundle/").replace(".ts", ".mjs"));
  await bundle(join(folder, main), target);
  const exported = (await import(/* @vite-ignore */ pathToFileURL(target).href)) as Record<string, unknown>;
  return { exported, text: readFileSync(target, "utf8") };
}

test("numbers that modules share are written where they are used", async () => {
  const { exported, text } = await bundled("packages/one/src/main.ts", {
    "packages/one/src/main.ts": 'import { LAST } from "./words.ts"; export const sum = (base: number) => base + LAST;',
    "packages/one/src/words.ts": "export const FIRST = 40; export const LAST = FIRST + 2;",
  });
  expect((exported.sum as (base: number) => number)(58)).toBe(100);
  expect(text).toMatch(/base \+ 42/);
});

test("a module finds what lies beside it as if sources were where bundles are", async () => {
  const { exported } = await bundled("packages/one/src/main.ts", {
    "packages/one/src/main.ts": 'export { addon, thread } from "../../two/src/load/addon.ts";',
    "packages/two/src/load/addon.ts": [
      'export const addon = new URL("../../native/two.node", import.meta.url).href;',
      'export const thread = new URL("./thread.js", import.meta.url).href;',
    ].join("\n"),
  });
  expect(fileURLToPath(exported.addon as string)).toBe(join(folder, "packages/two/native/two.node"));
  expect(fileURLToPath(exported.thread as string)).toBe(join(folder, "packages/two/bundle/load/thread.js"));
});
