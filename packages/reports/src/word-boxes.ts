import { execFileSync } from "node:child_process";

/** For tests: a word where it stands on its page, in points. */
export interface Box {
  readonly page: number;
  readonly word: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Pairs of words that lie on each other. Boxes are as high as the font's line, so they may touch above and below. */
export function overlapping(boxes: readonly Box[]): string[] {
  const found: string[] = [];
  boxes.forEach((one, at) => {
    for (const other of boxes.slice(at + 1)) {
      if (one.page !== other.page) break;
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      const least = Math.min(one.bottom - one.top, other.bottom - other.top);
      if (across > 0.5 && down > least * 0.5) found.push(`${one.word} on ${other.word}, page ${one.page}`);
    }
  });
  return found;
}

/** Words with their boxes, page by page, in points. */
export function wordBoxes(pdf: string): Box[] {
  const boxes: Box[] = [];
  let page = 0;
  for (const line of execFileSync("pdftotext", ["-bbox", pdf, "-"], { encoding: "utf8", maxBuffer: 1 << 28 }).split(
    "\n",
  )) {
    if (line.includes("<page ")) page++;
    const found = /<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*)<\/word>/.exec(line);
    if (!found) continue;
    const [left, top, right, bottom] = found.slice(1, 5).map(Number) as [number, number, number, number];
    boxes.push({ page, word: found[5]!, left, right, top, bottom });
  }
  return boxes;
}
