import { parseAddress } from "@trafmon/address";
import { fieldsOf } from "../codec/layout.ts";
import type { Column } from "../column.ts";
import type { ObservationType, RecordOf } from "../observation-type.ts";
import { checkLine } from "./check-line.ts";
import { unescapeText } from "./escape-text.ts";
import type { LineFault } from "./line-fault.ts";

export interface ParsedLine<T extends ObservationType> {
  readonly probe: string;
  /** 16 hexadecimal digits. */
  readonly run: string;
  readonly recordNo: number;
  readonly record: RecordOf<T>;
}

/** Reads one line, without its newline, back into what `formatLine` was given. */
export type ParseLine<T extends ObservationType> = (line: string) => ParsedLine<T> | { readonly fault: LineFault };

export function parseLine<T extends ObservationType>(type: T): ParseLine<T> {
  const check = checkLine(type);
  return (line) => {
    const bytes = Buffer.from(line, "utf8");
    const fault = check(bytes, 0, bytes.length);
    if (fault !== null) return { fault };
    const [probe, run, recordNo, ...fields] = line.split("\t");
    const record: Record<string, unknown> = {};
    type.columns.forEach((column, i) => {
      fill(record, column, fields[i]!);
    });
    return { probe: unescapeText(probe!), run: run!, recordNo: Number(recordNo), record: record as RecordOf<T> };
  };
}

/** Puts a checked field's value into the record's field or fields. */
function fill(record: Record<string, unknown>, column: Column, field: string): void {
  const names = fieldsOf(column);
  if (field === "\\N") {
    for (const name of names) record[name] = null;
  } else if (names.length === 2) {
    record[names[0]!] = Number(field.slice(0, -9));
    record[names[1]!] = Number(field.slice(-9));
  } else record[names[0]!] = valueOfField(column, field);
}

function valueOfField(column: Column, field: string): unknown {
  switch (column.kind) {
    case "text":
      return unescapeText(field);
    case "symbol":
      return field;
    case "bool":
      return field === "1";
    case "wide":
      return BigInt(field);
    case "second":
      return Number(field.slice(0, -9));
    case "address":
      return parseAddress(field);
    case "histogram":
      return field === "" ? [] : field.split(/[,:]/).map(Number);
    case "tally":
      return new Map(field === "" ? [] : field.split(",").map(tallyEntry));
    default:
      return Number(field);
  }
}

function tallyEntry(entry: string): [string, number] {
  const colon = entry.indexOf(":");
  const name = unescapeText(entry.slice(0, colon)).replace(/%([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return [name, Number(entry.slice(colon + 1))];
}
