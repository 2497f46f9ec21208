import type { Column } from "../column.ts";
import type { ObservationType } from "../observation-type.ts";

/**
 * How a record stands in a PDU: a bitmap, then the values of the columns whose bit says "here", in declared order.
 * Bit i of the bitmap is bit i mod 8 of byte i div 8. A column has these bits, in declared order:
 *
 * | kind                 | bit         | second bit          | absent means          | value                        |
 * |----------------------|-------------|---------------------|-----------------------|------------------------------|
 * | count                | here        |                     | 0 (nullable: null)    | varint                       |
 * | count that follows   | here        |                     | as in record before   | zigzag difference            |
 * | signed               | here        |                     | 0 (nullable: null)    | zigzag                       |
 * | wide                 | here        |                     | 0 (nullable: null)    | varint                       |
 * | second               | here        |                     | as in record before   | zigzag difference            |
 * | instant              | here        | below 1 us as well  | reference (or null)   | zigzag us [, varint 0..999]  |
 * | duration             | here        |                     | 0 (nullable: null)    | varint 2*us or 2*ns+1        |
 * | offset               | here        |                     | 0 (nullable: null)    | zigzag ns                    |
 * | address              | is IPv6     | (nullable) here     | null                  | 4 or 16 bytes                |
 * | text                 | here        |                     | "" (nullable: null)   | see text-table.ts            |
 * | text that follows    | here        |                     | as in record before   | see text-table.ts            |
 * | symbol               | here        |                     | first (nullable: null)| number of the symbol, a byte |
 * | bool                 | the value   | (nullable) here     | null                  | nothing                      |
 * | histogram            | here        |                     | empty (nullable: null)| n, n x (bucket step, count)  |
 * | tally                | here        |                     | empty (nullable: null)| n, n x (text, count)         |
 *
 * An instant's reference is the nearest second or instant before it in the record that is not null; the first one of a
 * type without such a column refers to itself in the record before. Before the first record of a PDU everything is 0
 * or empty. A histogram's bucket step is the bucket, then the distance to the bucket before less one.
 */
export interface ColumnLayout {
  readonly column: Column;
  readonly nullable: boolean;
  readonly follows: boolean;
  /** Place of the column's bit in the bitmap. */
  readonly bit: number;
  /** Place of its second bit, or -1. */
  readonly secondBit: number;
  /** True for the one instant that refers to itself in the record before. */
  readonly chained: boolean;
}

export interface RecordLayout {
  readonly columns: readonly ColumnLayout[];
  readonly bitmapBytes: number;
}

export function layoutOf(type: ObservationType): RecordLayout {
  let bits = 0;
  let hasReference = false;
  const columns = type.columns.map((column): ColumnLayout => {
    const nullable = column.nullable === true;
    const isTimed = column.kind === "second" || column.kind === "instant";
    const hasSecond = column.kind === "instant" || (nullable && (column.kind === "address" || column.kind === "bool"));
    const bit = bits++;
    const secondBit = hasSecond ? bits++ : -1;
    const chained = column.kind === "instant" && !hasReference;
    if (isTimed) hasReference = true;
    if (column.follows === true && (nullable || (column.kind !== "count" && column.kind !== "text"))) {
      throw new Error(`${type.name}.${column.name} cannot follow`);
    }
    return { column, nullable, follows: column.follows === true, bit, secondBit, chained };
  });
  return { columns, bitmapBytes: Math.ceil(bits / 8) };
}

/** Names of the record's fields that a column fills. */
export function fieldsOf(column: Column): readonly string[] {
  switch (column.kind) {
    case "instant":
      return [`${column.name}_s`, `${column.name}_nanos`];
    case "second":
      return [`${column.name}_s`];
    case "duration":
    case "offset":
      return [`${column.name}_ns`];
    default:
      return [column.name];
  }
}

/** Name of a column in a log line's header. */
export function logNameOf(column: Column): string {
  const isNanoseconds = ["instant", "second", "duration", "offset"].includes(column.kind);
  return isNanoseconds ? `${column.name}_ns` : column.name;
}
