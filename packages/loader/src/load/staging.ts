import { type Connection, loadLines, type RowDataPacket, serverError } from "@trafmon/database";
import { loaderError } from "../errors.ts";
import type { HourSums } from "./hour-sums.ts";
import type { ConvertedLines } from "./line-converter.ts";
import { RowGroups } from "./row-groups.ts";
import type { TypePlan } from "./type-plan.ts";

/** A temporary table that lines go into, with the columns of another table. */
export interface StagingTable {
  readonly name: string;
  /** Table that its columns are taken from, and which; `*`: all. */
  readonly like: string;
  readonly columns: string;
  readonly loadColumns: readonly string[];
  readonly loadSet: readonly string[];
}

/** Rows that are counted while they are made. */
export interface MadeRows {
  readonly isEmpty: boolean;
  /** How many `chunks` has made. */
  readonly count: number;
  chunks(): Iterable<Buffer>;
}

/** Text of rows of all types held back to be sorted: most of a batch of the usual size. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/** Every row names the line it came from. */
const ORIGIN = "0 AS file_no, 0 AS line_no, ";
const HISTOGRAM_COLUMNS = ["@interval_start", "histogram_bucket", "samples"];
const HISTOGRAM_SET = [
  "interval_start = TIMESTAMPADD(MICROSECOND, CAST(@interval_start AS UNSIGNED) DIV 1000, '1970-01-01')",
];

/**
 * The temporary tables lines are loaded into before the transaction. They have no keys, so that nothing is refused or
 * replaced on the way in, and every row names its file and line.
 */
