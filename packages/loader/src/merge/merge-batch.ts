import { type Connection, errorNumber, type NamedLock, type ResultSetHeader, serverError } from "@trafmon/database";
import { observationTypes } from "@trafmon/observation";
import { loaderError } from "../errors.ts";
import type { Batch, StagedFile } from "../load/batch.ts";
import type { NewRows } from "../load/identity-lists.ts";
import type { Staging } from "../load/staging.ts";
import type { TableColumn } from "../load/table-columns.ts";
import type { TypePlan } from "../load/type-plan.ts";
import { coverageStatements } from "./capture-coverage.ts";
import { emptiedHours, type NetflowHour } from "./emptied-hours.ts";
import { mergeIdentities } from "./merge-identities.ts";
import { mergeNetflow } from "./merge-netflow.ts";
import { isoDay, type Partitions } from "./partitions.ts";
import { histogramStatement, hourSumsStatement, ROLLUPS, rollupStatement } from "./rollup-statements.ts";

export interface MergeOptions {
  readonly connection: Connection;
  readonly staging: Staging;
  readonly partitions: Partitions;
  readonly tables: ReadonlyMap<string, readonly TableColumn[]>;
  readonly lock: NamedLock;
  readonly planOf: (name: StagedFile["file"]["type"]) => TypePlan;
}

/** Types whose data the prepared tables are made of. */
const FEEDS_REPORTS: ReadonlySet<string> = new Set(["ipct", "tcpct", "ftptf"]);

/**
 * Deadlock, lock wait time-out, and a row or table that another one changed since we first read (MariaDB 11.6 and later
 * tell that of rows): the other one is done by the time we are back.
 */
const TRY_AGAIN = new Set([1213, 1205, 1020, 1412]);
const ATTEMPTS = 4;

/** Brings a staged batch into the tables, in one transaction: all of it, or on any failure nothing. */
export class MergeBatch {
  readonly #options: MergeOptions;

  constructor(options: MergeOptions) {
    this.#options = options;
  }

  /** @throws the server's own error 1062 when a record is in the table already; see duplicate-records.ts */
  async merge(batch: Batch): Promise<void> {
    const { connection } = this.#options;
    // DDL commits, so it comes before.
    await this.#makeRoom(batch);
    for (let attempt = 1; ; attempt++) {
      try {
        await connection.query("START TRANSACTION");
        await this.#addLists(batch.newRows);
        const netflowDays: string[] = [];
        for (const plan of this.#plansIn(batch)) {
          if (plan.name === "netflow") netflowDays.push(...(await this.#mergeNetflow(plan, batch)));
          else await this.#addRows(plan, batch);
        }
        await this.#addHistory(batch, netflowDays);
        if (!(await this.#options.lock.isOurs(connection))) {
          throw loaderError("LOADER_LOCK_LOST", `cannot commit: the lock ${this.#options.lock.name} is no longer ours`);
        }
        await connection.query("COMMIT");
        return;
      } catch (error) {
        await connection.query("ROLLBACK").catch(() => {});
        if (TRY_AGAIN.has(errorNumber(error)) && attempt < ATTEMPTS) continue;
        // The caller knows what to do about a duplicate, and about sums that are too large.
        if (errorNumber(error) === 1062 || isBeyondColumn(error) || (error instanceof Error && "hint" in error))
          throw error;
        throw serverError("add a batch to the tables", error);
      }
    }
  }

  async #mergeNetflow(plan: TypePlan, batch: Batch): Promise<string[]> {
    const { connection } = this.#options;
    const emptied: NetflowHour[] = [];
    for (const staged of batch.staged) emptied.push(...(await emptiedHours(connection, staged, { removed: false })));
    return await mergeNetflow(connection, plan.columns, emptied);
  }

  #plansIn(batch: Batch): TypePlan[] {
    const names = new Set(batch.staged.filter(({ file }) => !file.isIdentity).map(({ file }) => file.type));
    return [...names].map(this.#options.planOf).filter((plan) => this.#options.staging.has(plan.staging));
  }

  async #makeRoom(batch: Batch): Promise<void> {
    const { connection, partitions } = this.#options;
    for (const plan of this.#plansIn(batch)) {
      const days = daysOf(batch, plan.name);
      await partitions.add(connection, plan.table, days);
      if (plan.name === "netflow") {
        const minuteDays = new Set(batch.staged.flatMap((each) => [...each.minuteDays]));
        for (const { suffix } of ROLLUPS) await partitions.add(connection, plan.table + suffix, minuteDays);
      }
      if (plan.type.family !== "counter") continue;
      for (const { suffix } of ROLLUPS) await partitions.add(connection, plan.table + suffix, days);
      if (!this.#options.staging.has(plan.sideStaging)) continue;
      for (const { suffix } of ROLLUPS.slice(1)) await partitions.add(connection, plan.histogramStem + suffix, days);
    }
  }

  async #addLists(newRows: NewRows): Promise<void> {
    const { connection, staging } = this.#options;
    const { probes, runs, classes, slices, runSlices, hops, objectives } = newRows;
    const insert = async (into: string, rows: readonly (readonly unknown[])[], update = "") => {
      if (rows.length > 0) await connection.query(`INSERT INTO ${into} VALUES ?${update}`, [rows]);
    };
    const now = nowText();
    await insert(
      "probe (probe_no, name, first_seen)",
      probes.map((row) => [...row, now]),
    );
    await insert(
      "probe_run (run_no, probe_no, run, first_seen)",
      runs.map((row) => [...row, now]),
    );
    await insert("flow_class (class_no, name)", classes);
    await insert("slice (slice_no, class_no, metric, slice, lower, upper)", slices);
    await insert(
      "run_slice (run_no, class_no, metric, slice, slice_no)",
      runSlices,
      " ON DUPLICATE KEY UPDATE slice_no = VALUES(slice_no)",
    );
    await insert(
      "hop (class_no, hop, probe, interface)",
      hops,
      " ON DUPLICATE KEY UPDATE probe = VALUES(probe), interface = VALUES(interface)",
    );
    // Probes announce again what the collector asks for.
    await insert("objective", objectives, " ON DUPLICATE KEY UPDATE metric = VALUES(metric)");
    if (staging.has("stage_flow")) {
      await connection.query("INSERT INTO flow SELECT * FROM stage_flow");
      for (const side of ["fwd", "rev"]) {
        await connection.query(
          `INSERT INTO ipInfotable (address, discovered_at)
           SELECT DISTINCT ${side}_address, UTC_TIMESTAMP(6) FROM stage_flow
            WHERE ${side}_address IS NOT NULL AND ${side}_prefix_length = LENGTH(${side}_address) * 8
           ON DUPLICATE KEY UPDATE address = VALUES(address)`,
        );
      }
    }
    if (staging.has("stage_flow_instance")) {
      // Probes announce again what the collector asks for.
      await connection.query(
        `INSERT INTO flow_instance (run_no, flow_id, flow_no, direction, started)
         SELECT run_no, flow_id, flow_no, direction, started FROM stage_flow_instance
         ON DUPLICATE KEY UPDATE run_no = VALUES(run_no)`,
      );
    }
    if (staging.has("stage_flow_end")) {
      await connection.query(
        `UPDATE flow_instance i
           JOIN stage_flow_end e ON e.run_no = i.run_no AND e.flow_id = i.flow_id
            SET i.ended = e.ended, i.end_reason = e.end_reason`,
      );
    }
  }

  async #addRows(plan: TypePlan, batch: Batch): Promise<void> {
    const { connection, staging, tables } = this.#options;
    const columns = plan.columns.map((name) => `\`${name}\``).join(", ");
    // ipct is reported under its own flow until Update_ftp_data_in_ipcttable says otherwise.
    const [more, from] = plan.name === "ipct" ? [", attributed_flow_no", ", flow_no"] : ["", ""];
    const [{ affectedRows }] = await connection.query<ResultSetHeader>(
      `INSERT INTO \`${plan.table}\` (${columns}${more}) SELECT ${columns}${from} FROM ${plan.staging}`,
    );
    const linesLoaded = linesOf(batch, plan.name);
    if (affectedRows !== linesLoaded) {
      throw loaderError(
        "LOADER_STAGING_DIFFERS",
        `cannot add ${linesLoaded} rows to ${plan.table}: ${affectedRows} were staged`,
      );
    }
    if (plan.type.family === "counter") {
      const hasHourSums = batch.hourSums.get(plan.name)?.isTrue === true;
      for (const rollup of ROLLUPS) {
        const statement = hasHourSums && rollup.suffix !== "_1m" ? hourSumsStatement : rollupStatement;
        await connection.query(statement(plan, rollup, tables.get(plan.table + rollup.suffix)!));
      }
    }
    if (staging.has(plan.sideStaging)) {
      for (const rollup of ROLLUPS.slice(1)) await connection.query(histogramStatement(plan, rollup));
    }
    if (plan.type === observationTypes.ident) await mergeIdentities(connection, plan.staging);
    if (plan.type === observationTypes.capst) {
      for (const rollup of ROLLUPS) {
        for (const statement of coverageStatements(plan, rollup)) await connection.query(statement);
      }
    }
  }

