import { instantText } from "./instant-text.ts";
import { KeyedRows } from "./keyed-rows.ts";
import type { LineFields } from "./line-fields.ts";
import type { TableColumn } from "./table-columns.ts";
import { LEADING_FIELDS, type TypePlan, targetName } from "./type-plan.ts";

/** How rows of one bucket become one. */
export type Aggregate = "SUM" | "MIN" | "MAX";

/** Follows from an aggregate column's name: least and greatest values, first and last instants, else a sum. */
export function aggregateOf(column: string): Aggregate {
  if (column === "first" || column.endsWith("_min_ns")) return "MIN";
  if (column === "last" || column.endsWith("_max_ns")) return "MAX";
  return "SUM";
}

/** Column of a type's table that an aggregate's column is made of. */
export function sourceOf(column: string): string {
  return column === "clock_error_max_ns" ? "clock_error_ns" : column;
}

/** Numbers of the database that a line's ids stand for; 0 where the line has none. */
export interface LineNumbers {
  probeNo: number;
  flowNo: number;
  classNo: number;
  sliceNo: number;
}

interface ValueColumn {
  readonly name: string;
  readonly field: number;
  readonly aggregate: Aggregate;
  /** A time in the log's nanoseconds, kept as whole microseconds; else a number. */
  readonly isInstant: boolean;
}

/** What a column of the key says: the bucket, one of our numbers, or a field as it stands. */
type KeyPart = "bucket" | keyof LineNumbers | number;

const NUMBERED_KEYS: Readonly<Record<string, KeyPart>> = {
  bucket_start: "bucket",
  probe_no: "probeNo",
  flow_no: "flowNo",
  // Until Update_ftp_data_in_ipcttable says otherwise.
  attributed_flow_no: "flowNo",
  class_no: "classNo",
  slice_no: "sliceNo",
};

const NULL_FIELD = "\\N";
/** Digits of the log's times below a second, and below a microsecond. */
const NANOSECOND_DIGITS = 9;
const BELOW_MICROSECOND_DIGITS = 3;
const SECONDS_PER_HOUR = 3600;
/** An instant is 27 bytes long, a sum at most 18, with its tab. */
const MAX_NUMBER_BYTES = 32;
/** `YYYY-MM-DD HH:MM:SS`. */
const SECOND_CHARACTERS = 19;
const FIRST_SLOTS = 1024;

/**
 * Adds the lines of a type up by hour while they are read: sums for the table `<type>table_1h`, which its `_1d` is made
 * of in turn. The server takes several times as long to group the same rows.
 *
 * Sums are doubles. Where one would not be exact, or where lines are taken out of the batch again, the sums are spoilt,
 * and the server groups the staged rows instead.
 */
export class HourSums {
  readonly #keyParts: readonly KeyPart[];
  readonly #values: readonly ValueColumn[];
  readonly #timeField: number;
  /** For LOAD DATA: columns in the order of `rows`. */
  readonly columns: readonly string[];
  /** By hour since the epoch: key, a number where the flow is all of it, and slot. */
  readonly #slotsOfHour = new Map<number, Map<string | number, number>>();
  readonly #isByFlow: boolean;
  /** Hour of the line before. */
  #hour = -1;
  #slots = new Map<string | number, number>();
  #count = 0;
  /** Shape: [slots, values]; NaN: no value yet. */
  #sums: Float64Array;
  #isSpoilt = false;

  private constructor(
    keyParts: readonly KeyPart[],
    values: readonly ValueColumn[],
    columns: readonly string[],
    timeField: number,
  ) {
    this.#keyParts = keyParts;
    this.#isByFlow = keyParts.every((part) => part === "bucket" || part === "flowNo");
    this.#values = values;
    this.columns = columns;
    this.#timeField = timeField;
    this.#sums = new Float64Array(FIRST_SLOTS * values.length);
  }

  /** `columns`: those of `<type>table_1h`. Null for types that are not added up by hour. */
  static of(plan: TypePlan, columns: readonly TableColumn[] | undefined): HourSums | null {
    if (plan.type.family !== "counter" || columns === undefined) return null;
    const fieldOf = new Map(
      plan.type.columns.map((column, index) => [
        targetName(plan.name, column.name, column.kind),
        { field: index + LEADING_FIELDS, isInstant: column.kind === "instant" },
      ]),
    );
    const keys = columns.filter((each) => each.inPrimaryKey).map((each) => each.name);
    const keyParts = keys.map((name): KeyPart => NUMBERED_KEYS[name] ?? fieldOf.get(name)!.field);
    const values = columns.flatMap(({ name, inPrimaryKey }) => {
      // The capture's coverage is counted by a statement of its own.
      if (inPrimaryKey || name === "covered_s") return [];
      return [{ name, aggregate: aggregateOf(name), ...fieldOf.get(sourceOf(name))! }];
    });
    return new HourSums(keyParts, values, [...keys, ...values.map((each) => each.name)], plan.places.time);
  }

