import { fileURLToPath } from "node:url";
import * as palette from "../palette.ts";
import { ASCENDER, type Ruler, type TextStyle, type Weight } from "../text-style.ts";

type Document = PDFKit.PDFDocument;

const fontFile = (name: string) => fileURLToPath(new URL(`../../../fonts/${name}`, import.meta.url));

const FONTS: Record<Weight | "fallback", string> = {
  regular: fontFile("inter-regular.ttf"),
  semibold: fontFile("inter-semibold.ttf"),
  fallback: fontFile("dejavu-sans.ttf"),
};

/** What pdfkit keeps of an embedded font; it lays a text out anew each time features are asked for. */
interface OpenedFont {
  readonly font: { hasGlyphForCodePoint(point: number): boolean };
  layoutRun(text: string, features?: readonly string[]): object;
}

interface Run {
  readonly font: string;
  text: string;
}

/**
 * Writes single lines of text in the embedded fonts. pdfkit would end its own paragraphs on a page of its choosing;
 * here the caller knows how high a thing will be before it is drawn.
 */
export class Pen implements Ruler {
  readonly doc: Document;
  readonly #covered = new Map<string, boolean>();
  readonly #runsOf = new Map<string, readonly Run[]>();
  /** Widths at a size of one point. */
  readonly #widths = new Map<string, number>();

  constructor(doc: Document) {
    this.doc = doc;
    for (const [name, file] of Object.entries(FONTS)) {
      doc.registerFont(name, file);
      rememberLayouts(this.#opened(name));
    }
  }

  width(text: string, style: TextStyle): number {
    const key = (style.weight ?? "regular") + (style.tabular ? "#" : " ") + text;
    let width = this.#widths.get(key);
    if (width === undefined) {
      width = 0;
      for (const run of this.#runs(text, style))
        width += this.doc.font(run.font).fontSize(1).widthOfString(run.text, features(style, run.text));
      this.#widths.set(key, width);
    }
    return width * style.size;
  }

  /** Shortens to `maxWidth` points, with an ellipsis. */
  fit(text: string, maxWidth: number, style: TextStyle): string {
    text = printable(text);
    if (this.width(text, style) <= maxWidth) return text;
    const letters = [...text];
    let [low, high] = [0, letters.length];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.width(letters.slice(0, middle).join("").trimEnd() + "…", style) <= maxWidth) low = middle;
      else high = middle - 1;
    }
    return letters.slice(0, low).join("").trimEnd() + "…";
  }

  /** Lines no wider than `maxWidth`, broken at spaces and, where a word is too long, after dots or anywhere. */
  wrap(text: string, maxWidth: number, style: TextStyle, mostLines = Number.POSITIVE_INFINITY): string[] {
    const lines: string[] = [];
    let line = "";
    const words = printable(text).split(" ");
    for (const word of words) {
      const longer = line === "" ? word : line + " " + word;
      if (this.width(longer, style) <= maxWidth) {
        line = longer;
        continue;
      }
      if (line !== "") lines.push(line);
      line = word;
      while (this.width(line, style) > maxWidth) {
        const head = this.#head(line, maxWidth, style);
        lines.push(head);
        line = line.slice(head.length);
      }
    }
    lines.push(line);
    if (lines.length <= mostLines) return lines;
    const kept = lines.slice(0, mostLines);
    // The ellipsis says that something follows even where the last line has room.
    kept[mostLines - 1] = this.fit(kept[mostLines - 1] + "…", maxWidth, style);
    return kept;
  }

  /** Draws one line. `y` is the top of the line; with `align` other than left, `x` is the right end or the middle. */
  text(text: string, x: number, y: number, style: TextStyle): void {
    const runs = this.#runs(printable(text), style);
    if (style.align === "right") x -= this.width(text, style);
    else if (style.align === "center") x -= this.width(text, style) / 2;
    for (const run of runs) {
      const doc = this.#select(run.font, style);
      doc.fillColor(style.color ?? palette.ink);
      // One baseline for all fonts of a line.
      doc.text(run.text, x, y + style.size * ASCENDER, {
        lineBreak: false,
        baseline: "alphabetic",
        ...features(style, run.text),
      });
      if (runs.length > 1) x += doc.widthOfString(run.text, features(style, run.text));
    }
  }

  rect(x: number, y: number, width: number, height: number, color: string, radius = 0): void {
    const shape = radius > 0 ? this.doc.roundedRect(x, y, width, height, radius) : this.doc.rect(x, y, width, height);
    shape.fill(color);
  }

  line(fromX: number, fromY: number, toX: number, toY: number, color: string, width = 0.5): void {
    this.doc.lineWidth(width).moveTo(fromX, fromY).lineTo(toX, toY).stroke(color);
  }

  #head(word: string, maxWidth: number, style: TextStyle): string {
    let head = "";
    for (const letter of word) {
      if (head !== "" && this.width(head + letter, style) > maxWidth) break;
      head += letter;
    }
    const dot = Math.max(head.lastIndexOf("."), head.lastIndexOf("-"), head.lastIndexOf("/"));
    return dot > head.length / 2 ? head.slice(0, dot + 1) : head;
  }

  #select(font: string, style: TextStyle): Document {
    return this.doc.font(font).fontSize(style.size);
  }

  /** Stretches of one font: what the chosen one lacks comes from the fallback. */
  #runs(text: string, style: TextStyle): readonly Run[] {
    const font = style.weight ?? "regular";
    const known = this.#runsOf.get(font + text);
    if (known !== undefined) return known;
    const runs: Run[] = [];
    for (const letter of text) {
      const chosen = this.#covers(font, letter) || !this.#covers("fallback", letter) ? font : "fallback";
      const last = runs.at(-1);
      if (last?.font === chosen) last.text += letter;
      else runs.push({ font: chosen, text: letter });
    }
    this.#runsOf.set(font + text, runs);
    return runs;
  }

  #covers(font: string, letter: string): boolean {
    const key = font + letter;
    let covered = this.#covered.get(key);
    if (covered === undefined) {
      covered = this.#opened(font).font.hasGlyphForCodePoint(letter.codePointAt(0)!);
      this.#covered.set(key, covered);
    }
    return covered;
  }

  #opened(font: string): OpenedFont {
    return (this.doc.font(font) as unknown as { _font: OpenedFont })._font;
  }
}

/** Laying out text is most of the work of a report, and the same words and figures come again and again. */
function rememberLayouts(font: OpenedFont): void {
  const layOut = font.layoutRun.bind(font);
  const known = new Map<string, object>();
  font.layoutRun = (text, features) => {
    const key = `${features?.join() ?? ""} ${text}`;
    let run = known.get(key);
    if (run === undefined) {
      run = layOut(text, features);
      known.set(key, run);
    }
    return run;
  };
}

/**
 * Inter kerns points and commas so far under a 1 behind them, or a 7 before them, that 46.1 reads as 461. Its tabular digits
 * are not kerned; all others are left alone, for asking for features costs time.
 */
const SWALLOWED = /\d[.,]1|7[.,]\d/;

function features(style: TextStyle, text: string): { features?: PDFKit.Mixins.OpenTypeFeatures[] } {
  return style.tabular || SWALLOWED.test(text) ? { features: ["tnum"] } : {};
}

/** Host names come from strangers: control characters, line ends and direction marks are shown, not obeyed. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\u00b7");
}
