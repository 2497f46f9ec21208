import {
  type Connection,
  callRoutine,
  createInstance,
  errorNumber,
  migrate,
  NamedLock,
  type RowDataPacket,
  registeredInstances,
} from "@trafmon/database";
import type { Clock, Logger } from "@trafmon/runtime";
import { loaderError } from "./errors.ts";
import { batchesOf } from "./gather/batches.ts";
import { sha256OfFile } from "./gather/file-hash.ts";
import type { LogFile, LogFolder } from "./gather/log-folder.ts";
import type { Batch, StagedFile } from "./load/batch.ts";
import { IdentityLists } from "./load/identity-lists.ts";
import { rejectedText } from "./load/rejected-text.ts";
import { StageFiles } from "./load/stage-files.ts";
import { Staging } from "./load/staging.ts";
import { readTableColumns, type TableColumn } from "./load/table-columns.ts";
import { removeDuplicateRecords } from "./merge/duplicate-records.ts";
import { MergeBatch } from "./merge/merge-batch.ts";
import { Partitions } from "./merge/partitions.ts";

export interface LoaderOptions {
  /** Connected to no database yet. */
  readonly connection: Connection;
  readonly template: string;
  readonly database: string;
  readonly folder: LogFolder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Days loaded files are kept, compressed; 0: not at all. */
  readonly keepDays: number;
  /** How long a file may wait for the description of its ids. */
  readonly patienceMs?: number;
  /** Told the bytes read of those to be read in this pass. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
}

/** What a pass did. */
export interface PassResult {
  filesLoaded: number;
  linesLoaded: number;
  linesRejected: number;
  filesRejected: number;
  filesWaiting: number;
}

const LOCK_WAIT_S = 1;
const DEFAULT_PATIENCE_MS = 15 * 60_000;
/** New days in one batch beyond which something is wrong with the clock, and each day would be a partition for ever. */
const MAX_NEW_DAYS = 400;

/** Loads complete log files into one runtime database. One works on a database at a time: `prepare` takes the lock. */
export class Loader {
  readonly #options: LoaderOptions;
  readonly #lists: IdentityLists;
  readonly #staging: Staging;
  readonly #partitions: Partitions;
  readonly #lock: NamedLock;
  #tables: ReadonlyMap<string, readonly TableColumn[]> = new Map();

  constructor(options: LoaderOptions) {
    this.#options = options;
    const { connection, template, database } = options;
    this.#lists = new IdentityLists(connection);
    this.#staging = new Staging(connection);
    this.#partitions = new Partitions(connection, template, database);
    this.#lock = new NamedLock(connection, "trafMon_loader", database);
  }

  /**
   * Takes the database's lock, makes the database on the first run, and reads its lists.
   * @throws {CodedError} LOADER_BUSY, DATABASE_TEMPLATE_MISSING, DATABASE_SCHEMA_OLD, DATABASE_SCHEMA_NEW ...
   */
  async prepare(): Promise<void> {
    const { connection, template, database, log } = this.#options;
    // A moment, because the server may still be ending the session of a loader that has just stopped.
    if (!(await this.#lock.take(LOCK_WAIT_S))) {
      throw loaderError("LOADER_BUSY", `cannot load into ${database}: another loader is at work`);
    }
    if (!(await registeredInstances(connection, template)).includes(database)) {
      await createInstance(connection, database, template);
      log.info({ database }, "made the runtime database");
    }
    await connection.query(`USE \`${database}\``);
    for (const name of [template, database]) {
      const versions = await migrate(connection, name);
      if (versions.length > 0) log.info({ database: name, versions }, "migrated the tables");
    }
    this.#tables = await readTableColumns(connection, database);
    await this.#lists.read();
  }

  /** Loads what is complete now. Throws leave nothing half done: the next pass takes it up. */
  async pass(): Promise<PassResult> {
    const { folder, keepDays, onProgress } = this.#options;
    const result = { filesLoaded: 0, linesLoaded: 0, linesRejected: 0, filesRejected: 0, filesWaiting: 0 };
    const files = await this.#withoutLoaded(await folder.take(), result);
    const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    let doneBytes = 0;
    if (files.length > 0) await this.#partitions.read();
    for (const batch of batchesOf(files)) {
      await this.#load(batch, result, (bytes) => {
        doneBytes += bytes;
        onProgress?.(doneBytes, totalBytes);
      });
    }
    await folder.forget(this.#now(), keepDays);
    return result;
  }

  /** Puts away files that an earlier run loaded and could not put away; refuses others of the same name. */
  async #withoutLoaded(files: readonly LogFile[], result: PassResult): Promise<LogFile[]> {
    const { connection, folder, keepDays, log } = this.#options;
    if (files.length === 0) return [];
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT file_name, sha256, lines_rejected FROM load_history WHERE file_name IN (?)",
      [files.map((file) => file.name)],
    );
    const history = new Map(rows.map((row) => [row.file_name as string, row]));
    const left: LogFile[] = [];
    for (const file of files) {
      const known = history.get(file.name);
      if (known === undefined) left.push(file);
      else if ((await sha256OfFile(file.path)).equals(known.sha256)) {
        await folder.finish(file, this.#now(), keepDays);
        result.linesRejected += Number(known.lines_rejected);
        log.info({ file: file.name }, "was loaded before");
      } else await this.#refuse(file, "another file of this name was loaded before", result);
    }
    return left;
  }

