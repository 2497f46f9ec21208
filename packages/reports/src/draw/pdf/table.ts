import type { Table } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import { LINE } from "../text-style.ts";
import type { Sheet } from "./sheet.ts";
import {
  cellStyle,
  headStyle,
  isRight,
  layOutTable,
  type PlacedColumn,
  type PlacedRow,
  type TableLayout,
} from "./table-layout.ts";

/** Least height worth starting a table on a page with: its head and three rows. */
export function tableStartHeight(sheet: Sheet, table: Table): number {
  const layout = layOutTable(sheet, table);
  return headHeight(sheet, layout) + layout.rows.slice(0, 3).reduce((sum, row) => sum + row.height, 0);
}

/** Draws a table over as many pages as it takes; the head is repeated on each. */
export function drawTable(sheet: Sheet, table: Table): void {
  const layout = layOutTable(sheet, table);
  const { rows } = layout;
  const longest = longestShare(layout);
  drawHead(sheet, layout);
  rows.forEach((row, at) => {
    // The last row, the total most often, is not left alone on a page.
    const keep = at === rows.length - 2 ? row.height + rows[at + 1]!.height : row.height;
    if (keep > sheet.room()) {
      sheet.newPage();
      drawHead(sheet, layout);
    }
    drawRow(sheet, layout, row, longest);
  });
  sheet.y += 6;
}

function headHeight(sheet: Sheet, { columns, size }: TableLayout): number {
  const style = headStyle(size);
  const lines = columns.map((column) => sheet.pen.wrap(column.label, column.width + 0.1, style).length);
  return Math.max(1, ...lines) * style.size * LINE + 6.5;
}

function drawHead(sheet: Sheet, layout: TableLayout): void {
  const { pen } = sheet;
  const height = headHeight(sheet, layout);
  const style = headStyle(layout.size);
  for (const column of layout.columns) {
    const lines = pen.wrap(column.label, column.width + 0.1, style);
    const right = isRight(column);
    lines.forEach((line, at) => {
      // Headings stand on the line below them.
      const y = sheet.y + height - 4 - (lines.length - at) * style.size * LINE;
      pen.text(line, right ? column.x + column.width : column.x, y, { ...style, align: right ? "right" : "left" });
    });
  }
  sheet.y += height;
  pen.line(sheet.left, sheet.y, sheet.right, sheet.y, palette.inkFaint, 0.8);
}

function drawRow(sheet: Sheet, layout: TableLayout, row: PlacedRow, longest: number): void {
  const { pen } = sheet;
  if (row.role === "total") pen.line(sheet.left, sheet.y, sheet.right, sheet.y, palette.inkFaint, 0.8);
  layout.columns.forEach((column, at) => {
    const x = isRight(column) ? column.x + column.width : column.x;
    const isLink = at === 0 && row.to !== undefined;
    const plain = cellStyle(column, row.role, layout.size);
    const style = isLink ? { ...plain, color: palette.accent } : plain;
    if (isLink) sheet.linkTo(row.to, column.x, sheet.y, column.width, row.height);
    row.lines[at]!.forEach((line, which) => {
      pen.text(line, x, sheet.y + layout.pad + which * layout.size * LINE, style);
    });
    if (column.kind === "share") drawShare(sheet, layout, column, row, longest);
  });
  sheet.y += row.height;
  if (row.role !== "total") pen.line(sheet.left, sheet.y, sheet.right, sheet.y, palette.hairline);
}

function longestShare({ columns, rows }: TableLayout): number {
  const shares = columns
    .filter((column) => column.kind === "share")
    .flatMap((column) => rows.filter((row) => row.role !== "total").map((row) => row.cells[column.at]));
  return Math.max(Number.MIN_VALUE, ...shares.map((share) => (typeof share === "number" ? share : 0)));
}

/** `longest`: the share that fills the bar. */
function drawShare(sheet: Sheet, layout: TableLayout, column: PlacedColumn, row: PlacedRow, longest: number): void {
  const share = row.cells[column.at];
  if (row.role === "total" || typeof share !== "number" || share <= 0) return;
  const color =
    row.role === "item" ? palette.accent : row.role === "others" ? palette.seriesOthers : palette.seriesBelow;
  const width = Math.max(0.6, (layout.bar * share) / longest);
  sheet.pen.rect(column.x, sheet.y + layout.pad + 1.5, width, layout.size * 0.8, color);
}
