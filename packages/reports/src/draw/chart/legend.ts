import * as palette from "../palette.ts";
import type { Canvas } from "./canvas.ts";

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

/** Marks and labels in as many rows as they need, from the canvas's `y`, which moves below them. */
export function drawLegend(canvas: Canvas, items: readonly LegendItem[]): void {
  const placed = place(canvas, items);
  for (const item of placed) {
    const y = canvas.y + item.row * ROW;
    if (item.mark === "block") canvas.rect(item.x, y + 1.5, 8, 8, item.color, 1.5);
    else if (item.mark === "hatch") {
      canvas.rect(item.x, y + 1.5, 8, 8, palette.gapPaper);
      canvas.line(item.x, y + 9.5, item.x + 8, y + 1.5, item.color, 0.6);
      canvas.line(item.x, y + 5.5, item.x + 4, y + 1.5, item.color, 0.6);
      canvas.line(item.x + 4, y + 9.5, item.x + 8, y + 5.5, item.color, 0.6);
    } else {
      const ends = [[item.x, y + 5.5] as const, [item.x + 9, y + 5.5] as const];
      canvas.stroke(ends, item.color, 1.6, item.mark === "dashed" ? [2, 1.5] : undefined);
    }
    canvas.text(item.label, item.x + MARK, y, STYLE);
  }
  canvas.y += ((placed.at(-1)?.row ?? 0) + 1) * ROW + 6;
}

function place(canvas: Canvas, items: readonly LegendItem[]): Placed[] {
  const placed: Placed[] = [];
  let x = 0;
  let row = 0;
  for (const item of items) {
    const label = canvas.ruler.fit(item.label, canvas.width - MARK, STYLE);
    const width = MARK + canvas.ruler.width(label, STYLE);
    if (x + width > canvas.width && x > 0) {
      row++;
      x = 0;
    }
    placed.push({ ...item, label, x, row });
    x += width + BETWEEN;
  }
  return placed;
}
