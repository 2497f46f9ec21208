import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorMeanings } from "./error-meanings.ts";
import { ERRORS_PATH, errorsText } from "./errors-text.ts";

test("docs/errors.md is what the tables say; `npm run golden` writes it", async () => {
  expect(readFileSync(ERRORS_PATH, "utf8")).toBe(await errorsText());
});

test("every code is in capitals, every hint a sentence, every exit code one of the documented", async () => {
  const rows = (await errorsText()).split("\n").filter((line) => /^\| [A-Z]/.test(line));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    expect(row).toMatch(/^\| [A-Z][A-Z0-9_]+ \| [A-Z`].* \| (64|65|69|70|74|75|77|78) \|$/);
  }
});

test("every meaning belongs to a code that exists", async () => {
  const text = await errorsText();
  const codes = [...text.matchAll(/^\| ([A-Z][A-Z0-9_]+) \|/gm)].map(([, code]) => code);
  for (const code of Object.keys(errorMeanings)) expect(codes).toContain(code);
  for (const [meaning, impact] of Object.values(errorMeanings)) {
    for (const sentence of [meaning, impact]) expect(sentence).toMatch(/^[A-Z`-].*\.$/);
  }
});
