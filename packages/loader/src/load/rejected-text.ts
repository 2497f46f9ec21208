import { escapeText } from "@trafmon/observation";
import type { Refusal } from "./checked-lines.ts";
import { LineSlices } from "./line-slices.ts";

const NEWLINE = 10;

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

/** Lines as the loader counts them: only a newline ends one. */
async function linesOf(path: string, wanted: ReadonlySet<number>): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  const slices = await LineSlices.open(path);
  try {
    for (let slice = await slices.next(); slice !== null; slice = await slices.next()) {
      const { bytes, firstLineNo } = slice;
      let lineNo = firstLineNo;
      for (let from = 0; from < bytes.length; lineNo++) {
        const newline = bytes.indexOf(NEWLINE, from);
        const until = newline < 0 ? bytes.length : newline;
        if (wanted.has(lineNo)) found.set(lineNo, bytes.toString("utf8", from, until));
        from = until + 1;
      }
    }
  } finally {
    await slices.close();
  }
  return found;
}