  async #addHistory(batch: Batch, netflowDays: readonly string[]): Promise<void> {
    const { connection } = this.#options;
    const now = nowText();
    const files = batch.staged.map(({ file, sha256, linesLoaded, refusals }) => [
      file.name,
      sha256,
      file.type,
      linesLoaded,
      refusals.length,
      file.sizeBytes,
      now,
    ]);
    if (files.length > 0) {
      await connection.query(
        `INSERT INTO load_history
                (file_name, sha256, type, lines_loaded, lines_rejected, size_bytes, loaded_at) VALUES ?`,
        [files],
      );
    }
    // Last, because aggregate_day holds these rows while it works.
    const probeDays = new Set<string>();
    for (const { file, days } of batch.staged) {
      if (FEEDS_REPORTS.has(file.type)) for (const day of days) probeDays.add(isoDay(day));
    }
    const stale = [
      ...[...probeDays].sort().map((day) => [day, "probe", now]),
      ...netflowDays.map((day) => [day, "netflow", now]),
    ];
    if (stale.length > 0) {
      await connection.query(
        "INSERT INTO stale_day (day, source, marked_at) VALUES ? ON DUPLICATE KEY UPDATE marked_at = VALUES(marked_at)",
        [stale],
      );
    }
  }
}

/** Whether a sum is beyond the greatest number of its column: as it is reckoned, or as it is stored. */
export function isBeyondColumn(error: unknown): boolean {
  return errorNumber(error) === 1690 || errorNumber(error) === 1264;
}

/** Days that a batch's rows of a type lie in. */
function daysOf(batch: Batch, type: string): Set<number> {
  const days = new Set<number>();
  for (const staged of batch.staged) {
    if (staged.file.type === type) for (const day of staged.days) days.add(day);
  }
  return days;
}

/** Lines of a type that the batch is to load. */
function linesOf(batch: Batch, type: string): number {
  return batch.staged.reduce((sum, staged) => (staged.file.type === type ? sum + staged.linesLoaded : sum), 0);
}

/** The present, UTC, as the server reads it. */
function nowText(): string {
  return new Date().toISOString().replace("T", " ").replace("Z", "");
}
