import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Component, Counters, Logger } from "@trafmon/runtime";
import cron, { type ScheduledTask } from "node-cron";
import { schedulerError } from "./errors.ts";
import type { CronTable } from "./read/cron-table.ts";
import { JobRunner } from "./run/job-runner.ts";
import { missedRuns } from "./run/missed-runs.ts";

/** So often the instant is noted until which nothing was missed. */
const NOTE_EVERY_MS = 60_000;
const STATE_FILE = "trafMon_scheduler.seen";

export interface SchedulerParts {
  readonly table: CronTable;
  /** Whose lines are run. */
  readonly user: string;
  /** Folder of the note about until when it ran. */
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
}

/** Starts the jobs of a cron table when they are due, one run of a job at a time, and tells which runs were missed. */
export class Scheduler implements Component {
  readonly name = "scheduler";
  readonly #parts: SchedulerParts;
  readonly #runners: readonly JobRunner[];
  readonly #tasks: ScheduledTask[] = [];
  #callOffNote: (() => void) | null = null;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    const { table, user, clock, counters, log } = parts;
    const { environment } = table;
    this.#runners = table.jobs
      .filter((job) => job.user === user)
      .map((job) => new JobRunner(job, { environment, clock, counters, log }));
  }

  /** Jobs that are run, and when next. */
  nextRuns(count = 1): { readonly title: string; readonly schedule: string; readonly runs: readonly Date[] }[] {
    return this.#runners.map(({ job: { title, schedule } }) => {
      const task = cron.createTask(schedule, () => {});
      const runs = task.getNextRuns(count);
      void task.destroy();
      return { title, schedule, runs };
    });
  }

  /** Why it would run nothing, and what to do; null: it has jobs. */
  whyIdle(): string | null {
    if (this.#runners.length > 0) return null;
    const { table, user } = this.#parts;
    const owners = [...new Set(table.jobs.map((job) => job.user))];
    if (owners.length === 0) return "the table has no job";
    return `the table has no job of ${user}, only of ${owners.join(", ")}: run the scheduler as that user, or with --user`;
  }

  async start(): Promise<void> {
    const { clock, counters, log, table, user } = this.#parts;
    const others = table.jobs.filter((job) => job.user !== user);
    for (const { line, user: owner } of others) log.info({ line, user: owner }, "left to another account");
    const whyIdle = this.whyIdle();
    if (whyIdle !== null) log.warn(whyIdle);
    this.#tellMissed();
    this.#note();
    this.#callOffNote = clock.every(NOTE_EVERY_MS, () => this.#note());
    for (const runner of this.#runners) {
      const { job } = runner;
      const task = cron.schedule(job.schedule, () => void runner.run(), { suppressMissedWarning: true });
      // The machine slept, or was too busy: node-cron finds out when its timer comes late.
      task.on("execution:missed", ({ date }) => {
        counters.byReason("runs_left_out").add("missed");
        log.warn(
          { line: job.line, job: job.title, due: date.toISOString() },
          "missed a run: the machine was asleep or busy",
        );
      });
      this.#tasks.push(task);
    }
    for (const { title, runs } of this.nextRuns()) log.info({ job: title, next: runs[0]?.toISOString() }, "scheduled");
  }

  async stop(): Promise<void> {
    this.#callOffNote?.();
    for (const task of this.#tasks) await task.destroy();
    await Promise.all(this.#runners.map((runner) => runner.stop()));
    this.#note();
  }

  /** What was due while nobody was there to start it. It is told, not made up for: the next run does the work. */
  #tellMissed(): void {
    const { clock, counters, log } = this.#parts;
    const seenMs = this.#seenMs();
    if (seenMs === null) return;
    for (const { job } of this.#runners) {
      const missed = missedRuns(job.schedule, seenMs, clock.wallMs());
      if (missed === null) continue;
      counters.byReason("runs_left_out").add("missed", missed.count);
      const [first, last] = [missed.firstMs, missed.lastMs].map((ms) => new Date(ms).toISOString());
      log.warn({ line: job.line, job: job.title, count: missed.count, first, last }, "missed runs while not running");
    }
  }

  #seenMs(): number | null {
    try {
      const ms = Date.parse(readFileSync(join(this.#parts.stateDirectory, STATE_FILE), "utf8").trim());
      return Number.isNaN(ms) ? null : ms;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw this.#unwritable(error);
    }
  }

  #note(): void {
    const path = join(this.#parts.stateDirectory, STATE_FILE);
    try {
      mkdirSync(this.#parts.stateDirectory, { recursive: true });
      writeFileSync(`${path}.part`, `${new Date(this.#parts.clock.wallMs()).toISOString()}\n`);
      renameSync(`${path}.part`, path);
    } catch (error) {
      throw this.#unwritable(error);
    }
  }

  #unwritable(error: unknown): Error {
    const folder = this.#parts.stateDirectory;
    return schedulerError(
      "SCHEDULER_STATE_UNWRITABLE",
      `cannot write into ${folder}: ${(error as Error).message}`,
      error,
    );
  }
}
