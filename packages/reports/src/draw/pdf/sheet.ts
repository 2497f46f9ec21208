import PDFDocument from "pdfkit";
import * as palette from "../palette.ts";
import { Pen } from "./pen.ts";

/** Points from the paper's edge. */
const SIDE = 48;
const TOP = 62;
const BOTTOM = 54;

export const PAPERS = ["A4", "Letter"] as const;
export type Paper = (typeof PAPERS)[number];

export interface SheetOptions {
  readonly title: string;
  /** Small line at the head of every page but the first. */
  readonly runningHead: string;
  /** Left half of every footer. */
  readonly foot: string;
  readonly author: string;
  /** Stands in the PDF's own properties. */
  readonly createdAt: Date;
  readonly paper: Paper;
  /** Uncompressed content can be read and compared. */
  readonly compress: boolean;
}

/** Pages filled from the top: knows how much room is left, and starts the next page. */
export class Sheet {
  readonly doc: PDFKit.PDFDocument;
  readonly pen: Pen;
  readonly left = SIDE;
  readonly right: number;
  readonly width: number;
  /** Where the next thing goes. */
  y = TOP;
  readonly #bottom: number;
  readonly #options: SheetOptions;
  /** The last item of each level of the outline. */
  readonly #items: PDFKit.PDFOutline[] = [];

  constructor(options: SheetOptions) {
    this.#options = options;
    this.doc = new PDFDocument({
      size: options.paper.toUpperCase(),
      margin: 0,
      bufferPages: true,
      compress: options.compress,
      lang: "en",
      displayTitle: true,
      pdfVersion: "1.7",
      info: { Title: options.title, Author: options.author, Creator: "trafMon", CreationDate: options.createdAt },
    });
    this.pen = new Pen(this.doc);
    this.right = this.doc.page.width - SIDE;
    this.width = this.right - this.left;
    this.#bottom = this.doc.page.height - BOTTOM;
  }

  room(): number {
    return this.#bottom - this.y;
  }

  /** Room of a page nothing is on yet. */
  wholeRoom(): number {
    return this.#bottom - TOP;
  }

  newPage(): void {
    this.doc.addPage();
    this.y = TOP;
  }

  /** A place that the outline names and that links lead to. */
  bookmark(id: string, title: string, level: 1 | 2): void {
    const above = (level === 2 ? this.#items[0] : undefined) ?? this.doc.outline;
    this.#items[level - 1] = above.addItem(title, { expanded: false });
    this.doc.addNamedDestination(id, "XYZ", null, Math.max(0, this.y - 12), null);
  }

  /** Makes a rectangle of this page lead to a bookmark. */
  linkTo(id: string, x: number, y: number, width: number, height: number): void {
    this.doc.goTo(x, y, width, height, id);
  }

  atTop(): boolean {
    return this.y <= TOP;
  }

  /** Goes to a new page unless `height` points are left on this one. Higher than a page: starts one and says nothing. */
  ensure(height: number): void {
    if (height > this.room() && !this.atTop()) this.newPage();
  }

  /** Writes heads, feet and page numbers, now that their number is known, and ends the document. */
  finish(): void {
    const { start, count } = this.doc.bufferedPageRange();
    const style = { size: 7.5, color: palette.inkFaint };
    for (let at = start; at < start + count; at++) {
      this.doc.switchToPage(at);
      const footY = this.doc.page.height - 36;
      this.pen.line(this.left, footY - 6, this.right, footY - 6, palette.hairline);
      const number = `Page ${at - start + 1} of ${count}`;
      this.pen.text(this.pen.fit(this.#options.foot, this.width - 80, style), this.left, footY, style);
      this.pen.text(number, this.right, footY, { ...style, align: "right" });
      if (at === start) continue;
      this.pen.text(this.pen.fit(this.#options.runningHead, this.width, style), this.left, 34, style);
      this.pen.line(this.left, 47, this.right, 47, palette.hairline);
    }
    this.doc.flushPages();
    this.doc.end();
  }
}
