import { type Connection, loadLines, serverError } from "@trafmon/database";
import { loaderError } from "../errors.ts";
import type { HourSums } from "./hour-sums.ts";
import type { ConvertedLines } from "./line-converter.ts";
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

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Drops what an earlier batch left. */
  async clear(): Promise<void> {
    for (const name of this.#made) await this.#run(`DROP TEMPORARY TABLE IF EXISTS ${name}`);
    this.#made.clear();
  }

  has(name: string): boolean {
    return this.#made.has(name);
  }

  async addRows(plan: TypePlan, lines: ConvertedLines): Promise<void> {
    if (lines.rowCount > 0) {
      const columns = plan.columns.map((name) => `\`${name}\``).join(", ");
      await this.#make(plan.staging, ORIGIN, columns, plan.table);
      const { staging: name, loadColumns, loadSet } = plan;
      await this.#load({ name, loadColumns, loadSet }, [Buffer.from(lines.rows, "latin1")], lines.rowCount);
    }
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

  /** Lines for a table of another shape than an observation's, e.g. the flows. The table is there even without any. */
  async addTo(staging: StagingTable, lines: string, count: number): Promise<void> {
    await this.#make(staging.name, "", staging.columns, staging.like);
    if (count > 0) await this.#load(staging, [Buffer.from(lines, "latin1")], count);
  }

  /** What the batch's lines of a type add up to, for its `_1h` and `_1d`. */
  async addHourSums(plan: TypePlan, sums: HourSums): Promise<void> {
    await this.#make(plan.hourStaging, "", sums.columns.join(", "), `${plan.table}_1h`);
    const target = { name: plan.hourStaging, loadColumns: sums.columns, loadSet: [] };
    await this.#load(target, chunksOf(sums.rows()), sums.count);
  }

  /** Takes a file's rows out again. */
  async removeFile(plan: TypePlan, fileNo: number): Promise<void> {
    for (const name of [plan.staging, plan.sideStaging]) {
      if (this.has(name)) await this.#run(`DELETE FROM ${name} WHERE file_no = ${fileNo}`);
    }
  }

  async #make(name: string, extra: string, columns: string, like: string): Promise<void> {
    if (this.has(name)) return;
    await this.#run(`DROP TEMPORARY TABLE IF EXISTS ${name}`);
    await this.#run(`CREATE TEMPORARY TABLE ${name} SELECT ${extra}${columns} FROM \`${like}\` WHERE FALSE`);
    this.#made.add(name);
  }

  /** Every row sent must be there, unchanged: the server takes the nearest value where one does not fit. */
  async #load(
    staging: Pick<StagingTable, "name" | "loadColumns" | "loadSet">,
    rows: Iterable<Buffer>,
    count: number,
  ): Promise<void> {
    const target = { table: staging.name, columns: staging.loadColumns, set: staging.loadSet };
    const result = await loadLines(this.#connection, target, rows);
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

const CHUNK_LINES = 4096;

/** Lines joined into buffers worth sending. */
function* chunksOf(lines: Iterable<string>): Generator<Buffer> {
  let open: string[] = [];
  for (const line of lines) {
    open.push(line);
    if (open.length < CHUNK_LINES) continue;
    yield Buffer.from(open.join(""), "latin1");
    open = [];
  }
  if (open.length > 0) yield Buffer.from(open.join(""), "latin1");
}
