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

interface ValueColumn {
  readonly name: string;
  readonly field: number;
  readonly aggregate: Aggregate;
  /** A time in the log's nanoseconds, kept as whole microseconds; else a number. */
  readonly isInstant: boolean;
}

const NULL_FIELD = "\\N";
const NANOSECOND_DIGITS = 9;
const SECONDS_PER_HOUR = 3600;
const FIRST_SLOTS = 1024;

/**
 * Adds the lines of a type up by hour while they are read: sums for the table `<type>table_1h`, which its `_1d` is made
 * of in turn. The server takes several times as long to group the same rows.
 *
 * Sums are doubles. Where one would not be exact, or where lines are taken out of the batch again, the sums are spoilt,
 * and the server groups the staged rows instead.
 */
export class HourSums {
  readonly #keyFields: readonly (number | "probe" | "bucket")[];
  readonly #values: readonly ValueColumn[];
  readonly #timeField: number;
  /** For LOAD DATA: columns in the order of `rows`. */
  readonly columns: readonly string[];
  readonly #slots = new Map<string, number>();
  /** Shape: [slots, values]; NaN: no value yet. */
  #sums: Float64Array;
  #isSpoilt = false;

  private constructor(
    keyFields: readonly (number | "probe" | "bucket")[],
    values: readonly ValueColumn[],
    columns: readonly string[],
    timeField: number,
  ) {
    this.#keyFields = keyFields;
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
    const keyFields = keys.map((name) => {
      if (name === "bucket_start") return "bucket" as const;
      if (name === "probe_no") return "probe" as const;
      return fieldOf.get(name === "attributed_flow_no" ? "flow_no" : name)!.field;
    });
    const values = columns.flatMap(({ name, inPrimaryKey }) => {
      // The capture's coverage is counted by a statement of its own.
      if (inPrimaryKey || name === "covered_s") return [];
      return [{ name, aggregate: aggregateOf(name), ...fieldOf.get(sourceOf(name))! }];
    });
    return new HourSums(keyFields, values, [...keys, ...values.map((each) => each.name)], plan.places.time);
  }

  /** Whether the rows say what the batch's lines say. */
  get isTrue(): boolean {
    return !this.#isSpoilt;
  }

  get count(): number {
    return this.#slots.size;
  }

  /** The rows are no longer to be used: lines they count are taken out of the batch. */
  spoil(): void {
    this.#isSpoilt = true;
    this.#slots.clear();
  }

  /** Adds a line, whose fields name the numbers of the database already. */
  add(fields: readonly string[], probeNo: number): void {
    if (this.#isSpoilt) return;
    let key = "";
    for (const field of this.#keyFields) {
      if (field === "bucket") {
        const startS = Number(fields[this.#timeField]!.slice(0, -NANOSECOND_DIGITS));
        key += `${Math.floor(startS / SECONDS_PER_HOUR)}\t`;
      } else key += `${field === "probe" ? probeNo : fields[field]}\t`;
    }
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = this.#slots.size;
      this.#slots.set(key, slot);
      this.#start(slot);
    }
    const values = this.#values;
    const sums = this.#sums;
    let at = slot * values.length;
    for (let nth = 0; nth < values.length; nth++, at++) {
      const { field, aggregate, isInstant } = values[nth]!;
      const text = fields[field]!;
      if (text === NULL_FIELD) continue;
      const value = Number(isInstant ? text.slice(0, -3) : text);
      const before = sums[at]!;
      const after =
        aggregate === "SUM"
          ? before + value
          : Number.isNaN(before)
            ? value
            : aggregate === "MIN"
              ? Math.min(before, value)
              : Math.max(before, value);
      if (!(after <= Number.MAX_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER)) return this.spoil();
      sums[at] = after;
    }
  }

  /** The sums as lines for LOAD DATA. */
  *rows(): Generator<string> {
    const bucketAt = this.#keyFields.indexOf("bucket");
    for (const [key, slot] of this.#slots) {
      const keys = key.slice(0, -1).split("\t");
      keys[bucketAt] = hourText(Number(keys[bucketAt]));
      const values = this.#values.map(({ isInstant }, nth) => {
        const value = this.#sums[slot * this.#values.length + nth]!;
        if (Number.isNaN(value)) return NULL_FIELD;
        return isInstant ? instantText(value) : String(value);
      });
      yield `${keys.join("\t")}\t${values.join("\t")}\n`;
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

function hourText(hour: number): string {
  return new Date(hour * SECONDS_PER_HOUR * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** `us`: whole microseconds since the epoch. */
function instantText(us: number): string {
  const ms = Math.floor(us / 1000);
  const text = new Date(ms).toISOString().slice(0, 23).replace("T", " ");
  return text + String(us - ms * 1000).padStart(3, "0");
}
