import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { escapeText } from "@trafmon/observation";
import type { Refusal } from "./checked-lines.ts";

/** Lines of a `.rej` file: number, reason, column, and the line as it stood, escaped; sorted by number. */
export async function rejectedText(path: string, refusals: readonly Refusal[]): Promise<string> {
  const missing = new Set(refusals.filter((each) => each.text === "").map((each) => each.lineNo));
  const texts = missing.size === 0 ? new Map<number, string>() : await linesOf(path, missing);
  return [...refusals]
    .sort((a, b) => a.lineNo - b.lineNo)
    .map(({ lineNo, reason, column, text }) => {
      const line = text === "" ? (texts.get(lineNo) ?? "") : text;
      return `${lineNo}\t${reason}\t${column}\t${escapeText(line)}\n`;
    })
    .join("");
}

async function linesOf(path: string, wanted: ReadonlySet<number>): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  let lineNo = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (wanted.has(++lineNo)) found.set(lineNo, line);
  }
  return found;
}
