import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Counters, createLog, systemClock } from "@trafmon/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readCronTable } from "./read/cron-table.ts";
import { JobRunner } from "./run/job-runner.ts";
import { Scheduler } from "./scheduler.ts";

let folder: string;
let said: { msg: string; job?: string; [key: string]: unknown }[];
let counters: Counters;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "scheduler-"));
  said = [];
  counters = new Counters();
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const log = () => createLog({ program: "t", json: true, write: (line) => said.push(JSON.parse(line)) }).log;
const parts = () => ({ environment: { GREETING: "hello" }, clock: systemClock, counters, log: log() });
const jobOf = (command: string) => readCronTable(`# The job.\n* * * * * me ${command}`).jobs[0]!;
const schedulerOf = (text: string) =>
  new Scheduler({
    table: readCronTable(text),
    user: "me",
    stateDirectory: folder,
    clock: systemClock,
    counters,
    log: log(),
  });

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 40_000 && !isSo(); tries++) await new Promise((done) => setTimeout(done, 5));
  expect(isSo()).toBe(true);
}

test("a job's words go to the log with its title, and so does how it ended", async () => {
  await new JobRunner(jobOf("echo $GREETING; echo trouble >&2; exit 75"), parts()).run();
  expect(said.map(({ msg, level, job }) => [msg, level, job])).toEqual(
    expect.arrayContaining([
      ["hello", 30, "The job."],
      ["trouble", 40, "The job."],
      ["job failed", 50, "The job."],
    ]),
  );
  expect(said.at(-1)).toMatchObject({ exitCode: 75 });
  expect(Object.fromEntries(counters.snapshot())).toMatchObject({ runs_started: 1, runs_failed: 1 });
});

test("a job runs once at a time; the run left out is told and counted", async () => {
  const runner = new JobRunner(
    jobOf(`echo x >>${folder}/runs; while [ ! -e ${folder}/go ]; do sleep 0.01; done`),
    parts(),
  );
  const first = runner.run();
  await runner.run();
  expect(said.map(({ msg }) => msg)).toContain("left out a run: the one before still runs");
  writeFileSync(join(folder, "go"), "");
  await first;
  await runner.run();
  expect(readFileSync(join(folder, "runs"), "utf8")).toBe("x\nx\n");
  expect(counters.snapshot().get("runs_left_out{still running}")).toBe(1);
});

test("a stop ends what runs, and all it has started", async () => {
  const runner = new JobRunner(jobOf(`sh -c 'echo $$ >${folder}/pid; exec sleep 1000'; true`), parts());
  const run = runner.run();
  const pid = () => {
    try {
      return Number(readFileSync(join(folder, "pid"), "utf8"));
    } catch {
      return 0;
    }
  };
  await until(() => pid() > 0);
  await runner.stop();
  await run;
  // Gone, or dead and waiting for whoever adopted it.
  await until(() => !existsSync(`/proc/${pid()}`) || readFileSync(`/proc/${pid()}/stat`, "utf8").includes(") Z "));
});

test("node-cron starts a job at its minute, and only the lines of this user", async () => {
  vi.useFakeTimers({
    now: Date.parse("2026-01-01T00:00:30Z"),
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  const scheduler = schedulerOf(
    `1 * * * * me echo mine >>${folder}/runs\n1 * * * * root echo other >>${folder}/runs\n`,
  );
  await scheduler.start();
  expect(scheduler.nextRuns(2)[0]?.runs.map((at) => at.toISOString())).toEqual([
    "2026-01-01T00:01:00.000Z",
    "2026-01-01T01:01:00.000Z",
  ]);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(counters.snapshot().get("runs_started")).toBeUndefined();
  await vi.advanceTimersByTimeAsync(2_000);
  vi.useRealTimers();
  await until(() => said.some(({ msg }) => msg === "job done"));
  expect(readFileSync(join(folder, "runs"), "utf8")).toBe("mine\n");
  await scheduler.stop();
});

test("a start tells which runs were missed since the stop, and makes none up", async () => {
  vi.useFakeTimers({
    now: Date.parse("2026-01-01T00:00:30Z"),
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"],
  });
  const table = `# Load.\n*/10 * * * * me echo x >>${folder}/runs\n`;
  const first = schedulerOf(table);
  await first.start();
  await first.stop();
  expect(said.map(({ msg }) => msg)).not.toContain("missed runs while not running");
  vi.setSystemTime(Date.parse("2026-01-01T00:45:00Z"));
  const second = schedulerOf(table);
  await second.start();
  expect(said.find(({ msg }) => msg === "missed runs while not running")).toMatchObject({
    job: "Load.",
    count: 4,
    first: "2026-01-01T00:10:00.000Z",
    last: "2026-01-01T00:40:00.000Z",
  });
  await second.stop();
  expect(counters.snapshot().get("runs_left_out{missed}")).toBe(4);
  expect(counters.snapshot().get("runs_started")).toBeUndefined();
});

test("a scheduler without a job says whose jobs there are", async () => {
  const others = schedulerOf("* * * * * trafmon true\n* * * * * trafmon false\n0 * * * * root true\n");
  expect(others.whyIdle()).toMatch(/no job of me, only of trafmon, root: .*--user/);
  expect(schedulerOf("# nothing\n").whyIdle()).toBe("the table has no job");
  expect(schedulerOf("* * * * * me true\n").whyIdle()).toBeNull();
  await others.start();
  await others.stop();
  expect(said.filter(({ level }) => level === 40).map(({ msg }) => msg)).toEqual([others.whyIdle()]);
});
