/**
 * A private MariaDB server: its own data folder, a socket only, no system service touched. Plain Node without
 * dependencies, because the demo runs it before anything is installed.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;
/** sun_path of a Unix socket holds 108 bytes, the closing zero included (unix(7)). */
const SOCKET_PATH_MAX_BYTES = 107;
/** Debian keeps servers where an ordinary user's PATH does not look. */
const SEARCH_PATH = `${process.env.PATH ?? ""}:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin`;

/** @typedef {{ socket: string, pid: number, dir: string, stop: () => Promise<void> }} PrivateMariaDb */

/**
 * Starts the server of `dir`, making its data folder the first time; joins it when it runs already.
 *
 *   dir/data/        data folder          dir/mariadb.pid     process id while it runs
 *   dir/mariadb.err  the server's log     dir/socket.path     where its socket is
 *   dir/tmp/         temporary tables
 *
 * `safe: false` leaves out every flush to disk: for tests, whose data a power cut may have.
 * `detached: true` lets it outlive this process; `stopPrivateMariaDb(dir)` ends it.
 * Root has no password; only this machine reaches the socket.
 * `port`: it listens on 127.0.0.1 as well, for clients that cannot be told a socket.
 * @param {{ dir: string, safe?: boolean, detached?: boolean, bufferPoolMiB?: number, logFileMiB?: number,
 *   port?: number | null }} options
 * @returns {Promise<PrivateMariaDb>}
 */
export async function startPrivateMariaDb({
  dir,
  safe = true,
  detached = false,
  bufferPoolMiB = 128,
  logFileMiB = 64,
  port = null,
}) {
  dir = resolve(dir);
  const running = await runningPid(dir);
  if (running !== null) return { socket: socketPath(dir), pid: running, dir, stop: () => stopPrivateMariaDb(dir) };

  const server = findProgram(["mariadbd", "mysqld"]);
  mkdirSync(dir, { recursive: true });
  const dataDir = join(dir, "data");
  const tmpDir = join(dir, "tmp");
  mkdirSync(tmpDir, { recursive: true });
  if (!existsSync(join(dataDir, "mysql"))) initialise(dataDir, tmpDir);
  const socket = socketPath(dir);
  rmSync(socket, { force: true });
  const errorLog = join(dir, "mariadb.err");
  const out = openSync(errorLog, "a");
  const child = spawn(
    server,
    [
      "--no-defaults",
      ...asUser(),
      `--datadir=${dataDir}`,
      `--socket=${socket}`,
      // A server that starts removes all servers' temporary tables from the folder it shares with them.
      `--tmpdir=${tmpDir}`,
      `--pid-file=${pidFile(dir)}`,
      ...(port === null ? ["--skip-networking"] : ["--bind-address=127.0.0.1", `--port=${port}`]),
      "--local-infile=1",
      "--performance-schema=OFF",
      `--innodb-buffer-pool-size=${bufferPoolMiB}M`,
      `--innodb-log-file-size=${logFileMiB}M`,
      `--innodb-flush-log-at-trx-commit=${safe ? 2 : 0}`,
      ...(safe ? [] : ["--innodb-flush-method=nosync", "--innodb-doublewrite=0"]),
      // A table partitioned by day is a file per day.
      "--table-open-cache=4000",
      "--max-connections=200",
    ],
    { stdio: ["ignore", out, out], detached },
  );
  let ended = /** @type {string | null} */ (null);
  child.on("error", (error) => {
    ended = error.message;
  });
  child.on("exit", (code, signal) => {
    ended = `it ended with ${signal ?? `code ${code}`}`;
  });
  if (detached) child.unref();

  const untilMs = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(socket))) {
    if (ended !== null || Date.now() > untilMs) {
      throw new Error(`cannot start ${server}: ${ended ?? "it does not answer"}; its last words:\n${tail(errorLog)}`);
    }
    await pause(20);
  }
  return { socket, pid: /** @type {number} */ (child.pid), dir, stop: () => stopPrivateMariaDb(dir) };
}

