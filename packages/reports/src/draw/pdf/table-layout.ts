import type { Cell, Role, Table, TableColumn, TableRow } from "../../compose/model.ts";
import { cellText } from "../cell-text.ts";
import * as palette from "../palette.ts";
import { LINE, type TextStyle } from "../text-style.ts";
import type { Sheet } from "./sheet.ts";

/** Size of text where there is room enough, points. */
const FULL_SIZE = 8.5;
const MOST_LINES = 3;
/**
 * What is tried, in this order, until numbers and names have room: parts of the full size, and points that a name gets at
 * least, or all it needs. Names are broken in lines before they become too small to read.
 */
const TRIED: readonly { readonly scale: number; readonly leastText: number }[] = [
  ...[1, 0.96, 0.92, 0.88, 0.84].map((scale) => ({ scale, leastText: 140 })),
  ...[0.84, 0.8].map((scale) => ({ scale, leastText: 96 })),
  ...[0.8, 0.76, 0.72, 0.68, 0.64, 0.6].map((scale) => ({ scale, leastText: 64 })),
];
const MOST_AIR = 26;
/** A heading up to this long is not broken. */
const SHORT_HEADING = 10;

export interface PlacedColumn extends TableColumn {
  /** Place among all columns of the table. */
  readonly at: number;
  readonly x: number;
  readonly width: number;
}

export interface PlacedRow {
  readonly role: Role;
  /** Shape: [placed columns][lines]. */
  readonly lines: readonly (readonly string[])[];
  readonly cells: readonly Cell[];
  readonly to: string | undefined;
  readonly height: number;
}

/** A table fitted to the width of the sheet. All lengths in points. */
export interface TableLayout {
  readonly columns: readonly PlacedColumn[];
  readonly rows: readonly PlacedRow[];
  readonly size: number;
  /** Length of the bar of the largest share. */
  readonly bar: number;
  /** Room above and below the text of a row. */
  readonly pad: number;
}

export function layOutTable(sheet: Sheet, whole: Table): TableLayout {
  const table = { ...whole, rows: whole.rows.filter((row) => !row.csvOnly) };
  const shown = table.columns.map((column, at) => ({ ...column, at })).filter((column) => !column.csvOnly);
  const fullNeeds = shown.map((column, place) => {
    const rows = table.rows.filter((row) => spareCells(row, shown, place) === 0);
    return needOf(sheet, { ...table, rows }, column);
  });
  const isText = shown.map((column) => column.kind === "text");
  const fitting = TRIED.map((tried) => fit(sheet.width, fullNeeds, isText, tried));
  const { scale, widths, between } = fitting.find((each) => each.fits) ?? fitting.at(-1)!;
  const size = FULL_SIZE * scale;
  const pad = 3.5 * scale;
  let x = sheet.left;
  const columns = shown.map((column, at) => {
    const placed = { ...column, x, width: widths[at]! };
    x += widths[at]! + between;
    return placed;
  });
  const rows = table.rows.map((row): PlacedRow => {
    const lines = columns.map((column, place) => {
      const text = cellText(column.kind, row.cells[column.at] ?? null);
      const last = columns[place + spareCells(row, shown, place)]!;
      // A hair more than measured, or rounding would break what just fits.
      const room = last.x + last.width - column.x + 0.1;
      return column.kind === "text"
        ? sheet.pen.wrap(text, room, cellStyle(column, row.role, size), column.mostLines ?? MOST_LINES)
        : [text];
    });
    const most = Math.max(1, ...lines.map((each) => each.length));
    return { role: row.role, lines, cells: row.cells, to: row.to, height: most * size * LINE + 2 * pad };
  });
  return { columns, rows, size, pad, bar: BAR * scale };
}

const BAR = 52;

/** How many cells to the right of a first one are empty, so that "others" and their like may write over them. */
function spareCells(row: TableRow, shown: readonly { readonly at: number }[], place: number): number {
  if (row.role === "item" || place > 0) return 0;
  const next = shown.findIndex(({ at }, index) => index > 0 && row.cells[at] !== "");
  return Math.max(0, next - 1);
}

/** Width of the widest cell at full size, the heading's longest word included. */
function needOf(sheet: Sheet, table: Table, column: TableColumn & { at: number }): number {
  const texts = table.rows.map((row) => {
    const style = cellStyle(column, row.role, FULL_SIZE);
    return sheet.pen.width(cellText(column.kind, row.cells[column.at] ?? null), style);
  });
  const words = column.label.length <= SHORT_HEADING ? [column.label] : column.label.split(" ");
  const heading = words.map((word) => sheet.pen.width(word, headStyle(FULL_SIZE)));
  return Math.max(...heading, ...texts) + (column.kind === "share" ? BAR + 6 : 0);
}

interface Fit {
  readonly fits: boolean;
  readonly scale: number;
  readonly between: number;
  readonly widths: readonly number[];
}

/** Numbers get the width they need; the texts share the rest by their need. */
function fit(
  room: number,
  fullNeeds: readonly number[],
  isText: readonly boolean[],
  { scale, leastText }: (typeof TRIED)[number],
): Fit {
  const needs = fullNeeds.map((need) => need * scale);
  const between = 10 * scale;
  const textNeeds = needs.filter((_, at) => isText[at]);
  const numberNeed = needs.reduce((sum, need, at) => (isText[at] ? sum : sum + need), 0);
  const textRoom = room - numberNeed - between * (needs.length - 1);
  const least = textNeeds.reduce((sum, need) => sum + Math.min(need, leastText), 0);
  const textNeed = textNeeds.reduce((sum, need) => sum + need, 0);
  const free = Math.max(0, textRoom - textNeed);
  // Free room goes to the numbers first, up to a little air each, then to the texts.
  const air = Math.min(MOST_AIR, free / needs.length);
  const spare = free - air * (needs.length - textNeeds.length);
  const level = textNeed > textRoom ? levelOf(textNeeds, Math.max(textRoom, least)) : Number.POSITIVE_INFINITY;
  const widths = needs.map((need, at) =>
    isText[at] ? Math.min(need, level) + (free > 0 ? (spare * need) / textNeed : 0) : need + air,
  );
  return { fits: textRoom >= least, scale, between, widths };
}

/** The width at which to cut the long ones, so that short texts keep their need and all together fill the room. */
function levelOf(needs: readonly number[], room: number): number {
  const rising = [...needs].sort((a, b) => a - b);
  let left = room;
  for (const [at, need] of rising.entries()) {
    const level = left / (rising.length - at);
    if (need > level) return level;
    left -= need;
  }
  return room;
}

export function isRight(column: TableColumn): boolean {
  return column.kind !== "text";
}

export function headStyle(size: number): TextStyle {
  return { size: size * 0.88, weight: "semibold", color: palette.inkSoft };
}

export function cellStyle(column: TableColumn, role: Role, size: number): TextStyle {
  const right = isRight(column);
  const look =
    role === "total" ? { weight: "semibold" as const } : { color: role === "item" ? palette.ink : palette.inkSoft };
  return { size, ...look, tabular: right, align: right ? "right" : "left" };
}
