import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Connection, createInstance, type RowDataPacket, registeredInstances } from "@trafmon/database";
import type { Clock, Logger } from "@trafmon/runtime";
import { loaderError } from "../errors.ts";
import { LogFolder } from "../gather/log-folder.ts";
import { Loader, type PassResult } from "../loader.ts";
import { bringOver } from "./bring-over.ts";
import { copyRefused, keptDays, refusedFiles, removeFolder, unpackDay } from "./kept-logs.ts";
import { findOlderDays, type OlderDays, takeOverDays } from "./take-over-days.ts";
import { takeOverRemovals } from "./take-over-removals.ts";

export interface RebuildOptions {
  readonly connection: Connection;
  readonly secondConnection?: Connection;
  readonly template: string;
  /** Database to make; it must not hold anything. */
  readonly into: string;
  /** Database to take from what the logs do not tell; null: none. */
  readonly from: string | null;
  /** Nothing of measurements is taken from it, only told. */
  readonly logsOnly?: boolean;
  /** The collectors' folders, whose `loaded/` keep the logs. */
  readonly paths: readonly string[];
  /** Folder to unpack a day at a time into; of it stays `rejected/`, if anything was refused. */
  readonly workFolder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onDay?: (done: number, total: number) => void;
}

export interface RebuildResult extends PassResult {
  /** What only the old database held: taken over, unless `logsOnly`. */
  readonly older: readonly OlderDays[];
  /** Kept files that could not be unpacked. */
  readonly damaged: readonly string[];
}

/**
 * Makes a database anew from kept logs, a day of loading at a time, through the loader as it is, then from the files in
 * `rejected/`, which are tried again. Takes over the days that the logs tell no longer, and prepares what reports read up
 * to yesterday.
 * @throws {CodedError} LOADER_NOT_EMPTY ...
 */
export async function rebuild(options: RebuildOptions): Promise<RebuildResult> {
  const { connection, template, into, from, paths, workFolder, clock, log, onDay, logsOnly = false } = options;
  await refuseUsed(connection, template, into);
  const days = await keptDays(paths);
  await removeFolder(workFolder);
  const sum = { filesLoaded: 0, linesLoaded: 0, linesRejected: 0, filesRejected: 0, filesWaiting: 0 };
  const damaged: string[] = [];
  let older: readonly OlderDays[] = [];
  try {
    await mkdir(workFolder, { recursive: true });
    const loader = new Loader({
      connection,
      ...(options.secondConnection === undefined ? {} : { secondConnection: options.secondConnection }),
      template,
      database: into,
      folder: await LogFolder.open(workFolder),
      clock,
      log,
      keepDays: 0,
    });
    // Before the loader reads its lists.
    await createInstance(connection, into, template);
    if (from !== null) await bringOver(connection, from, into, { lists: !logsOnly });
    await loader.prepare();
    const add = (result: PassResult) => {
      for (const key of Object.keys(sum) as (keyof PassResult)[]) sum[key] += result[key];
    };
    for (const [nth, day] of days.entries()) {
      const unpacked = await unpackDay(day, workFolder);
      for (const file of unpacked) log.error({ file }, "cannot unpack a kept log, left it out");
      damaged.push(...unpacked);
      // They were loaded once; that their days are new to this database says nothing of their clocks.
      const result = await loader.pass({ maxNewDays: Number.POSITIVE_INFINITY });
      add(result);
      log.info({ day: day.day, ...result }, "loaded a day of kept logs");
      onDay?.(nth + 1, days.length);
    }
    for (const round of await refusedFiles(paths)) {
      await copyRefused(round, workFolder);
      const result = await loader.pass();
      add(result);
      log.info({ ...result }, "tried again the files in rejected/");
    }
    if (from !== null) {
      const databases = { connection, template, from, into };
      older = await findOlderDays(databases, new Date(clock.wallMs()).toISOString().slice(0, 10));
      if (!logsOnly) {
        await takeOverDays(databases, older);
        await takeOverRemovals(databases, older);
      }
    }
    await loader.call("aggregate_stale_days", into, false);
  } finally {
    await removeButRefusals(workFolder);
  }
  return { ...sum, older, damaged };
}

async function refuseUsed(connection: Connection, template: string, into: string): Promise<void> {
  if (!(await registeredInstances(connection, template)).includes(into)) return;
  // It may have been dropped since.
  const [made] = await connection.query<RowDataPacket[]>(
    "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'load_history'",
    [into],
  );
  if (made.length === 0) return;
  const [rows] = await connection.query<RowDataPacket[]>(`SELECT 1 FROM \`${into}\`.load_history LIMIT 1`);
  if (rows.length > 0) throw loaderError("LOADER_NOT_EMPTY", `cannot rebuild into ${into}: it holds loaded files`);
}

/** What was refused is told line by line in `rejected/` of the work folder, which stays for that. */
async function removeButRefusals(workFolder: string): Promise<void> {
  const refused = await readdir(join(workFolder, "rejected")).catch(() => []);
  if (refused.length === 0) await removeFolder(workFolder);
  else for (const each of ["loading", "loaded"]) await removeFolder(join(workFolder, each));
}
