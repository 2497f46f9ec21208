import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { type Connection, connect } from "@trafmon/database";
import { EXIT } from "@trafmon/runtime";
import { type PrivateServer, startPrivateServer } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LoaderUnderTest } from "./fixtures/loader-under-test.ts";
import { addSampleTraffic, randomNumbers, SAMPLE_START_S, SampleLogs } from "./fixtures/sample-logs.ts";
import { compareDatabases } from "./rebuild/compare-databases.ts";

// npm run test:crash sets them: how often a loader or a server is killed, and the chance of an earlier run.
const KILLS = Number(process.env.TRAFMON_TEST_KILLS ?? 4);
const SEED = Number(process.env.TRAFMON_TEST_SEED ?? Date.now() % 2 ** 31);

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

let folder: string;
let server: PrivateServer;
let bench: LoaderUnderTest;
let children: ChildProcess[];

const connected = (): Promise<Connection> =>
  connect(
    { socket: server.socket, host: "localhost", port: 3306, user: "root", password: "", database: "none" },
    { database: null },
  );

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "tm-crash-"));
  server = await startPrivateServer(join(folder, "db"));
  bench = await LoaderUnderTest.make(await connected());
  children = [];
  const credentials = `socket = ${server.socket}\nuser = root\ndatabase = ${bench.database}\n`;
  writeFileSync(join(bench.path, "db.cred"), credentials, { mode: 0o600 });
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  await bench.remove();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts the program; batches are small, so that one is read while another is merged. */
function start(path = bench.path, ...more: string[]) {
  const options = ["-p", path, "-l", "-L", join(folder, "log"), "--template", bench.template, "--batch", "1", ...more];
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), "--conditions=source", MAIN, ...options],
    { cwd: bench.path, stdio: ["ignore", "ignore", "pipe"] },
  );
  children.push(child);
  let err = "";
  child.stderr!.on("data", (part) => {
    err += part;
  });
  return {
    child,
    ended: new Promise<{ code: number | null; err: string }>((done) =>
      child.on("close", (code) => done({ code, err })),
    ),
  };
}

/** Waits until the loader has begun with the database. */
async function begun(child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const [rows] = await bench.connection.query(
      "SELECT IS_USED_LOCK(CONCAT('trafMon_loader_', LEFT(SHA2(?, 256), 32))) AS session",
      [bench.database],
    );
    if ((rows as { session: unknown }[])[0]!.session !== null) return;
    await pause(5);
  }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function killServer(): Promise<void> {
  bench.connection.on("error", () => {});
  process.kill(server.pid, "SIGKILL");
  for (;;) {
    try {
      process.kill(server.pid, 0);
    } catch {
      break;
    }
    if (/^State:\s+Z/m.test(readFileSync(`/proc/${server.pid}/status`, "utf8"))) break;
    await pause(5);
  }
  bench.connection.destroy();
  server = await startPrivateServer(join(folder, "db"));
  bench.connection = await connected();
}

async function hasTables(): Promise<boolean> {
  const [rows] = await bench.connection.query(
    "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'load_history'",
    [bench.database],
  );
  return (rows as unknown[]).length > 0;
}

/** Observations of other families: rows without sums, ranges that are joined, an hour of NetFlow that replaces another. */
function addOthers(logs: SampleLogs, nth: number, next: () => number): void {
  const startS = SAMPLE_START_S + 60 * nth;
  logs.add("event", { at_s: startS, code: "x", text: `event ${nth}`, parameters: "{}" });
  logs.add("ident", {
    address: Uint8Array.of(192, 0, 2, nth % 3),
    kind: "name",
    value: "www.example",
    source: "dns",
    valid_from_s: startS,
    valid_to_s: startS + (next() % 200),
  });
  for (let flow = 0; flow < 5; flow++) {
    logs.add("netflow", {
      exporter: Uint8Array.of(10, 9, 9, nth % 4),
      src_address: Uint8Array.of(10, 0, 0, flow),
      dst_address: Uint8Array.of(192, 0, 2, 1),
      protocol: 17,
      first_s: SAMPLE_START_S,
      last_s: SAMPLE_START_S + (next() % 4000),
      packets: 1 + (next() % 1000),
      bytes: 100_000 + (next() % 1000),
      sampling_rate: 3,
    });
  }
}

