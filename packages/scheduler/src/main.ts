#!/usr/bin/env node
import { mkdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import {
  Counters,
  createLog,
  ProcessLock,
  readCommandLine,
  runComponents,
  runProgram,
  systemClock,
} from "@trafmon/runtime";
import { schedulerError } from "./errors.ts";
import { type SchedulerOptions, schedulerProgram } from "./options.ts";
import { type CronTable, readCronTable } from "./read/cron-table.ts";
import { Scheduler } from "./scheduler.ts";

await runProgram("trafMon_scheduler", async (life) => {
  const { options } = readCommandLine<SchedulerOptions>(schedulerProgram(), life.args);
  const programLog = createLog({ program: life.name, json: options.json, directory: options.logFileDirectory });
  life.useLog(programLog);
  const { log } = programLog;
  const table = tableOf(options.file);
  const user = options.user ?? userInfo().username;
  const parts = { table, user, stateDirectory: options.state, clock: systemClock, counters: new Counters(), log };
  const scheduler = new Scheduler(parts);
  if (options.list) return void process.stdout.write(listText(scheduler, options));

  const lock = locked(options.state);
  try {
    await runComponents([scheduler], life.stopping, (part, error) =>
      log.error({ part: part.name, err: error }, "cannot stop"),
    );
  } finally {
    lock.release();
  }
});

/** @throws {CodedError} SCHEDULER_TABLE_UNREADABLE, SCHEDULER_TABLE_INVALID */
function tableOf(path: string): CronTable {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw schedulerError("SCHEDULER_TABLE_UNREADABLE", `cannot read ${path}: ${(error as Error).message}`, error);
  }
  const table = readCronTable(text);
  if (table.faults.length > 0)
    throw schedulerError("SCHEDULER_TABLE_INVALID", `cannot use ${path}: ${table.faults.join("; ")}`);
  return table;
}

/** @throws {CodedError} SCHEDULER_ALREADY_RUNS, SCHEDULER_STATE_UNWRITABLE */
function locked(folder: string): ProcessLock {
  const path = join(folder, ".trafMon_scheduler.lock");
  let lock: ProcessLock | null;
  try {
    mkdirSync(folder, { recursive: true });
    lock = ProcessLock.acquire(path);
  } catch (error) {
    throw schedulerError("SCHEDULER_STATE_UNWRITABLE", `cannot write ${path}: ${(error as Error).message}`, error);
  }
  if (lock === null) throw schedulerError("SCHEDULER_ALREADY_RUNS", `cannot start: another scheduler holds ${path}`);
  return lock;
}

function listText(scheduler: Scheduler, { json, runs }: { json: boolean; runs: number }): string {
  const jobs = scheduler.nextRuns(runs);
  if (json) return `${JSON.stringify(jobs)}\n`;
  if (jobs.length === 0) return `${scheduler.whyIdle()}\n`;
  return jobs
    .map(
      ({ title, schedule, runs: next }) =>
        `${schedule.padEnd(16)} ${title}\n${next.map((at) => `    ${localText(at)}\n`).join("")}`,
    )
    .join("");
}

/** In the machine's local time, by which cron goes. */
function localText(at: Date): string {
  return at.toLocaleString("sv-SE", { timeZoneName: "short" });
}
