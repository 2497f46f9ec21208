import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The page whose tables the agreement tests hold: every difference of definition, and no other. */
const PAGE = join(import.meta.dirname, "../../../../docs/tcp-definitions.md");

/** Rows of the table that follows a heading of docs/tcp-definitions.md, cells trimmed, code marks taken off. */
export function definitionsTable(heading: string): string[][] {
  const lines = readFileSync(PAGE, "utf8").split("\n");
  const start = lines.indexOf(heading);
  if (start < 0) throw new Error(`no heading ${JSON.stringify(heading)} in docs/tcp-definitions.md`);
  const first = lines.findIndex((line, index) => index > start && line.startsWith("|"));
  const after = lines.findIndex((line, index) => index > first && !line.startsWith("|"));
  return lines.slice(first + 2, after < 0 ? undefined : after).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

/** "3 7-9" as 3, 7, 8, 9. */
export function frameNumbers(text: string): number[] {
  return text.split(" ").flatMap((part) => {
    const [from, until = from] = part.split("-").map(Number) as [number, number?];
    return Array.from({ length: until! - from + 1 }, (_, index) => from + index);
  });
}

/** The opposite, numbers rising. */
export function frameText(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, until]) => (from === until ? `${from}` : `${from}-${until}`)).join(" ");
}