/** A formatter of NetFlow names its files for the hour. */
function nameForHour(name: string): void {
  if (!name.startsWith("netflow_")) return;
  const hour = (Math.floor(SAMPLE_START_S / 3600) * 3600).toString(16).padStart(16, "0");
  renameSync(join(bench.path, name), join(bench.path, name.replace(/_[0-9a-f]{16}_/, `_${hour}_`)));
}

/** Unpacks kept logs into a loader's folder. */
function putBack(kept: string, path: string): void {
  for (const day of readdirSync(kept)) {
    for (const name of readdirSync(join(kept, day))) {
      writeFileSync(join(path, basename(name, ".gz")), gunzipSync(readFileSync(join(kept, day, name))));
    }
  }
}

test("loaders and servers killed at any instant leave nothing half done, and the next run finishes", {
  timeout: 120_000 + KILLS * 90_000,
}, async () => {
  const next = randomNumbers(SEED);
  const logs = new SampleLogs("p1");
  const totals = { packets: 0n, bytes: 0n };
  /** How long a pass takes from its begin to its end; the first guess is mended by each run that finishes. */
  let passMs = 800;
  for (let kill = 0; kill < KILLS; kill++) {
    const told = `kill ${kill} of seed ${SEED}`;
    for (let file = 0; file < 3; file++) {
      const added = addSampleTraffic(logs, 300, 6, next());
      totals.packets += added.packets;
      totals.bytes += added.bytes;
      addOthers(logs, kill * 3 + file, next);
      for (const name of logs.write(bench.path)) nameForHour(name);
    }
    const first = start();
    await begun(first.child);
    await pause((next() / 2 ** 32) * passMs);
    if (kill % 2 === 0) {
      first.child.kill("SIGKILL");
      await first.ended;
    } else {
      await killServer();
      const { code, err } = await first.ended;
      expect([EXIT.DONE, EXIT.SERVER_UNAVAILABLE], `${told}: ${err}`).toContain(code);
    }
    // The server may still be undoing what the killed session left; what is there is whole all the same.
    if (await hasTables()) {
      const [rows, minutes, hours, days] = await bench.accountTotals();
      expect([minutes, hours, days], told).toEqual([rows, rows, rows]);
    }
    let begunMs = 0;
    for (let attempt = 1; ; attempt++) {
      const again = start();
      await begun(again.child);
      begunMs = performance.now();
      const { code, err } = await again.ended;
      // The server ends the statement of a killed session before it gives its lock away: later, then.
      if (code === EXIT.TRY_AGAIN && attempt < 20) continue;
      expect(code, `${told}: ${err}`).toBe(EXIT.DONE);
      break;
    }
    passMs = Math.max(200, (performance.now() - begunMs) * 1.2);
    expect(await bench.accountTotals(), told).toEqual([totals, totals, totals, totals]);
    expect(readdirSync(join(bench.path, "loading")), told).toEqual([]);
  }

  // Nothing else differs either from what one loader makes of the same files that nobody kills.
  const undisturbed = `${bench.database}_whole`;
  const kept = join(folder, "kept");
  cpSync(join(bench.path, "loaded"), kept, { recursive: true });
  const others = join(folder, "others");
  mkdirSync(others);
  putBack(kept, others);
  expect(await start(others, "-d", undisturbed).ended).toMatchObject({ code: EXIT.DONE });
  expect(await compareDatabases(bench.connection, bench.database, undisturbed)).toEqual([]);
  const lists = (name: string) =>
    bench.rows(`SELECT COUNT(*) AS n, MIN(valid_from) AS a, MAX(valid_to) AS b FROM \`${name}\`.address_identity`);
  expect(await lists(bench.database)).toEqual(await lists(undisturbed));

  // What was loaded, loaded again.
  const before = await bench.rows("SELECT COUNT(*) AS n FROM load_history");
  putBack(kept, bench.path);
  expect(await start().ended).toMatchObject({ code: EXIT.DONE });
  expect(await bench.accountTotals()).toEqual([totals, totals, totals, totals]);
  expect(await bench.rows("SELECT COUNT(*) AS n FROM load_history")).toEqual(before);
});
