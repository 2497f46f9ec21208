import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Clock, Counters, Logger } from "@trafmon/runtime";
import type { CronJob } from "../read/cron-table.ts";

/** A job that was asked to end gets so long for it. */
const END_MS = 30_000;

export interface JobRunnerParts {
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly log: Logger;
}

/** Runs one line of the table, one at a time. What it says goes to the log, line by line. */
export class JobRunner {
  readonly job: CronJob;
  readonly #parts: JobRunnerParts;
  #child: ChildProcess | null = null;

  constructor(job: CronJob, parts: JobRunnerParts) {
    this.job = job;
    this.#parts = parts;
  }

  get isRunning(): boolean {
    return this.#child !== null;
  }

  /** Runs it to its end; does nothing, and says so, while it still runs. */
  async run(): Promise<void> {
    const { clock, counters, log, environment } = this.#parts;
    const about = { line: this.job.line, job: this.job.title };
    if (this.#child !== null) {
      counters.byReason("runs_left_out").add("still running");
      return void log.warn(about, "left out a run: the one before still runs");
    }
    counters.counter("runs_started").add();
    const startedMs = clock.monotonicMs();
    const shell = environment.SHELL ?? "/bin/sh";
    // A group of its own, so that the end reaches all that the shell has started.
    const child = spawn(shell, ["-c", this.job.command], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, ...environment },
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on("line", (text) => log.info(about, text));
    createInterface({ input: child.stderr }).on("line", (text) => log.warn(about, text));
    try {
      const [exitCode, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
      const lastedS = Math.round((clock.monotonicMs() - startedMs) / 1000);
      if (exitCode === 0) return void log.info({ ...about, lastedS }, "job done");
      counters.counter("runs_failed").add();
      log.error({ ...about, lastedS, exitCode, signal }, "job failed");
    } catch (error) {
      counters.counter("runs_failed").add();
      log.error({ ...about, err: error }, "cannot start the job");
    } finally {
      this.#child = null;
    }
  }

  /** Asks a running job to end, and waits for it; one that does not end is killed. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const group = -child.pid;
    const ended = once(child, "close").catch(() => {});
    signalGroup(group, "SIGTERM");
    const callOff = this.#parts.clock.after(END_MS, () => signalGroup(group, "SIGKILL"));
    await ended;
    callOff();
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(group, signal);
  } catch {
    // It ended meanwhile.
  }
}
