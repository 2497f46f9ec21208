import { mkdir } from "node:fs/promises";
import { type Connection, type RowDataPacket, registeredInstances } from "@trafmon/database";
import type { Clock, Logger } from "@trafmon/runtime";
import { loaderError } from "../errors.ts";
import { LogFolder } from "../gather/log-folder.ts";
import { Loader, type PassResult } from "../loader.ts";
import { keptDays, removeFolder, unpackDay } from "./kept-logs.ts";
import { bringOver } from "./swap-databases.ts";

export interface RebuildOptions {
  readonly connection: Connection;
  readonly secondConnection?: Connection;
  readonly template: string;
  /** Database to make; it must not hold anything. */
  readonly into: string;
  /** Database to take from what logs do not tell; null: none. */
  readonly from: string | null;
  /** The collector's folder, whose `loaded/` keeps the logs. */
  readonly path: string;
  /** Folder to unpack a day at a time into; removed at the end. */
  readonly workFolder: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onDay?: (done: number, total: number) => void;
}

/**
 * Makes a database anew from kept logs, a day of loading at a time, through the loader as it is, and prepares what reports
 * read up to yesterday.
 * @throws {CodedError} LOADER_NOT_EMPTY ...
 */
export async function rebuild(options: RebuildOptions): Promise<PassResult> {
  const { connection, template, into, from, path, workFolder, clock, log, onDay } = options;
  await refuseUsed(connection, template, into);
  const days = await keptDays(path);
  await removeFolder(workFolder);
  const sum = { filesLoaded: 0, linesLoaded: 0, linesRejected: 0, filesRejected: 0, filesWaiting: 0 };
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
    await loader.prepare();
    if (from !== null) await bringOver(connection, from, into);
    for (const [nth, day] of days.entries()) {
      await unpackDay(day, workFolder);
      const result = await loader.pass();
      for (const key of Object.keys(sum) as (keyof PassResult)[]) sum[key] += result[key];
      log.info({ day: day.day, ...result }, "loaded a day of kept logs");
      onDay?.(nth + 1, days.length);
    }
    await loader.call("aggregate_stale_days", into, false);
  } finally {
    await removeFolder(workFolder);
  }
  return sum;
}

async function refuseUsed(connection: Connection, template: string, into: string): Promise<void> {
  if (!(await registeredInstances(connection, template)).includes(into)) return;
  const [rows] = await connection.query<RowDataPacket[]>(`SELECT 1 FROM \`${into}\`.load_history LIMIT 1`);
  if (rows.length > 0) throw loaderError("LOADER_NOT_EMPTY", `cannot rebuild into ${into}: it holds loaded files`);
}
