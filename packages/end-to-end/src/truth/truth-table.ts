/** A figure that is known, and what was measured of it. */
export interface TruthRow {
  readonly scene: string;
  /** Who says what was measured: a tap, a table, a report. */
  readonly at: string;
  readonly what: string;
  readonly expected: number;
  readonly measured: number;
  /** Largest difference that is no fault, and why there may be one. Absent: none. */
  readonly bound?: { readonly most: number; readonly reason: string };
}

export const difference = ({ expected, measured }: TruthRow): number => measured - expected;

/** A figure that is no number (it was not there) never holds. */
export const holds = (row: TruthRow): boolean => Math.abs(difference(row)) <= (row.bound?.most ?? 0);

/** All comparisons of a run, in the order in which they were made. */
export class TruthTable {
  readonly rows: TruthRow[] = [];

  add(...rows: readonly TruthRow[]): void {
    this.rows.push(...rows);
  }

  get broken(): readonly TruthRow[] {
    return this.rows.filter((row) => !holds(row));
  }

  /** For people: one line a row, and a last line that says it all. */
  toString(): string {
    return this.#text(this.rows);
  }

  /** The same of those rows that do not hold. */
  get brokenText(): string {
    return this.#text(this.broken);
  }

  #text(rows: readonly TruthRow[]): string {
    const head = ["scene", "at", "what", "expected", "measured", "difference", ""];
    const lines = [head, ...rows.map(cells)];
    const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
    const pad = (text: string, column: number) =>
      NUMERIC.has(column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
    const text = lines.map((line) => line.map(pad).join("  ").trimEnd());
    const broken = this.broken.length;
    const verdict = broken === 0 ? "all hold" : `${broken} ${broken === 1 ? "does" : "do"} not hold`;
    return `${text.join("\n")}\n${this.rows.length} comparisons, ${verdict}\n`;
  }
}

const NUMERIC = new Set([3, 4, 5]);

function cells(row: TruthRow): string[] {
  const note = row.bound === undefined ? "" : `at most ${row.bound.most}: ${row.bound.reason}`;
  const verdict = holds(row) ? note : `DOES NOT HOLD ${note}`.trimEnd();
  return [row.scene, row.at, row.what, String(row.expected), String(row.measured), String(difference(row)), verdict];
}