export class Staging {
  readonly #connection: Connection;
  readonly #made = new Set<string>();
  /** Rows not sent yet, by type. */
  readonly #rows = new Map<string, RowGroups>();
  #engine: string | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Drops what an earlier batch left. */
  async clear(): Promise<void> {
    for (const name of this.#made) await this.#run(`DROP TEMPORARY TABLE IF EXISTS ${name}`);
    this.#made.clear();
    for (const rows of this.#rows.values()) rows.clear();
  }

  has(name: string): boolean {
    return this.#made.has(name);
  }

  /** Where a type's rows are written; they go into its staging table when there are many, and by `flush`. */
  rowsOf(plan: TypePlan): RowGroups {
    let rows = this.#rows.get(plan.name);
    if (rows === undefined) {
      rows = new RowGroups(plan);
      this.#rows.set(plan.name, rows);
    }
    return rows;
  }

  /** Takes what became of a slice of lines. */
  async addLines(plan: TypePlan, lines: ConvertedLines): Promise<void> {
    if (this.#heldBytes > MAX_HELD_BYTES) await this.#flushLargest();
    if (lines.histogramRowCount > 0) {
      const name = plan.sideStaging;
      const columns = [...plan.histogramKey, "bucket_start AS interval_start", "histogram_bucket", "samples"].join(
        ", ",
      );
      await this.#make(name, ORIGIN, columns, `${plan.histogramStem}_1h`);
      const loadColumns = ["file_no", "line_no", ...plan.histogramKey, ...HISTOGRAM_COLUMNS];
      await this.#load(
        { name, loadColumns, loadSet: HISTOGRAM_SET },
        [Buffer.from(lines.histogramRows, "latin1")],
        lines.histogramRowCount,
      );
    }
  }

  /** Brings the rows written so far into the type's staging table. */
  async flush(plan: TypePlan): Promise<void> {
    const held = this.rowsOf(plan);
    for (const { rows, loadColumns } of held.groups) {
      if (rows.count === 0) continue;
      await this.ensure(plan);
      await this.#load({ name: plan.staging, loadColumns, loadSet: plan.loadSet }, rows.chunks(), rows.count);
    }
    held.clear();
  }

  /** Makes a type's staging table, though nothing may come into it. */
  async ensure(plan: TypePlan): Promise<void> {
    const columns = plan.columns.map((name) => `\`${name}\``).join(", ");
    if (await this.#make(plan.staging, ORIGIN, columns, plan.table)) await this.#setDefaults(plan);
  }

  get #heldBytes(): number {
    let bytes = 0;
    for (const rows of this.#rows.values()) bytes += rows.byteCount;
    return bytes;
  }

  async #flushLargest(): Promise<void> {
    const largest = [...this.#rows.values()].reduce((one, other) => (other.byteCount > one.byteCount ? other : one));
    await this.flush(largest.plan);
  }

  /** Lines for a table of another shape than an observation's, e.g. the flows. The table is there even without any. */
  async addTo(staging: StagingTable, lines: string, count: number): Promise<void> {
    await this.#make(staging.name, "", staging.columns, staging.like);
    if (count > 0) await this.#load(staging, [Buffer.from(lines, "latin1")], count);
  }

  /** Lines that are made while the server takes them. The table is there even without any. */
  async addChunks(staging: StagingTable, rows: MadeRows): Promise<void> {
    await this.#make(staging.name, "", staging.columns, staging.like);
    if (!rows.isEmpty) await this.#load(staging, rows.chunks(), rows);
  }

  /** What the batch's lines of a type add up to, for its `_1h` and `_1d`. */
  async addHourSums(plan: TypePlan, sums: HourSums): Promise<void> {
    await this.#make(plan.hourStaging, "", sums.columns.join(", "), `${plan.table}_1h`);
    const target = { name: plan.hourStaging, loadColumns: sums.columns, loadSet: [] };
    await this.#load(target, sums.rows().chunks(), sums.count);
  }

  /** Takes a file's rows out again. */
  async removeFile(plan: TypePlan, fileNo: number): Promise<void> {
    await this.flush(plan);
    for (const name of [plan.staging, plan.sideStaging]) {
      if (this.has(name)) await this.#run(`DELETE FROM ${name} WHERE file_no = ${fileNo}`);
    }
  }

  /** Makes a staging table where there is none of this name; tells whether it did. */
  async #make(name: string, extra: string, columns: string, like: string): Promise<boolean> {
    if (this.has(name)) return false;
    await this.#run(`DROP TEMPORARY TABLE IF EXISTS ${name}`);
    const engine = await this.#engineClause();
    await this.#run(`CREATE TEMPORARY TABLE ${name} ${engine} SELECT ${extra}${columns} FROM \`${like}\` WHERE FALSE`);
    this.#made.add(name);
    return true;
  }

  /** What a row that goes without a column has in it. */
  async #setDefaults({ staging, fields }: TypePlan): Promise<void> {
    const defaults = fields.flatMap(({ target, defaultText }) =>
      defaultText === null ? [] : [`ALTER ${target} SET DEFAULT ${defaultText === "\\N" ? "NULL" : defaultText}`],
    );
    if (defaults.length > 0) await this.#run(`ALTER TABLE ${staging} ${defaults.join(", ")}`);
  }

  /** Nothing of a staging table outlives its connection: MariaDB's Aria takes rows in half of InnoDB's time for them. */
  async #engineClause(): Promise<string> {
    if (this.#engine === null) {
      const [rows] = await this.#connection.query<RowDataPacket[]>(
        "SELECT 1 FROM information_schema.ENGINES WHERE ENGINE = 'Aria' AND SUPPORT IN ('YES', 'DEFAULT')",
      );
      this.#engine = rows.length > 0 ? "ENGINE = Aria TRANSACTIONAL = 0" : "";
    }
    return this.#engine;
  }

  /** Every row sent must be there, unchanged: the server takes the nearest value where one does not fit. */
  async #load(
    staging: Pick<StagingTable, "name" | "loadColumns" | "loadSet">,
    rows: Iterable<Buffer>,
    expected: number | MadeRows,
  ): Promise<void> {
    const target = { table: staging.name, columns: staging.loadColumns, set: staging.loadSet };
    const result = await loadLines(this.#connection, target, rows);
    const count = typeof expected === "number" ? expected : expected.count;
    if (result.rows === count && result.warnings === 0) return;
    const [warnings] = await this.#connection.query("SHOW WARNINGS LIMIT 3");
    throw loaderError(
      "LOADER_STAGING_DIFFERS",
      `cannot stage ${count} rows in ${staging.name}: the server took ${result.rows} with ${result.warnings} warnings`,
      warnings,
    );
  }

  async #run(sql: string): Promise<void> {
    try {
      await this.#connection.query(sql);
    } catch (error) {
      throw serverError("make staging tables", error);
    }
  }
}
