import type { QueryRow } from "../ask/user-query.ts";
import type { QueryDefinition } from "../define/definition.ts";
import type { Cell, ColumnKind, Table, TableColumn } from "./model.ts";

/** How a column is written, by the end of its name, and what is left out of its heading. */
const KINDS: readonly [ending: string, kind: ColumnKind][] = [
  ["_bytes", "count"],
  ["_volume", "volume"],
  ["_ns", "duration"],
  ["_share", "percent"],
  ["_bits_per_s", "rate"],
  ["_count", "count"],
];

/** A table of what a user's own statement gave. */
export function queryTable(title: string, query: QueryDefinition, rows: readonly QueryRow[]): Table {
  const names = Object.keys(rows[0] ?? {});
  const columns = names.map((name) => columnOf(name, rows));
  return {
    kind: "table",
    name: query.name,
    title,
    columns,
    rows: rows.map((row) => ({ role: "item", cells: names.map((name, at) => cellOf(row[name], columns[at]!.kind)) })),
    whyEmpty: query.whyEmpty,
  };
}

function columnOf(name: string, rows: readonly QueryRow[]): TableColumn {
  const known = KINDS.find(([ending]) => name.endsWith(ending));
  const kind = known?.[1] ?? (rows.every((row) => isInteger(row[name])) ? "count" : "text");
  const words = (known === undefined || known[0] === "_bytes" ? name : name.slice(0, -known[0].length)).replaceAll(
    "_",
    " ",
  );
  return { label: words.slice(0, 1).toUpperCase() + words.slice(1), kind, csv: name };
}

function isInteger(value: unknown): boolean {
  return typeof value === "bigint" || (typeof value === "number" && Number.isInteger(value));
}

function cellOf(value: unknown, kind: ColumnKind): Cell {
  if (value === null || value === undefined) return null;
  if (kind === "text") return textOf(value);
  if (typeof value === "bigint" || typeof value === "number") return value;
  const text = textOf(value);
  // Sums come as text so that no digit is lost.
  if (/^-?\d+(\.0*)?$/.test(text)) return BigInt(text.replace(/\..*/, ""));
  const number = Number(text);
  return Number.isNaN(number) || text.trim() === ""
    ? text
    : kind === "count" || kind === "volume"
      ? BigInt(Math.round(number))
      : number;
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace("T", " ");
  if (Buffer.isBuffer(value)) return value.toString("hex");
  return String(value);
}
