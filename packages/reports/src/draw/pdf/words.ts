import type { FigureRow, Notice, Sentences } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import { LINE } from "../text-style.ts";
import type { Sheet } from "./sheet.ts";

const BODY = { size: 9.5, color: palette.ink } as const;
const FINE = { size: 8.25, color: palette.inkSoft } as const;
const LINE_OF_BODY = 1.42;
const INDENT = 12;
const NOTICE = { size: 9 } as const;

export function drawSentences(sheet: Sheet, block: Sentences): void {
  const style = block.fine ? FINE : BODY;
  const lineHeight = style.size * LINE_OF_BODY;
  for (const sentence of block.items) {
    const lines = sheet.pen.wrap(sentence, sheet.width - INDENT, style);
    sheet.ensure(lines.length * lineHeight);
    sheet.pen.rect(sheet.left + 1, sheet.y + style.size * 0.46, 3.4, 3.4, palette.accent, 1.7);
    for (const line of lines) {
      sheet.pen.text(line, sheet.left + INDENT, sheet.y, style);
      sheet.y += lineHeight;
    }
    sheet.y += 3;
  }
  sheet.y += 5;
}

export function noticeHeight(sheet: Sheet, notice: Notice): number {
  return sheet.pen.wrap(notice.text, sheet.width - 24, NOTICE).length * NOTICE.size * LINE + 16 + 8;
}

export function drawNotice(sheet: Sheet, notice: Notice): void {
  const { pen } = sheet;
  const lines = pen.wrap(notice.text, sheet.width - 24, NOTICE);
  const height = lines.length * NOTICE.size * LINE + 16;
  pen.rect(sheet.left, sheet.y, sheet.width, height, notice.warning ? palette.warningPaper : palette.card, 3);
  pen.rect(sheet.left, sheet.y, 3, height, notice.warning ? palette.warning : palette.noteEdge);
  lines.forEach((line, at) => {
    const color = notice.warning ? palette.warning : palette.inkSoft;
    pen.text(line, sheet.left + 14, sheet.y + 8 + at * NOTICE.size * LINE, { ...NOTICE, color });
  });
  sheet.y += height + 8;
}

const ONE_LINE = { most: 1, top: 45, least: 7.5 } as const;
const SMALL_LINES = { most: 2, top: 42, least: 6.5 } as const;
const LINE_OF_DETAIL = 8.5;
const CARD = 62;
const BETWEEN_CARDS = 8;

export function figureRowHeight(): number {
  return CARD + 10;
}

/** Cards of equal width; a value too long for its card is written smaller. */
export function drawFigureRow(sheet: Sheet, row: FigureRow): void {
  const { pen } = sheet;
  const width = (sheet.width - BETWEEN_CARDS * (row.items.length - 1)) / Math.max(1, row.items.length);
  row.items.forEach((item, at) => {
    const x = sheet.left + at * (width + BETWEEN_CARDS);
    const inner = width - 18;
    pen.rect(x, sheet.y, width, CARD, palette.card, 4);
    const label = { size: 7.5, color: palette.inkSoft } as const;
    pen.text(pen.fit(item.label, inner, label), x + 9, sheet.y + 8, label);
    const size = shrunk(sheet, item.value, inner, 17, 9);
    const value = { size, weight: "semibold", color: palette.ink } as const;
    pen.text(pen.fit(item.value, inner, value), x + 9, sheet.y + 20 + (17 - size) * 0.8, value);
    const lines = pen.wrap(item.detail, inner, label).length > 1 ? SMALL_LINES : ONE_LINE;
    const detail = { ...label, size: shrunk(sheet, item.detail, inner * lines.most, label.size, lines.least) };
    pen.wrap(item.detail, inner, detail, lines.most).forEach((line, nth) => {
      pen.text(line, x + 9, sheet.y + lines.top + nth * LINE_OF_DETAIL, detail);
    });
  });
  sheet.y += CARD + 10;
}

/** Largest size from `most` down to `least` at which a text fits. */
function shrunk(sheet: Sheet, text: string, room: number, most: number, least: number): number {
  // Widths grow in proportion to the size.
  const width = sheet.pen.width(text, { size: most, weight: "semibold" });
  return width <= room ? most : Math.max(least, (most * room) / width);
}
