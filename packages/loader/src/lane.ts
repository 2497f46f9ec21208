import { type Connection, errorNumber, type NamedLock } from "@trafmon/database";
import type { Clock } from "@trafmon/runtime";
import type { LogFile } from "./gather/log-folder.ts";
import type { Batch } from "./load/batch.ts";
import type { Feeds } from "./load/feeds.ts";
import type { IdentityLists } from "./load/identity-lists.ts";
import { StageFiles } from "./load/stage-files.ts";
import { Staging } from "./load/staging.ts";
import type { TableColumn } from "./load/table-columns.ts";
import type { TypePlan } from "./load/type-plan.ts";
import { removeDuplicateRecords, removeRemovedRecords } from "./merge/duplicate-records.ts";
import { MergeBatch } from "./merge/merge-batch.ts";
import type { Partitions } from "./merge/partitions.ts";
import { refuseRemovedHours } from "./merge/removed-hours.ts";
import type { RetentionMarks } from "./merge/retention-marks.ts";

/** What the lanes of a loader share. */
export interface LaneOptions {
  readonly lists: IdentityLists;
  readonly partitions: Partitions;
  readonly marks: RetentionMarks;
  readonly tables: ReadonlyMap<string, readonly TableColumn[]>;
  readonly lock: NamedLock;
  readonly clock: Clock;
  /** How long a file may wait for the description of its ids. */
  readonly patienceMs: number;
}

/**
 * A connection and its temporary tables: takes one batch at a time, first staged, then merged. Two lanes let the next
 * batch be read while the server still adds the one before.
 */
export class Lane {
  readonly #connection: Connection;
  readonly #options: LaneOptions;
  readonly #staging: Staging;
  #planOf: (name: LogFile["type"]) => TypePlan = () => {
    throw new Error("no batch is staged");
  };

  constructor(connection: Connection, options: LaneOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#staging = new Staging(connection);
  }

  /** Reads files into the staging tables. `feeds`: whose lines count; `onRead` is told the bytes. */
  async stage(files: readonly LogFile[], feeds: Feeds, onRead: (bytes: number) => void): Promise<Batch> {
    const { lists, tables, clock, patienceMs } = this.#options;
    await this.#staging.clear();
    lists.beginBatch(this.#connection);
    const stageFiles = new StageFiles({ lists, staging: this.#staging, tables, feeds, clock, patienceMs, onRead });
    this.#planOf = stageFiles.planOf.bind(stageFiles);
    return await stageFiles.stage(files);
  }

  /**
   * Brings the staged batch into the tables, all or nothing, without the records that were loaded from another file;
   * returns how many those were. `beforeCommit` is called before each attempt to.
   */
  async merge(batch: Batch, beforeCommit: () => Promise<void>): Promise<number> {
    const { partitions, tables, lock } = this.#options;
    const merge = new MergeBatch({
      connection: this.#connection,
      staging: this.#staging,
      partitions,
      tables,
      lock,
      planOf: this.#planOf,
    });
    const gone = await this.#removeRemovedRecords(batch);
    try {
      await beforeCommit();
      await merge.merge(batch);
      return gone;
    } catch (error) {
      if (errorNumber(error) !== 1062) throw error;
      const found = await this.#removeDuplicateRecords(batch);
      if (found === 0) throw error;
      await beforeCommit();
      await merge.merge(batch);
      return gone + found;
    }
  }

  /** What was loaded before, and is known only by what retention noted of it. */
  async #removeRemovedRecords(batch: Batch): Promise<number> {
    const plans = this.#plansOf(batch);
    const netflow = plans.find((plan) => plan.name === "netflow");
    if (netflow !== undefined) await refuseRemovedHours(this.#connection, batch, this.#staging, netflow);
    return await removeRemovedRecords(this.#connection, batch, this.#staging, plans, this.#options.marks);
  }

  async #removeDuplicateRecords(batch: Batch): Promise<number> {
    const keyOf = ({ table }: TypePlan) =>
      this.#options.tables
        .get(table)!
        .filter((each) => each.inPrimaryKey)
        .map((each) => each.name);
    return await removeDuplicateRecords(this.#connection, batch, this.#staging, this.#plansOf(batch), keyOf);
  }

  #plansOf(batch: Batch): TypePlan[] {
    const types = new Set(batch.staged.filter(({ file }) => !file.isIdentity).map(({ file }) => file.type));
    return [...types].map(this.#planOf);
  }
}