  async #load(files: readonly LogFile[], result: PassResult, onRead: (bytes: number) => void): Promise<void> {
    const { connection, clock, folder, keepDays, log } = this.#options;
    const startedMs = clock.monotonicMs();
    await this.#staging.clear();
    const stageFiles = new StageFiles({
      lists: this.#lists,
      staging: this.#staging,
      tables: this.#tables,
      clock,
      patienceMs: this.#options.patienceMs ?? DEFAULT_PATIENCE_MS,
      onRead,
    });
    const planOf = stageFiles.planOf.bind(stageFiles);
    const merge = new MergeBatch({
      connection,
      lists: this.#lists,
      staging: this.#staging,
      partitions: this.#partitions,
      tables: this.#tables,
      lock: this.#lock,
      planOf,
    });
    try {
      const batch = await stageFiles.stage(files);
      const excess = this.#excessDays(batch);
      if (excess !== null) {
        await this.#lists.rollback();
        await this.#divide(files, batch, excess, result, onRead);
        return;
      }
      try {
        await this.#writeRejected(batch.staged);
        await merge.merge(batch);
      } catch (error) {
        if (errorNumber(error) !== 1062) throw error;
        const plans = [
          ...new Set(batch.staged.filter(({ file }) => !file.isIdentity).map(({ file }) => planOf(file.type))),
        ];
        const keyOf = (table: string) =>
          this.#tables
            .get(table)!
            .filter((each) => each.inPrimaryKey)
            .map((each) => each.name);
        const found = await removeDuplicateRecords(connection, batch, this.#staging, plans, (plan) =>
          keyOf(plan.table),
        );
        if (found === 0) throw error;
        log.warn({ records: found }, "refused records that were loaded from another file");
        await this.#writeRejected(batch.staged);
        await merge.merge(batch);
      }
      this.#lists.commit();
      for (const { file, linesLoaded, refusals } of batch.staged) {
        await folder.finish(file, this.#now(), keepDays);
        result.filesLoaded++;
        result.linesLoaded += linesLoaded;
        result.linesRejected += refusals.length;
      }
      for (const { file, reason } of batch.refused) await this.#refuse(file, reason, result);
      result.filesWaiting += batch.waiting.length;
      log.info(
        {
          files: batch.staged.length,
          lines: batch.staged.reduce((sum, each) => sum + each.linesLoaded, 0),
          rejected: batch.staged.reduce((sum, each) => sum + each.refusals.length, 0),
          waiting: batch.waiting.length,
          ms: Math.round(clock.monotonicMs() - startedMs),
        },
        "loaded a batch",
      );
    } catch (error) {
      await this.#lists.rollback().catch(() => {});
      throw error;
    }
  }

  /** How many new days the batch would make at most in one table, when they are too many. */
  #excessDays(batch: Batch): number | null {
    const daysOfType = new Map<string, Set<number>>();
    for (const { file, days } of batch.staged) {
      const all = daysOfType.get(file.type) ?? new Set();
      for (const day of days) all.add(day);
      daysOfType.set(file.type, all);
    }
    let most = 0;
    for (const [type, days] of daysOfType) {
      most = Math.max(most, this.#partitions.missingDays(`${type}table`, days).length);
    }
    return most > MAX_NEW_DAYS ? most : null;
  }

  /** A batch of too many days: file by file; one that has too many by itself is refused. */
  async #divide(
    files: readonly LogFile[],
    batch: Batch,
    days: number,
    result: PassResult,
    onRead: (bytes: number) => void,
  ): Promise<void> {
    if (files.length > 1) {
      const identity = files.filter((file) => file.isIdentity);
      if (identity.length > 0) await this.#load(identity, result, () => {});
      for (const file of files) if (!file.isIdentity) await this.#load([file], result, () => {});
      return;
    }
    for (const { file } of batch.staged) {
      await this.#refuse(file, `${days} new days in one file, more than ${MAX_NEW_DAYS}`, result);
      onRead(0);
    }
  }

  async #writeRejected(staged: readonly StagedFile[]): Promise<void> {
    for (const { file, refusals } of staged) {
      if (refusals.length === 0) continue;
      await this.#options.folder.writeRejected(file, await rejectedText(file.path, refusals));
      this.#options.log.warn({ file: file.name, lines: refusals.length }, "refused lines, see rejected/");
    }
  }

  async #refuse(file: LogFile, reason: string, result: PassResult): Promise<void> {
    await this.#options.folder.refuse(file, reason);
    result.filesRejected++;
    this.#options.log.error({ file: file.name, reason }, "refused a file, see rejected/");
  }

  /** Runs one of the template's procedures on this database, e.g. aggregate_stale_days. */
  async call(routine: string, ...values: (string | number | boolean | null)[]) {
    return await callRoutine(this.#options.connection, this.#options.template, routine, values);
  }

  #now(): Date {
    return new Date(this.#options.clock.wallMs());
  }
}
