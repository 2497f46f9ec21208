import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RowDataPacket } from "@trafmon/database";
import { databaseServer } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoaderUnderTest } from "./fixtures/loader-under-test.ts";
import { addSampleTraffic, CAPST, SampleLogs } from "./fixtures/sample-logs.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

let bench: LoaderUnderTest;
let children: ChildProcess[];

beforeEach(async () => {
  bench = await LoaderUnderTest.make();
  children = [];
  const { socket, user } = await databaseServer();
  writeFileSync(join(bench.path, "db.cred"), `socket = ${socket}\nuser = ${user}\ndatabase = ${bench.database}\n`, {
    mode: 0o600,
  });
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await bench.remove();
});

/** Starts the program as an operator would, in the folder, with db.cred there. */
function start(...args: string[]): {
  child: ChildProcess;
  ended: Promise<{ code: number | null; out: string; err: string }>;
} {
  const options = ["-p", bench.path, "-l", "-L", join(bench.path, "log"), "--template", bench.template, ...args];
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), "--conditions=source", MAIN, ...options],
    {
      cwd: bench.path,
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  children.push(child);
  let out = "";
  let err = "";
  child.stdout!.on("data", (part) => {
    out += part;
  });
  child.stderr!.on("data", (part) => {
    err += part;
  });
  return { child, ended: new Promise((done) => child.on("close", (code) => done({ code, out, err }))) };
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function until(holds: () => boolean | Promise<boolean>, timeoutMs = 240_000): Promise<void> {
  const limit = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > limit) throw new Error("it did not happen in time");
    await pause(20);
  }
}

test("the options are the documented ones, with their defaults", async () => {
  const help = (await start("--help").ended).out.replace(/\s+/g, " ");
  for (const text of [
    '-p, --path <folder> folder with the collector\'s log files (default: "/var/trafMon/collector/")',
    "-l, --localConfig read db.cred in the current folder instead of /etc/trafMon/cred/db.cred",
    '-L, --logFileDirectory <folder> folder of this program\'s own log (default: "/var/trafMon/log/")',
    "-d, --db <name>",
    "--keep <days> days loaded files are kept in loaded/; 0: not at all (default: 7)",
    "--watch",
    "--batch <MiB> lines that one transaction adds, at most (default: 128)",
  ]) {
    expect(help).toContain(text);
  }
});

test("one pass tells what it did; nothing to do is done, too; a refused line makes exit code 65", async () => {
  const logs = new SampleLogs("p1");
  addSampleTraffic(logs, 3, 1, 1);
  logs.write(bench.path);
  expect(await start().ended).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+ files, \d+ lines loaded\n$/) });
  expect(await start().ended).toMatchObject({ code: 0, out: "0 files, 0 lines loaded\n" });
  logs.addLine("ipct", "nonsense").write(bench.path);
  expect(await start().ended).toMatchObject({ code: 65, out: expect.stringContaining("1 lines and 0 files refused") });
});

test("what an operator can mend ends with its own exit code and two lines", async () => {
  const cases: [args: string[], code: number, error: string][] = [
    [["--keep", "many"], 64, "BAD_OPTION"],
    [["--cred", "missing"], 78, "DATABASE_CREDENTIALS_MISSING"],
    [["-p", "/nowhere"], 74, "LOADER_PATH_UNUSABLE"],
    [["--template", "no_template"], 78, "DATABASE_TEMPLATE_MISSING"],
  ];
  const results = await Promise.all(cases.map(([args]) => start(...args).ended));
  cases.forEach(([args, code, error], i) => {
    expect(results[i], args.join(" ")).toMatchObject({ code, err: expect.stringContaining(`[${error}]\n  `) });
  });
});

test("with --watch a file's rows are there while it runs, a second loader is refused, and a signal ends it", async () => {
  const { child, ended } = start("--watch");
  await until(() => existsSync(join(bench.path, ".trafMon_loader.lock")));
  const second = await start().ended;
  expect(second).toMatchObject({ code: 75, err: expect.stringContaining("another loader is at work [LOADER_BUSY]") });
  const logs = new SampleLogs("p1");
  const totals = addSampleTraffic(logs, 10, 2, 5);
  logs.write(bench.path);
  await until(async () => {
    const [row] = await bench.rows("SELECT COUNT(*) AS files FROM load_history").catch(() => []);
    return row?.files === 4;
  });
  expect((await bench.accountTotals())[3]).toEqual(totals);
  child.kill("SIGTERM");
  expect(await ended).toMatchObject({ code: 0 });
  expect(existsSync(join(bench.path, ".trafMon_loader.lock"))).toBe(false);
});

test("with --watch a loader whose sessions the server has ended takes new ones and goes on", async () => {
  const { child, ended } = start("--watch");
  const logs = new SampleLogs("p1");
  const loaded = async (files: number) => {
    logs.add("capst", CAPST).write(bench.path);
    await until(async () => {
      const [row] = await bench.rows("SELECT COUNT(*) AS files FROM load_history").catch(() => []);
      return row?.files === files;
    });
  };
  await loaded(1);
  const [sessions] = await bench.connection.query<RowDataPacket[]>(
    "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = ? AND ID <> CONNECTION_ID()",
    [bench.database],
  );
  expect(sessions).toHaveLength(2);
  for (const { id } of sessions) await bench.connection.query(`KILL ${id}`);
  await loaded(2);
  child.kill("SIGTERM");
  expect(await ended).toMatchObject({ code: 0 });
});
