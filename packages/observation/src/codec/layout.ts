import type { Column } from "../column.ts";
import type { ObservationType } from "../observation-type.ts";

/**
 * How a record stands in a PDU: a bitmap, then the values of the columns whose bit says "here", in declared order.
 * Bit i of the bitmap is bit i mod 8 of byte i div 8. A bitmap of one byte stands as it is. Of a longer one stand those
 * bytes that differ from the bitmap of the record before, and ahead of them which these are: bit i mod 8 of byte i div 8
 * for byte i. Before the first record of a PDU all of it is 0. A column has these bits, in declared order:
 *
 * | kind                 | bit         | second bit          | absent means          | value                        |
 * |----------------------|-------------|---------------------|-----------------------|------------------------------|
 * | count                | here        |                     | 0 (nullable: null)    | varint                       |
 * | count that follows   | here        |                     | as in record before   | zigzag difference            |
 * | count, same as one   | here        |                     | as in that column     | zigzag difference            |
 * | signed               | here        |                     | 0 (nullable: null)    | zigzag                       |
 * | wide                 | here        |                     | 0 (nullable: null)    | varint                       |
 * | second               | here        |                     | as in record before   | zigzag difference            |
 * | instant              | here        | below 1 us as well  | reference (or null)   | zigzag us [, varint 0..999]  |
 * | duration             | here        |                     | 0 (nullable: null)    | varint 2*us or 2*ns+1        |
 * | duration, same as one| here        |                     | as in that column     | as a duration                |
 * | offset               | here        |                     | 0 (nullable: null)    | zigzag ns                    |
 * | address              | is IPv6     | (nullable) here     | null                  | 4 or 16 bytes                |
 * | text                 | here        |                     | "" (nullable: null)   | see text-table.ts            |
 * | text that follows    | here        |                     | as in record before   | see text-table.ts            |
 * | symbol               | here        |                     | first (nullable: null)| number of the symbol, a byte |
 * | bool                 | the value   | (nullable) here     | null                  | nothing                      |
 * | histogram            | here        |                     | empty (nullable: null)| n, n x (bucket step, [count])|
 * | tally                | here        |                     | empty (nullable: null)| n, n x (text, count)         |
 *
 * An instant's reference is the nearest second or instant before it in the record that is not null; the first one of a
 * type without such a column refers to itself in the record before. Before the first record of a PDU everything is 0
 * or empty. A histogram's bucket step is the bucket, then the distance to the bucket before less one, doubled; 1 more
 * says that a count follows, which is 1 otherwise.
 */
export interface ColumnLayout {
  readonly column: Column;
  readonly nullable: boolean;
  readonly follows: boolean;
  /** Name of the column that this one is compared with; null: with none. */
  readonly sameAs: string | null;
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
  /** Bytes that say which bytes of the bitmap stand here; 0: all do. */
  readonly maskBytes: number;
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
    const sameAs = column.sameAs ?? null;
    if (sameAs !== null && !isComparable(column, type))
      throw new Error(`${type.name}.${column.name} cannot equal ${sameAs}`);
    return { column, nullable, follows: column.follows === true, sameAs, bit, secondBit, chained };
  });
  const bitmapBytes = Math.ceil(bits / 8);
  return { columns, bitmapBytes, maskBytes: bitmapBytes < 2 ? 0 : Math.ceil(bitmapBytes / 8) };
}

function isComparable({ name, kind, nullable, follows, sameAs }: Column, { columns }: ObservationType): boolean {
  const [own, other] = [name, sameAs].map((each) => columns.findIndex((column) => column.name === each));
  const isPlain = nullable !== true && follows !== true && columns[other!]?.nullable !== true;
  return (kind === "count" || kind === "duration") && isPlain && other! < own! && columns[other!]?.kind === kind;
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
