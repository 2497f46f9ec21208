import { type Connection, callRoutine, NamedLock } from "@trafmon/database";
import type { Clock, Logger } from "@trafmon/runtime";
import { loaderError } from "./errors.ts";
import { batchesOf } from "./gather/batches.ts";
import { daySlices, newDaysOf } from "./gather/day-slices.ts";
import { sha256OfFile } from "./gather/file-hash.ts";
import { loadHistory } from "./gather/load-history.ts";
import type { LogFile, LogFolder } from "./gather/log-folder.ts";
import { Lane } from "./lane.ts";
import type { Batch, StagedFile } from "./load/batch.ts";
import { Feeds } from "./load/feeds.ts";
import { IdentityLists } from "./load/identity-lists.ts";
import { rejectedText } from "./load/rejected-text.ts";
import { readTableColumns } from "./load/table-columns.ts";
import { isBeyondColumn } from "./merge/merge-batch.ts";
import { Partitions } from "./merge/partitions.ts";
import { RetentionMarks } from "./merge/retention-marks.ts";
import { TooLargeSums } from "./merge/too-large-sums.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { RetentionTurns } from "./retention-turns.ts";

export interface LoaderOptions {
  /** Connected to no database yet. */
  readonly connection: Connection;
  /** Another one of the same server and user: with it, a batch is read while the server adds the one before. */
  readonly secondConnection?: Connection;
  readonly template: string;
  readonly database: string;
  readonly folder: LogFolder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Days loaded files are kept, compressed; 0: not at all. */
  readonly keepDays: number;
  /** How long a file may wait for the description of its ids. */
  readonly patienceMs?: number;
  /** Bytes of lines after which a batch is closed. */
  readonly batchBytes?: number;
  /** New days that one file may bring; beyond that it is refused, for a clock may be wrong. */
  readonly maxNewDays?: number;
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

interface PassProgress {
  readonly result: PassResult;
  /** When its batch was begun. */
  readonly startedMs: number;
}

const LOCK_WAIT_S = 1;
const DEFAULT_PATIENCE_MS = 15 * 60_000;
/** New days in one file beyond which its clock is doubted: each day is a partition, in every table of the type. */
export const DEFAULT_MAX_NEW_DAYS = 400;

/** Loads complete log files into one runtime database. One works on a database at a time: `prepare` takes the lock. */
export class Loader {
  readonly #options: LoaderOptions;
  readonly #lists: IdentityLists;
  readonly #partitions: Partitions;
  readonly #marks = new RetentionMarks();
  readonly #lock: NamedLock;
  readonly #turns: RetentionTurns;
  #lanes: readonly Lane[] = [];
  #feeds = new Feeds();
  #maxNewDays = DEFAULT_MAX_NEW_DAYS;

