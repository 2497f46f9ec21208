import { type CheckLine, checkLine, logHeader, type ObservationType, unescapeText } from "@trafmon/observation";
import type { TableColumn } from "./table-columns.ts";

/** A field that the table limits further than the log does. */
export interface FieldLimit {
  readonly field: number;
  readonly column: string;
  readonly max: number | null;
  readonly maxDigits: number | null;
  readonly maxCharacters: number | null;
}

/** A line that is not loaded, and why. */
export interface Refusal {
  readonly lineNo: number;
  readonly reason: string;
  /** Column of the log it concerns; empty: the whole line. */
  readonly column: string;
  /** The line as it stood. */
  readonly text: string;
}

const NEWLINE = 10;

/** The limit of a field that goes into this column of a table, or null when every checked field fits. */
export function limitOf(field: number, column: string, target: TableColumn): FieldLimit | null {
  const { max, maxDigits, maxCharacters } = target;
  if (max === null && maxDigits === null && maxCharacters === null) return null;
  return { field, column, max, maxDigits, maxCharacters };
}

export function atMost(max: number, field: number, column: string): FieldLimit {
  return { field, column, max, maxDigits: null, maxCharacters: null };
}

/** Checks the lines of one type: fields, kinds and ranges as declared, and what the table can hold. */
export class CheckedLines {
  readonly #check: CheckLine;
  readonly #limits: readonly FieldLimit[];
  readonly header: string;

  constructor(type: ObservationType, limits: readonly FieldLimit[]) {
    this.#check = checkLine(type);
    this.#limits = limits;
    this.header = logHeader(type);
  }

  /**
   * Gives the good lines of a slice to `take`, as fields in latin1, which carries the file's bytes unchanged; the
   * others go to `refusals`.
   */
  each(
    bytes: Buffer,
    firstLineNo: number,
    refusals: Refusal[],
    take: (fields: string[], lineNo: number, line: string) => void,
  ): void {
    const text = bytes.toString("latin1");
    let lineNo = firstLineNo;
    for (let from = 0; from < bytes.length; lineNo++) {
      const until = bytes.indexOf(NEWLINE, from);
      const line = text.slice(from, until < 0 ? bytes.length : until);
      if (until < 0) {
        // The writer ends every line; one without was cut off.
        refusals.push({ lineNo, reason: "no newline at the end", column: "", text: utf8(line) });
        return;
      }
      const fault = this.#check(bytes, from, until);
      from = until + 1;
      if (fault !== null) {
        refusals.push({ lineNo, reason: fault.reason, column: fault.column ?? "", text: utf8(line) });
        continue;
      }
      const fields = line.split("\t");
      const limit = this.#limits.find((each) => exceeds(fields[each.field]!, each));
      if (limit === undefined) take(fields, lineNo, line);
      else refusals.push({ lineNo, reason: "out of range", column: limit.column, text: utf8(line) });
    }
  }
}

function exceeds(field: string, limit: FieldLimit): boolean {
  if (field === "\\N") return false;
  if (limit.max !== null) return Number(field) > limit.max;
  if (limit.maxDigits !== null) return field.length > limit.maxDigits;
  // A character is at least one byte of the field.
  return field.length > limit.maxCharacters! && [...textOf(field)].length > limit.maxCharacters!;
}

/** Text of bytes that were read as latin1. */
export function utf8(field: string): string {
  return Buffer.from(field, "latin1").toString("utf8");
}

/** Text of a text column's field. */
export function textOf(field: string): string {
  return unescapeText(utf8(field));
}
