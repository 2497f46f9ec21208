import { type ChildProcess, spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NamedLock, type RowDataPacket } from "@trafmon/database";
import { databaseServer } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RebuildUnderTest } from "./fixtures/rebuild-under-test.ts";
import { addSampleTraffic, FLOW, IPCT, SampleLogs } from "./fixtures/sample-logs.ts";

const MAIN = fileURLToPath(new URL("rebuild-main.ts", import.meta.url));

let bench: RebuildUnderTest;
let children: ChildProcess[];

beforeEach(async () => {
  bench = await RebuildUnderTest.make();
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

async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const options = ["-p", bench.path, "-l", "-L", join(bench.path, "log"), "--template", bench.template, ...args];
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), "--conditions=source", MAIN, ...options],
    { cwd: bench.path, stdio: ["ignore", "pipe", "pipe"] },
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
  return await new Promise((done) => child.on("close", (code) => done({ code, out, err })));
}

const exists = async (database: string) => {
  const [rows] = await bench.connection.query<RowDataPacket[]>(
    "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?",
    [database],
  );
  return rows.length > 0;
};

test("it tells what only the database has, takes it over, and puts the new tables in the old ones' place", async () => {
  const logs = new SampleLogs("p1").add("flow", FLOW).add("ipct", { ...IPCT, fwd_packets: 1 });
  logs.write(bench.path);
  await bench.load();
  rmSync(join(bench.path, "loaded"), { recursive: true });
  logs.add("tcpct", { ...IPCT, fwd_packets: 2 }).write(bench.path);
  await bench.load();
  const alone = await run("--into", bench.into, "--logs-only");
  expect(alone).toMatchObject({ code: 65 });
  expect(alone.out).toContain(`ipct: 2026-03-01 missing in ${bench.into}, logs no longer kept\n`);
  expect(alone.out).toContain(`ipcttable_1d.fwd_packets: 1 in ${bench.database}, 0 in ${bench.into}\n`);
  expect(await run("--into", bench.into)).toMatchObject({ code: 64, err: expect.stringContaining("LOADER_NOT_EMPTY") });
  await bench.connection.query(`DROP DATABASE \`${bench.into}\``);
  expect(await run("--into", bench.into, "--swap", bench.aside)).toMatchObject({
    code: 0,
    out:
      `ipct: 2026-03-01 taken over from ${bench.database}, logs no longer kept\n` +
      `1 files, 1 lines loaded into ${bench.into}: the same as ${bench.database}\n` +
      `${bench.database} has the new tables, ${bench.aside} the old ones\n`,
  });
  expect(await bench.rows("SELECT fwd_packets FROM ipcttable_1d")).toEqual([{ fwd_packets: 1 }]);
});

test("what cannot be is refused before anything is loaded", async () => {
  await bench.load();
  const refused = async (code: number, name: string, ...args: string[]) =>
    expect(await run(...args), args.join(" ")).toMatchObject({ code, err: expect.stringContaining(`[${name}]\n  `) });
  await refused(64, "LOADER_NOT_EMPTY", "--into", bench.database);
  await refused(64, "LOADER_NOT_EMPTY", "--into", bench.into, "--swap", bench.database);
  await refused(78, "LOADER_NO_DATABASE", "--into", bench.into, "-d", "nowhere");
  expect(await exists(bench.into)).toBe(false);
});

test("the tables do not change places when the lock was lost on the way", async () => {
  const logs = new SampleLogs("p1");
  addSampleTraffic(logs, 300, 20, 1);
  logs.write(bench.path);
  await bench.load();
  const { name } = new NamedLock(bench.connection, "trafMon_loader", bench.database);
  const running = run("--into", bench.into, "--swap", bench.aside);
  let session: unknown = null;
  while (session === null) {
    const [rows] = await bench.connection.query<RowDataPacket[]>("SELECT IS_USED_LOCK(?) AS session", [name]);
    session = rows[0]!.session;
  }
  await bench.connection.query(`KILL ${session}`);
  expect(await running).toMatchObject({ code: 75, err: expect.stringContaining("[LOADER_LOCK_LOST]") });
  expect(await bench.rows("SELECT COUNT(*) AS n FROM load_history")).toEqual([{ n: 4 }]);
  const [left] = await bench.connection.query<RowDataPacket[]>(
    "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?",
    [bench.aside],
  );
  expect(left).toEqual([]);
});