  constructor(options: LoaderOptions) {
    this.#options = options;
    const { connection, template, database } = options;
    this.#lists = new IdentityLists(connection);
    this.#partitions = new Partitions(template, database);
    this.#lock = new NamedLock(connection, "trafMon_loader", database);
    const { clock } = options;
    const [lists, partitions, marks] = [this.#lists, this.#partitions, this.#marks];
    this.#turns = new RetentionTurns({ connection, database, clock, lists, partitions, marks });
  }

  /**
   * Takes the database's lock, makes the database on the first run, and reads its lists.
   * @throws {CodedError} LOADER_BUSY, DATABASE_TEMPLATE_MISSING, DATABASE_SCHEMA_OLD, DATABASE_SCHEMA_NEW ...
   */
  async prepare(): Promise<void> {
    const { connection, secondConnection, template, database, clock, log } = this.#options;
    // A moment, because the server may still be ending the session of a loader that has just stopped.
    if (!(await this.#lock.take(LOCK_WAIT_S))) {
      throw loaderError("LOADER_BUSY", `cannot load into ${database}: another loader is at work`);
    }
    await prepareDatabase({ connection, template, database, log });
    const tables = await readTableColumns(connection, database);
    await this.#lists.read();
    const connections = secondConnection === undefined ? [connection] : [connection, secondConnection];
    await secondConnection?.query(`USE \`${database}\``);
    const shared = {
      lists: this.#lists,
      partitions: this.#partitions,
      marks: this.#marks,
      tables,
      lock: this.#lock,
      clock,
    };
    this.#lanes = connections.map(
      (each) => new Lane(each, { ...shared, patienceMs: this.#options.patienceMs ?? DEFAULT_PATIENCE_MS }),
    );
  }

  /**
   * Loads what is complete now. Throws leave nothing half done: the next pass takes it up. A batch is read while the
   * server adds the one before; batches are committed in order, and numbers are given in order too. `maxNewDays`: of this
   * pass.
   */
  async pass({ maxNewDays = this.#options.maxNewDays ?? DEFAULT_MAX_NEW_DAYS } = {}): Promise<PassResult> {
    const { folder, keepDays } = this.#options;
    this.#maxNewDays = maxNewDays;
    const result = { filesLoaded: 0, linesLoaded: 0, linesRejected: 0, filesRejected: 0, filesWaiting: 0 };
    const files = await this.#withoutLoaded(await folder.take(), result);
    if (files.length > 0) await this.#turns.during(() => this.#loadAll(files, result));
    await folder.forget(this.#now(), keepDays);
    return result;
  }

  /** Loads files whatever they add up to: where a sum would be too large for its column, the file is refused that makes it so. */
  async #loadAll(files: readonly LogFile[], result: PassResult): Promise<void> {
    let left = files;
    for (;;) {
      try {
        return await this.#loadFiles(left, result);
      } catch (error) {
        if (!(error instanceof TooLargeSums)) throw error;
        for (const file of error.files) await this.#loadAlone(file, result);
        const done = new Set(error.files.map((file) => file.name));
        const waiting = new Set((await this.#options.folder.take()).map((file) => file.name));
        left = left.filter((file) => waiting.has(file.name) && !done.has(file.name));
        result.filesWaiting = 0;
      }
    }
  }

  async #loadAlone(file: LogFile, result: PassResult): Promise<void> {
    const lane = this.#lanes[0]!;
    const startedMs = this.#options.clock.monotonicMs();
    try {
      await this.#merge(lane, await lane.stage([file], this.#feeds, () => {}), { result, startedMs });
    } catch (error) {
      await this.#lists.rollback();
      if (!(error instanceof TooLargeSums)) throw error;
      await this.#refuse(file, "its numbers and those loaded before add up to more than 2^64 - 1", result);
    }
  }

  async #loadFiles(files: readonly LogFile[], result: PassResult): Promise<void> {
    const { connection, clock, onProgress } = this.#options;
    const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    let doneBytes = 0;
    const onRead = (bytes: number) => {
      doneBytes += bytes;
      onProgress?.(doneBytes, totalBytes);
    };
    this.#feeds = await Feeds.read(connection);
    let merging = Promise.resolve();
    try {
      for (const [nth, batchFiles] of batchesOf(files, this.#options.batchBytes).entries()) {
        if (this.#turns.isOver) {
          await merging;
          await this.#turns.letIn();
        }
        const lane = this.#lanes[nth % this.#lanes.length]!;
        const startedMs = clock.monotonicMs();
        const batch = await lane.stage(batchFiles, this.#feeds, onRead);
        await merging;
        // Looked at while nothing is read or merged beside it: numbers given for the batch are taken back.
        const isTooWide = this.#newDaysOf(batch) > this.#maxNewDays;
        if (isTooWide) await this.#divide(lane, batchFiles, batch, { result, startedMs });
        else merging = this.#merge(lane, batch, { result, startedMs });
        merging.catch(() => {});
        // What identity files describe is looked up in the database by the batches after theirs.
        if (this.#lanes.length === 1 || batchFiles.some((file) => file.isIdentity)) await merging;
      }
      await merging;
    } catch (error) {
      await merging.catch(() => {});
      await this.#lists.rollback().catch(() => {});
      throw error;
    }
  }

  /** Puts away files that an earlier run loaded and could not put away; refuses others of the same name. */
  async #withoutLoaded(files: readonly LogFile[], result: PassResult): Promise<LogFile[]> {
    const { connection, folder, keepDays, log } = this.#options;
    const history = await loadHistory(
      connection,
      files.map(({ name }) => name),
    );
    const left: LogFile[] = [];
    for (const file of files) {
      const known = history.get(file.name);
      if (known === undefined) left.push(file);
      else if ((await sha256OfFile(file.path)).equals(known.sha256)) {
        await folder.finish([file], this.#now(), keepDays);
        result.linesRejected += known.linesRejected;
        log.info({ file: file.name }, "was loaded before");
      } else await this.#refuse(file, "another file of this name was loaded before", result);
    }
    return left;
  }

  async #merge(lane: Lane, batch: Batch, { result, startedMs }: PassProgress): Promise<void> {
    const { clock, folder, keepDays, log } = this.#options;
    const repeated = await lane
      .merge(batch, () => this.#writeRejected(batch.staged))
      .catch((error) => {
        throw isBeyondColumn(error) ? new TooLargeSums(batch.staged.map(({ file }) => file)) : error;
      });
    if (repeated > 0) log.warn({ records: repeated }, "refused records that were loaded from another file");
    this.#lists.commit();
    const loaded = batch.staged.map(({ file }) => file);
    await folder.finish(loaded, this.#now(), keepDays);
    for (const { linesLoaded, refusals } of batch.staged) {
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
  }

  #newDaysOf(batch: Batch): number {
    return newDaysOf(batch.staged, this.#missingDays);
  }

  readonly #missingDays = (table: string, days: Iterable<number>) => this.#partitions.missingDays(table, days);

  /**
   * Loads a staged batch of too many new days slice by slice, one after the other; a file that brings too many by itself
   * is refused. Nothing else may be staged or merged meanwhile.
   */
  async #divide(lane: Lane, files: readonly LogFile[], batch: Batch, progress: PassProgress): Promise<void> {
    await this.#lists.rollback();
    for (const slice of daySlices(files, batch.staged, this.#missingDays, this.#maxNewDays)) {
      const again = await lane.stage(slice, this.#feeds, () => {});
      const days = this.#newDaysOf(again);
      if (days <= this.#maxNewDays) {
        await this.#merge(lane, again, progress);
        continue;
      }
      await this.#lists.rollback();
      const reason =
        `${days} new days in one file, more than ${this.#maxNewDays}: is a clock wrong? ` +
        `If not, put it back and load it with --new-days ${days}`;
      for (const { file } of again.staged) await this.#refuse(file, reason, progress.result);
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