/** Ends the server of `dir` and waits until it has. Nothing happens when none runs. @param {string} dir */
export async function stopPrivateMariaDb(dir) {
  dir = resolve(dir);
  const pid = await runningPid(dir);
  if (pid === null) return;
  process.kill(pid, "SIGTERM");
  const untilMs = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > untilMs) throw new Error(`cannot stop the database server ${pid} of ${dir}: it goes on running`);
    await pause(20);
  }
  const folder = dirname(socketPath(dir));
  if (folder !== dir) rmSync(folder, { recursive: true, force: true });
}

/** Process id of the server that runs on `dir`, or null. @param {string} dir @returns {Promise<number | null>} */
export async function runningPid(dir) {
  dir = resolve(dir);
  if (!existsSync(pidFile(dir))) return null;
  const pid = Number(readFileSync(pidFile(dir), "utf8").trim());
  // A pid file outlives a crash, and its number may have gone to another process.
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid) || !commandLine(pid).includes(join(dir, "data"))) return null;
  return (await answers(socketPath(dir))) ? pid : null;
}

/** Full path of the first of these programs that is installed. @param {readonly string[]} names */
export function findProgram(names) {
  for (const folder of SEARCH_PATH.split(":")) {
    for (const name of names) {
      const path = join(folder, name);
      if (folder !== "" && existsSync(path) && statSync(path).isFile()) return path;
    }
  }
  throw new Error(
    `cannot find ${names.join(" or ")}: install it, on Debian with \`apt-get install mariadb-server-core\``,
  );
}

/** @param {string} dataDir @param {string} tmpDir */
function initialise(dataDir, tmpDir) {
  const program = findProgram(["mariadb-install-db", "mysql_install_db"]);
  // What an interrupted initialisation left behind would be refused.
  rmSync(dataDir, { recursive: true, force: true });
  const done = spawnSync(
    program,
    [
      "--no-defaults",
      ...asUser(),
      `--datadir=${dataDir}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
      "--innodb-log-file-size=64M",
    ],
    { encoding: "utf8", env: { ...process.env, PATH: SEARCH_PATH, TMPDIR: tmpDir } },
  );
  if (done.status !== 0) {
    rmSync(dataDir, { recursive: true, force: true });
    const why = done.error?.message ?? `${done.stdout}\n${done.stderr}`.trim();
    throw new Error(`cannot make a database in ${dataDir} with ${program}: ${why}`);
  }
}

/** The server refuses to run as root unless told so by name. */
function asUser() {
  return process.getuid?.() === 0 ? [`--user=${userInfo().username}`] : [];
}

/** @param {string} dir */
function pidFile(dir) {
  return join(dir, "mariadb.pid");
}

/** In `dir` if its path is short enough for a socket, else in a temporary folder noted in `dir`. @param {string} dir */
function socketPath(dir) {
  const note = join(dir, "socket.path");
  if (existsSync(note)) {
    const noted = readFileSync(note, "utf8").trim();
    if (existsSync(dirname(noted))) return noted;
  }
  const near = join(dir, "mariadb.sock");
  const path =
    Buffer.byteLength(near) <= SOCKET_PATH_MAX_BYTES ? near : join(mkdtempSync(join(tmpdir(), "tm-")), "db.sock");
  if (existsSync(dir)) writeFileSync(note, `${path}\n`);
  return path;
}

/** @param {string} socket @returns {Promise<boolean>} */
function answers(socket) {
  return new Promise((settle) => {
    if (!existsSync(socket)) return settle(false);
    const probe = createConnection(socket);
    probe.setTimeout(2_000, () => probe.destroy());
    // The server greets first.
    probe.once("data", () => {
      settle(true);
      probe.destroy();
    });
    probe.once("error", () => settle(false));
    probe.once("close", () => settle(false));
  });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    // A child nobody has waited for yet is still a process, but no server.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}

/** @param {number} pid */
function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** @param {string} path */
function tail(path) {
  return readFileSync(path, "utf8").trim().split("\n").slice(-15).join("\n");
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
