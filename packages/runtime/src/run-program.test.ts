import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const example = fileURLToPath(new URL("./fixtures/example-program.ts", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
});

interface Running {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  said(text: string): Promise<void>;
}

function run(...args: string[]): Running {
  const child = spawn(process.execPath, ["--import", "tsx", "--conditions=source", example, ...args], { cwd: root });
  children.push(child);
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (bytes) => {
    output.stdout += bytes;
  });
  child.stderr.on("data", (bytes) => {
    output.stderr += bytes;
  });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  );
  const said = async (text: string) => {
    while (!output.stdout.includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended before saying ${text}: ${output.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { child, output, ended, said };
}

test("help shows defaults and an example, on stdout, and is no failure", async () => {
  const program = run("--help");
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.output.stdout).toContain("(default: 5)");
  expect(program.output.stdout).toContain("EXAMPLE\n  runs until it is stopped\n    tmon_example -n 3 run\n");
  expect(program.output.stderr).toBe("");
});

test.each([
  [["--bogus", "run"], "unknown option '--bogus'"],
  [["-n", "11", "run"], "option '-n, --number <n>' argument '11' is invalid. A whole number from 1 to 10 is needed"],
  [[], "missing required argument 'ending'"],
  [["run", "more"], "too many arguments. Expected 1 argument but got 2"],
])("a command line that cannot be understood ends with 64 and two lines: %j", async (args, what) => {
  const program = run(...args);
  expect((await program.ended).code).toBe(64);
  expect(program.output.stderr).toBe(
    `tmon_example: cannot use the command line: ${what} [BAD_OPTION]\n` +
      "  Run the program with --help to see its options, their defaults and an example.\n",
  );
});

test("with --json the end is told as one JSON line", async () => {
  const program = run("--json", "--bogus", "run");
  expect((await program.ended).code).toBe(64);
  const line = JSON.parse(program.output.stderr) as Record<string, unknown>;
  expect(line).toMatchObject({ code: "BAD_OPTION", exitCode: 64, name: "tmon_example", level: 60 });
});

test.each(["fault", "stray"])(
  "a fault of ours ends with 70, its stack in the log and two lines on stderr: %s",
  async (ending) => {
    const directory = mkdtempSync(join(tmpdir(), "runtime-"));
    const program = run("-L", directory, ending);
    expect((await program.ended).code).toBe(70);
    const lines = program.output.stderr.split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^tmon_example: cannot go on: .* \[OUR_FAULT\]$/);
    expect(readFileSync(join(directory, "tmon_example.log"), "utf8")).toContain("    at ");
    rmSync(directory, { recursive: true });
  },
);

test("the exit code main returns is the process's", async () => {
  expect((await run("rejected").ended).code).toBe(65);
});

test("a log directory that cannot be written refuses the start", async () => {
  const program = run("-L", "/dev/null/nowhere", "run");
  expect((await program.ended).code).toBe(77);
  expect(program.output.stderr).toContain("[LOG_UNWRITABLE]");
});

test("what was written to a pipe arrives whole before the process ends", async () => {
  const program = run("long");
  expect((await program.ended).code).toBe(0);
  expect(program.output.stdout).toHaveLength(1_000_001);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s stops the parts and ends with 0", async (signal) => {
  const program = run("run");
  await program.said("ready");
  program.child.kill(signal);
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.output.stdout).toContain("stopped");
});

test("one Ctrl-C that arrives twice is one; a later second ends at once", async () => {
  const program = run("deaf");
  await program.said("ready");
  program.child.kill("SIGINT");
  program.child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 20));
  program.child.kill("SIGUSR1");
  // It still answers, so the pair has not ended it.
  await program.said("user1");
  await new Promise((resolve) => setTimeout(resolve, 300));
  program.child.kill("SIGINT");
  expect(await program.ended).toEqual({ code: null, signal: "SIGINT" });
});

test("SIGHUP opens the log file anew after logrotate", async () => {
  const directory = mkdtempSync(join(tmpdir(), "runtime-"));
  const path = join(directory, "tmon_example.log");
  const program = run("-L", directory, "run");
  await program.said("ready");
  renameSync(path, `${path}.1`);
  program.child.kill("SIGHUP");
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 10));
  program.child.kill("SIGTERM");
  expect((await program.ended).code).toBe(0);
  expect(readFileSync(`${path}.1`, "utf8")).toBe("");
  expect(readFileSync(path, "utf8")).toMatch(/info {2}done {2}number=5\n$/);
  rmSync(directory, { recursive: true });
});
