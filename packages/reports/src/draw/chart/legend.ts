import * as palette from "../palette.ts";
import type { Sheet } from "../pdf/sheet.ts";

export interface LegendItem {
  readonly label: string;
  readonly color: string;
  readonly mark: "block" | "line" | "dashed" | "hatch";
}

const STYLE = { size: 8, color: palette.inkSoft } as const;
const ROW = 14;
const MARK = 12;
const BETWEEN = 16;

interface Placed extends LegendItem {
  readonly x: number;
  readonly row: number;
}

export function legendHeight(sheet: Sheet, items: readonly LegendItem[]): number {
  return ((place(sheet, items).at(-1)?.row ?? 0) + 1) * ROW + 6;
}

/** Marks and labels in as many rows as they need, from the sheet's `y`, which moves below them. */
export function drawLegend(sheet: Sheet, items: readonly LegendItem[]): void {
  const { pen, doc } = sheet;
  for (const item of place(sheet, items)) {
    const y = sheet.y + item.row * ROW;
    if (item.mark === "block") pen.rect(item.x, y + 1.5, 8, 8, item.color, 1.5);
    else if (item.mark === "hatch") {
      pen.rect(item.x, y + 1.5, 8, 8, palette.gapPaper);
      pen.line(item.x, y + 9.5, item.x + 8, y + 1.5, item.color, 0.6);
      pen.line(item.x, y + 5.5, item.x + 4, y + 1.5, item.color, 0.6);
      pen.line(item.x + 4, y + 9.5, item.x + 8, y + 5.5, item.color, 0.6);
    } else {
      if (item.mark === "dashed") doc.dash(2, { space: 1.5 });
      pen.line(item.x, y + 5.5, item.x + 9, y + 5.5, item.color, 1.6);
      doc.undash();
    }
    pen.text(item.label, item.x + MARK, y, STYLE);
  }
  sheet.y += legendHeight(sheet, items);
}

function place(sheet: Sheet, items: readonly LegendItem[]): Placed[] {
  const placed: Placed[] = [];
  let x = sheet.left;
  let row = 0;
  for (const item of items) {
    const label = sheet.pen.fit(item.label, sheet.width - MARK, STYLE);
    const width = MARK + sheet.pen.width(label, STYLE);
    if (x + width > sheet.right && x > sheet.left) {
      row++;
      x = sheet.left;
    }
    placed.push({ ...item, label, x, row });
    x += width + BETWEEN;
  }
  return placed;
}
