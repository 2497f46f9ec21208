import type {
  Bands,
  Block,
  Cell,
  Distribution,
  HeatMap,
  LineChart,
  Matrix,
  ReportModel,
  StackedBars,
  Table,
} from "../../compose/model.ts";
import { CSV_UNIT } from "../chart/quantity.ts";

/** A file beside the PDF: RFC 4180, comma, CR LF, UTF-8 without mark, a heading line. */
export interface CsvFile {
  /** With the ending `.csv`. */
  readonly name: string;
  readonly text: string;
}

/** Every table and chart of a report as a CSV file of its own, with raw figures. */
export function csvFiles(report: ReportModel): CsvFile[] {
  return report.sections.flatMap((section) => section.blocks.flatMap((block) => csvOf(block)));
}

function csvOf(block: Block): CsvFile[] {
  switch (block.kind) {
    case "table":
      return [fileOf(block.name, tableLines(block))];
    case "stacked-bars":
      // What stands aside is in other files with more detail.
      return block.aside ? [] : [fileOf(block.name, chartLines(block))];
    case "line-chart":
      return [fileOf(block.name, chartLines(block))];
    case "bands":
      return [fileOf(block.name, bandLines(block))];
    case "heat-map":
      return [fileOf(block.name, heatLines(block))];
    case "distribution":
      return [fileOf(block.name, binLines(block))];
    case "matrix":
      return [fileOf(block.name, matrixLines(block))];
    default:
      return [];
  }
}

function tableLines(table: Table): Cell[][] {
  return [
    ["row", ...table.columns.map((column) => column.csv)],
    ...table.rows.map((row) => [row.role, ...table.columns.map((_, at) => row.cells[at] ?? null)]),
  ];
}

function chartLines({ time, quantity, series }: StackedBars | LineChart): Cell[][] {
  return [
    [`${time.unit} (${time.zone})`, ...series.map(({ label }) => `${label} (${CSV_UNIT[quantity]})`)],
    ...time.names.map((name, at) => [name, ...series.map(({ values }) => values[at] ?? null)]),
  ];
}

function bandLines({ time, quantity, low, middle, high, most }: Bands): Cell[][] {
  const edges = [low, middle, high, ...(most === undefined ? [] : [most])];
  return [
    [`${time.unit} (${time.zone})`, ...edges.map(({ label }) => `${label} (${CSV_UNIT[quantity]})`)],
    ...time.names.map((name, at) => [name, ...edges.map(({ values }) => values[at] ?? null)]),
  ];
}

function heatLines({
  rowHeading,
  columnHeading,
  quantity,
  rows,
  columns,
  columnNames = columns,
  values,
}: HeatMap): Cell[][] {
  return [
    [rowHeading, columnHeading, CSV_UNIT[quantity]],
    ...rows.flatMap((row, at) => columnNames.map((column, which) => [row, column, values[at]![which] ?? null])),
  ];
}

function binLines({ quantity, counted, bins }: Distribution): Cell[][] {
  return [
    [`from (${CSV_UNIT[quantity]})`, `until (${CSV_UNIT[quantity]})`, counted],
    ...bins.map(({ from, until, count }) => [from, until, count]),
  ];
}

function matrixLines(matrix: Matrix): Cell[][] {
  return [
    ["from", "to", "bytes"],
    ...matrix.names.flatMap((from, row) =>
      matrix.names.map((to, column) => [from.label, to.label, matrix.bytes[row]![column]!]),
    ),
  ];
}

function fileOf(name: string, lines: readonly (readonly Cell[])[]): CsvFile {
  return { name: `${name}.csv`, text: lines.map((line) => line.map(field).join(",") + "\r\n").join("") };
}

/**
 * A host name may have been chosen by a stranger, and spreadsheets run what begins like a formula: such texts get an
 * apostrophe in front, which spreadsheets do not show.
 */
function field(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
