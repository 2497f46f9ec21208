import { volume } from "../../compose/figures.ts";
import type { Matrix } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Canvas } from "./canvas.ts";

const ROW = 20;
const HEAD_MOST = 92;
const NAME = { size: 8, color: palette.ink } as const;
const CELL = { size: 7, tabular: true } as const;

interface Geometry {
  readonly nameWidth: number;
  readonly cellWidth: number;
  readonly headHeight: number;
}

/** A heat map with figures in it, and the sums of rows and columns outside the heat. */
export function drawMatrix(canvas: Canvas, matrix: Matrix): void {
  const { ruler } = canvas;
  const { nameWidth, cellWidth, headHeight } = geometry(canvas, matrix);
  const totalRight = nameWidth + (matrix.names.length + 1) * cellWidth - 3.5;
  const top = canvas.y + 12;
  const headStyle = { ...NAME, size: 7.5, color: palette.inkSoft } as const;
  canvas.text("from \u2193   to \u2192", 0, top + headHeight - 14, { size: 7.5, color: palette.inkFaint });
  const headings = [...matrix.names.map((name) => name.label), "Total"];
  headings.forEach((heading, at) => {
    const x = nameWidth + (at + 0.5) * cellWidth;
    canvas.textUpwards(ruler.fit(heading, headHeight - 8, headStyle), x + 2.3, top + headHeight - 5, headStyle);
  });

  const most = Math.max(0, ...matrix.bytes.flat().map(Number));
  let y = top + headHeight;
  matrix.names.forEach((name, row) => {
    const color = name.role === "item" ? palette.ink : palette.inkSoft;
    canvas.text(ruler.fit(name.label, nameWidth - 8, NAME), 0, y + 5, { ...NAME, color });
    matrix.names.forEach((to, column) => {
      const bytes = matrix.bytes[row]![column]!;
      const look = palette.heat(strength(Number(bytes), most));
      const x = nameWidth + column * cellWidth;
      const tip = `${name.label} to ${to.label}: ${volume(bytes)}`;
      canvas.rect(x + 0.5, y + 0.5, cellWidth - 1, ROW - 1, bytes === 0n ? palette.card : look.paper, 1.5, tip);
      if (bytes > 0n)
        canvas.text(volume(bytes), x + cellWidth - 3.5, y + 5.5, { ...CELL, color: look.ink, align: "right" });
    });
    const sum = matrix.bytes[row]!.reduce((a, b) => a + b, 0n);
    canvas.text(volume(sum), totalRight, y + 5.5, { ...CELL, weight: "semibold", align: "right" });
    y += ROW;
  });
  canvas.text("Total", 0, y + 5, { ...NAME, weight: "semibold" });
  let whole = 0n;
  matrix.names.forEach((_, column) => {
    const sum = matrix.bytes.reduce((a, row) => a + row[column]!, 0n);
    whole += sum;
    const x = nameWidth + (column + 1) * cellWidth - 3.5;
    canvas.text(volume(sum), x, y + 5.5, { ...CELL, weight: "semibold", align: "right" });
  });
  canvas.text(volume(whole), totalRight, y + 5.5, { ...CELL, weight: "semibold", align: "right" });
  canvas.y = y + ROW + 8;
}

/** Logarithmic over three decades: one giant would otherwise leave all others equally pale. */
export function strength(value: number, most: number): number {
  if (value <= 0 || most === 0) return 0;
  return Math.max(0, 1 + Math.log10(value / most) / 3);
}

function geometry({ ruler, width }: Canvas, matrix: Matrix): Geometry {
  const headings = [...matrix.names.map((name) => name.label), "Total"];
  const widest = Math.max(...headings.map((heading) => ruler.width(heading, NAME)));
  const columns = matrix.names.length + 1;
  const nameWidth = Math.min(Math.max(70, widest + 10), 170, Math.max(90, width - columns * 44));
  const headHeight = Math.min(HEAD_MOST, widest + 12);
  return { nameWidth, headHeight, cellWidth: Math.min(60, (width - nameWidth) / columns) };
}
