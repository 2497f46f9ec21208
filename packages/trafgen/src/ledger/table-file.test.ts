import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unescapeText } from "@trafmon/observation";
import fc from "fast-check";
import { expect, test } from "vitest";
import { withFolder } from "../testing/temporary-folder.ts";
import { TableFile } from "./table-file.ts";

test("what is put into fields is read back, whatever it is", () =>
  withFolder((folder) => {
    let files = 0;
    const line = fc.tuple(
      fc.option(fc.string({ unit: "grapheme" })),
      fc.option(fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })),
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.integer({ min: 0, max: 999_999_999 }),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const path = join(folder, `${files++}.tsv`);
        const file = new TableFile(path, ["text", "number", "instant"]);
        for (const [text, number, s, nanos] of lines) file.text(text).integer(number).instant(s, nanos).endLine();
        file.close();
        expect(file.lines).toBe(lines.length);
        const [header, ...read] = readFileSync(path, "utf8").split("\n");
        expect(header).toBe("text\tnumber\tinstant");
        expect(read.pop()).toBe("");
        expect(
          read.map((each) => {
            const [text, number, instant] = each.split("\t") as [string, string, string];
            return [
              text === "\\N" ? null : unescapeText(text),
              number === "\\N" ? null : Number(number),
              BigInt(instant),
            ];
          }),
        ).toEqual(lines.map(([text, number, s, nanos]) => [text, number, BigInt(s) * 1_000_000_000n + BigInt(nanos)]));
      }),
    );
  }));

test("more than the buffer holds is written whole, and a file that exists is refused", () =>
  withFolder((folder) => {
    const path = join(folder, "long.tsv");
    const file = new TableFile(path, ["number", "text"]);
    for (let i = 0; i < 20_000; i++) file.integer(i).text("x".repeat(200)).endLine();
    file.close();
    const lines = readFileSync(path, "utf8").split("\n");
    expect(lines.length).toBe(20_002);
    expect(lines.slice(1, -1).every((line, i) => line === `${i}\t${"x".repeat(200)}`)).toBe(true);
    expect(() => new TableFile(path, ["number"])).toThrow("EEXIST");
  }));
