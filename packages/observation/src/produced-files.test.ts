import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { observationTypes } from "./catalogue.ts";
import { decoderOf } from "./codec/decoder.ts";
import { sampleRecord, samples } from "./fixtures/sample-record.ts";
import type { ObservationType } from "./observation-type.ts";
import { producedFiles } from "./produced-files.ts";

const packageFolder = new URL("..", import.meta.url);

test.each(Object.entries(producedFiles))("%s is what the declarations say (npm run golden)", (path, text) => {
  expect(readFileSync(new URL(path, packageFolder), "utf8")).toBe(text());
});

test("bodies written by earlier versions are still read", () => {
  const lines = readFileSync(new URL("golden/bodies.txt", packageFolder), "utf8").trimEnd().split("\n");
  for (let i = 0; i < lines.length; i += 1 + samples.length) {
    const type = (observationTypes as Record<string, ObservationType>)[lines[i]!.split(" ")[0]!]!;
    const hex = lines.slice(i + 1, i + 1 + samples.length).map((line) => line.split(" ").at(-1));
    const back: unknown[] = [];
    decoderOf(type)(Buffer.from(hex.join(""), "hex"), samples.length, (record) => back.push(structuredClone(record)));
    expect(back).toEqual(samples.map((sample) => sampleRecord(type, sample)));
  }
});

test("codes and names are used once", () => {
  const types = Object.values(observationTypes);
  expect(new Set(types.map((type) => type.code)).size).toBe(types.length);
  for (const [key, type] of Object.entries(observationTypes)) expect(type.name).toBe(key);
});
