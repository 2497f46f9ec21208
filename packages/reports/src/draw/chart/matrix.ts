import { volume } from "../../compose/figures.ts";
import type { Matrix } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Sheet } from "../pdf/sheet.ts";
import { largest } from "./plot.ts";

const ROW = 20;
const HEAD_MOST = 92;
const NAME = { size: 8, color: palette.ink } as const;
const CELL = { size: 7, tabular: true } as const;

interface Geometry {
  readonly nameWidth: number;
  readonly cellWidth: number;
  readonly headHeight: number;
}

export function matrixHeight(sheet: Sheet, matrix: Matrix): number {
  const { headHeight } = geometry(sheet, matrix);
  return 12 + headHeight + (matrix.names.length + 1) * ROW + 14;
}

/** A heat map with figures in it, and the sums of rows and columns outside the heat. */
export function drawMatrix(sheet: Sheet, matrix: Matrix): void {
  const { pen, doc } = sheet;
  const { nameWidth, cellWidth, headHeight } = geometry(sheet, matrix);
  const gridLeft = sheet.left + nameWidth;
  const totalRight = gridLeft + (matrix.names.length + 1) * cellWidth - 3.5;
  const top = sheet.y + 12;
  const headStyle = { ...NAME, size: 7.5, color: palette.inkSoft } as const;
  pen.text("from \u2193   to \u2192", sheet.left, top + headHeight - 14, { size: 7.5, color: palette.inkFaint });
  const headings = [...matrix.names.map((name) => name.label), "Total"];
  headings.forEach((heading, at) => {
    const x = gridLeft + (at + 0.5) * cellWidth;
    doc.save().rotate(-90, { origin: [x, top + headHeight - 5] });
    pen.text(pen.fit(heading, headHeight - 8, headStyle), x, top + headHeight - 5 - 5, headStyle);
    doc.restore();
  });

  const most = largest(matrix.bytes.flat());
  let y = top + headHeight;
  matrix.names.forEach((name, row) => {
    const color = name.role === "item" ? palette.ink : palette.inkSoft;
    pen.text(pen.fit(name.label, nameWidth - 8, NAME), sheet.left, y + 5, { ...NAME, color });
    matrix.names.forEach((_, column) => {
      const bytes = matrix.bytes[row]![column]!;
      const look = palette.heat(strength(bytes, most));
      const x = gridLeft + column * cellWidth;
      pen.rect(x + 0.5, y + 0.5, cellWidth - 1, ROW - 1, bytes === 0n ? palette.card : look.paper, 1.5);
      if (bytes > 0n)
        pen.text(volume(bytes), x + cellWidth - 3.5, y + 5.5, { ...CELL, color: look.ink, align: "right" });
    });
    const sum = matrix.bytes[row]!.reduce((a, b) => a + b, 0n);
    pen.text(volume(sum), totalRight, y + 5.5, { ...CELL, weight: "semibold", align: "right" });
    y += ROW;
  });
  pen.text("Total", sheet.left, y + 5, { ...NAME, weight: "semibold" });
  let whole = 0n;
  matrix.names.forEach((_, column) => {
    const sum = matrix.bytes.reduce((a, row) => a + row[column]!, 0n);
    whole += sum;
    const x = gridLeft + (column + 1) * cellWidth - 3.5;
    pen.text(volume(sum), x, y + 5.5, { ...CELL, weight: "semibold", align: "right" });
  });
  pen.text(volume(whole), totalRight, y + 5.5, { ...CELL, weight: "semibold", align: "right" });
  sheet.y = y + ROW + 8;
}

/** Logarithmic over three decades: one giant would otherwise leave all others equally pale. */
function strength(bytes: bigint, most: bigint): number {
  if (bytes === 0n || most === 0n) return 0;
  return Math.max(0, 1 + Math.log10(Number(bytes) / Number(most)) / 3);
}

function geometry(sheet: Sheet, matrix: Matrix): Geometry {
  const { pen } = sheet;
  const headings = [...matrix.names.map((name) => name.label), "Total"];
  const widest = Math.max(...headings.map((heading) => pen.width(heading, NAME)));
  const columns = matrix.names.length + 1;
  const nameWidth = Math.min(Math.max(70, widest + 10), 170, Math.max(90, sheet.width - columns * 44));
  const headHeight = Math.min(HEAD_MOST, widest + 12);
  return { nameWidth, headHeight, cellWidth: Math.min(60, (sheet.width - nameWidth) / columns) };
}
