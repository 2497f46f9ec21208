import {
  type CheckLine,
  checkLine,
  logColumns,
  logHeader,
  type ObservationType,
  unescapeText,
} from "@trafmon/observation";
import { LineFields } from "./line-fields.ts";
import type { TableColumn } from "./table-columns.ts";

/** A field that the table limits further than the log does. */
export interface FieldLimit {
  readonly field: number;
  readonly column: string;
  readonly max: number | null;
  readonly maxDigits: number | null;
  readonly maxCharacters: number | null;
  readonly isAscii: boolean;
  /** Whether rows are told apart by it: both servers take names that differ in blanks at their end for the same. */
  readonly isName: boolean;
  /** Greatest bucket of a histogram. */
  readonly maxBucket: number | null;
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
const BLANK = 0x20;
const COLON = 0x3a;
const COMMA = 0x2c;
const ZERO = 0x30;

const NO_LIMIT = { max: null, maxDigits: null, maxCharacters: null, isAscii: false, isName: false, maxBucket: null };

/** The limit of a field that goes into this column of a table, or null when every checked field fits. */
export function limitOf(field: number, column: string, target: TableColumn): FieldLimit | null {
  const { max, maxDigits, maxCharacters, isAscii } = target;
  if (max === null && maxDigits === null && maxCharacters === null) return null;
  return { ...NO_LIMIT, field, column, max, maxDigits, maxCharacters, isAscii };
}

export function atMost(max: number, field: number, column: string): FieldLimit {
  return { ...NO_LIMIT, field, column, max };
}

/** The limit of a field that names a row of a list. `target`: the list's column of names. */
export function nameLimitOf(field: number, column: string, target: TableColumn): FieldLimit {
  return { ...NO_LIMIT, field, column, maxCharacters: target.maxCharacters, isName: true };
}

/** The limit of a histogram whose buckets become rows. `target`: their column. */
export function bucketLimitOf(field: number, column: string, target: TableColumn): FieldLimit {
  return { ...NO_LIMIT, field, column, maxBucket: target.max };
}

/** Checks the lines of one type: fields, kinds and ranges as declared, and what the table can hold. */
export class CheckedLines {
  readonly #check: CheckLine;
  readonly #limits: readonly FieldLimit[];
  readonly #fields: LineFields;
  readonly header: string;

  constructor(type: ObservationType, limits: readonly FieldLimit[]) {
    this.#check = checkLine(type);
    this.#limits = limits;
    this.#fields = new LineFields(logColumns(type).length);
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
    this.eachInPlace(bytes, firstLineNo, refusals, (fields, lineNo) => {
      const line = fields.line();
      take(line.split("\t"), lineNo, line);
    });
  }

  /** The same, with fields that are found and not copied: they hold until `take` returns. */
  eachInPlace(
    bytes: Buffer,
    firstLineNo: number,
    refusals: Refusal[],
    take: (fields: LineFields, lineNo: number) => void,
  ): void {
    const fields = this.#fields;
    fields.bytes = bytes;
    let lineNo = firstLineNo;
    for (let from = 0; from < bytes.length; lineNo++) {
      const until = bytes.indexOf(NEWLINE, from);
      if (until < 0) {
        // The writer ends every line; one without was cut off.
        refusals.push({ lineNo, reason: "no newline at the end", column: "", text: bytes.toString("utf8", from) });
        return;
      }
      fields.start = from;
      const fault = this.#check(bytes, from, until, fields.ends);
      if (fault !== null) {
        const text = bytes.toString("utf8", from, until);
        refusals.push({ lineNo, reason: fault.reason, column: fault.column ?? "", text });
      } else {
        const limit = this.#exceeded(fields);
        if (limit === null) take(fields, lineNo);
        else
          refusals.push({
            lineNo,
            reason: "out of range",
            column: limit.column,
            text: bytes.toString("utf8", from, until),
          });
      }
      from = until + 1;
    }
  }

  /** The fields of a line that was good before, in bytes of its own. */
  fieldsAgain(line: string): LineFields {
    const bytes = Buffer.from(line, "latin1");
    this.#fields.bytes = bytes;
    this.#fields.start = 0;
    this.#check(bytes, 0, bytes.length, this.#fields.ends);
    return this.#fields;
  }

  #exceeded(fields: LineFields): FieldLimit | null {
    for (const limit of this.#limits) if (exceeds(fields, limit)) return limit;
    return null;
  }
}

function exceeds(fields: LineFields, limit: FieldLimit): boolean {
  const { field, max, maxDigits, maxCharacters, maxBucket } = limit;
  if (fields.isNull(field)) return false;
  if (max !== null) return fields.number(field) > max;
  const length = fields.until(field) - fields.from(field);
  if (maxDigits !== null) return length > maxDigits;
  if (maxBucket !== null) return lastBucket(fields, field) > maxBucket;
  if (limit.isName && length > 0 && fields.bytes[fields.until(field) - 1] === BLANK) return true;
  if (limit.isAscii && !isAscii(fields, field)) return true;
  // A character is at least one byte of the field.
  return length > maxCharacters! && [...textOf(fields.text(field))].length > maxCharacters!;
}

/** Greatest bucket of a histogram, whose pairs come in their order; -1: it is empty. */
function lastBucket(fields: LineFields, field: number): number {
  const { bytes } = fields;
  const from = fields.from(field);
  let colon = fields.until(field) - 1;
  while (colon > from && bytes[colon] !== COLON) colon--;
  if (colon <= from) return -1;
  let at = colon;
  while (at > from && bytes[at - 1] !== COMMA) at--;
  let bucket = 0;
  for (; at < colon; at++) bucket = bucket * 10 + bytes[at]! - ZERO;
  return bucket;
}

function isAscii(fields: LineFields, field: number): boolean {
  for (let at = fields.from(field); at < fields.until(field); at++) if (fields.bytes[at]! > 127) return false;
  return true;
}

/** Text of bytes that were read as latin1. */
export function utf8(field: string): string {
  return Buffer.from(field, "latin1").toString("utf8");
}

/** Text of a text column's field. */
export function textOf(field: string): string {
  return unescapeText(utf8(field));
}
