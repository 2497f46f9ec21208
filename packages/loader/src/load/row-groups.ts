import { KeyedRows } from "./keyed-rows.ts";
import type { LineFields } from "./line-fields.ts";
import type { TypePlan } from "./type-plan.ts";

/** A column is left out where at most one row in so many says something else than its default. */
const RARE = 100;

/**
 * Rows of one type on their way to its staging table, in two groups. The server takes longest over reading fields, and
 * most counters of most lines are 0 (fragments, duplicates): rows that hold the default of all such columns go without
 * them, the others with all they have. Which columns these are is learnt from the lines before.
 */
export class RowGroups {
  readonly plan: TypePlan;
  readonly full = new KeyedRows();
  readonly #short = new KeyedRows();
  /** Fields that may be left out, and how often each said something else than its default. Shape: [candidates]. */
  readonly #candidates: Int32Array;
  readonly #others: Uint32Array;
  #lines = 0;
  /** By field: 1 when the short rows are without it. */
  readonly #isLeftOut: Uint8Array;
  #leavesOut = false;

  constructor(plan: TypePlan) {
    this.plan = plan;
    this.#candidates = Int32Array.from(plan.fields.keys()).filter((field) => plan.fields[field]!.defaultText !== null);
    this.#others = new Uint32Array(this.#candidates.length);
    this.#isLeftOut = new Uint8Array(plan.fields.length);
  }

  get byteCount(): number {
    return this.full.byteCount + this.#short.byteCount;
  }

  /** Where this line's row goes: `full` is for rows that have all their fields, the other one for those without `leftOut`. */
  groupOf(line: LineFields): KeyedRows {
    this.#lines++;
    let isShort = this.#leavesOut;
    for (let nth = 0; nth < this.#candidates.length; nth++) {
      const field = this.#candidates[nth]!;
      if (this.#isDefault(line, field)) continue;
      this.#others[nth]!++;
      if (this.#isLeftOut[field] === 1) isShort = false;
    }
    return isShort ? this.#short : this.full;
  }

  /** By field: 1 when the rows that are not `full` are without it. Shape: [fields]. */
  get leftOut(): Uint8Array {
    return this.#isLeftOut;
  }

  /** Some lines have been read: what they taught holds for those that follow. */
  learn(): void {
    if (this.#lines === 0 || this.#short.count > 0) return;
    this.#leavesOut = false;
    this.#candidates.forEach((field, nth) => {
      const isRare = this.#others[nth]! * RARE <= this.#lines;
      this.#isLeftOut[field] = isRare ? 1 : 0;
      if (isRare) this.#leavesOut = true;
    });
    this.#others.fill(0);
    this.#lines = 0;
  }

  /** What is to be loaded: rows, and the columns they have. */
  get groups(): readonly { rows: KeyedRows; loadColumns: readonly string[] }[] {
    const { loadColumns, fields } = this.plan;
    const left = new Set(fields.flatMap(({ target }, field) => (this.#isLeftOut[field] === 1 ? [target] : [])));
    return [
      { rows: this.full, loadColumns },
      { rows: this.#short, loadColumns: loadColumns.filter((name) => !left.has(name)) },
    ];
  }

  clear(): void {
    this.full.clear();
    this.#short.clear();
  }

  #isDefault(line: LineFields, field: number): boolean {
    const text = this.plan.fields[field]!.defaultText!;
    const from = line.from(field);
    if (line.until(field) - from !== text.length) return false;
    for (let at = 0; at < text.length; at++) if (line.bytes[from + at] !== text.charCodeAt(at)) return false;
    return true;
  }
}