  /** Whether the rows say what the batch's lines say. */
  get isTrue(): boolean {
    return !this.#isSpoilt;
  }

  get count(): number {
    return this.#count;
  }

  /** The rows are no longer to be used: lines they count are taken out of the batch. */
  spoil(): void {
    this.#isSpoilt = true;
    this.#slotsOfHour.clear();
    this.#count = 0;
  }

  /** Adds a line; `numbers` stand for its ids. */
  add(line: LineFields, numbers: LineNumbers): void {
    if (this.#isSpoilt) return;
    const hour = Math.floor(line.number(this.#timeField, NANOSECOND_DIGITS) / SECONDS_PER_HOUR);
    if (hour !== this.#hour) this.#turnTo(hour);
    const key = this.#isByFlow ? numbers.flowNo : this.#keyOf(line, numbers);
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.#count++;
      this.#slots.set(key, slot);
      this.#start(slot);
    }
    const values = this.#values;
    const sums = this.#sums;
    let at = slot * values.length;
    for (let nth = 0; nth < values.length; nth++, at++) {
      const { field, aggregate, isInstant } = values[nth]!;
      if (aggregate === "SUM" && line.isZero(field)) continue;
      if (line.isNull(field)) continue;
      const value = line.number(field, isInstant ? BELOW_MICROSECOND_DIGITS : 0);
      const before = sums[at]!;
      const after =
        aggregate === "SUM"
          ? before + value
          : Number.isNaN(before)
            ? value
            : aggregate === "MIN"
              ? Math.min(before, value)
              : Math.max(before, value);
      if (!(Math.abs(after) <= Number.MAX_SAFE_INTEGER && Math.abs(value) <= Number.MAX_SAFE_INTEGER)) {
        this.spoil();
        return;
      }
      sums[at] = after;
    }
  }

  /** The sums as rows for LOAD DATA. */
  rows(): KeyedRows {
    const rows = new KeyedRows();
    const values = this.#values;
    const maxBytes = MAX_NUMBER_BYTES * (this.#keyParts.length + values.length);
    for (const [hour, slots] of this.#slotsOfHour) {
      const hourStart = instantText(hour * SECONDS_PER_HOUR * 1_000_000).slice(0, SECOND_CHARACTERS);
      for (const [key, slot] of slots) {
        rows.begin(maxBytes + String(key).length);
        this.#addKey(rows, key, hourStart);
        for (let nth = 0, at = slot * values.length; nth < values.length; nth++, at++) {
          const value = this.#sums[at]!;
          if (Number.isNaN(value)) rows.addText(NULL_FIELD);
          else if (values[nth]!.isInstant) rows.addMicroseconds(value);
          else if (value < 0) rows.addText(String(value));
          else rows.addNumber(value);
        }
        rows.end(typeof key === "number" ? key : 0);
      }
    }
    return rows;
  }

  #turnTo(hour: number): void {
    let slots = this.#slotsOfHour.get(hour);
    if (slots === undefined) {
      slots = new Map();
      this.#slotsOfHour.set(hour, slots);
    }
    this.#hour = hour;
    this.#slots = slots;
  }

  /** The parts but for the hour, as they stand in `rows`. */
  #keyOf(line: LineFields, numbers: LineNumbers): string {
    let key = "";
    for (const part of this.#keyParts) {
      if (part === "bucket") continue;
      key += `${typeof part === "number" ? line.text(part) : numbers[part]}\t`;
    }
    return key;
  }

  #addKey(rows: KeyedRows, key: string | number, hourStart: string): void {
    const rest = typeof key === "number" ? [] : key.split("\t");
    let at = 0;
    for (const part of this.#keyParts) {
      if (part === "bucket") rows.addText(hourStart);
      else if (typeof key === "number") rows.addNumber(key);
      else rows.addText(rest[at++]!);
    }
  }

  #start(slot: number): void {
    const width = this.#values.length;
    if ((slot + 1) * width > this.#sums.length) {
      const grown = new Float64Array(this.#sums.length * 2);
      grown.set(this.#sums);
      this.#sums = grown;
    }
    this.#values.forEach(({ aggregate }, nth) => {
      this.#sums[slot * width + nth] = aggregate === "SUM" ? 0 : Number.NaN;
    });
  }
}
