// Where a demo keeps everything, and what it has running.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runningPid, startPrivateMariaDb, stopPrivateMariaDb } from "../mariadb.mjs";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const folder = join(root, "var/demo");

export const paths = {
  etc: join(folder, "etc"),
  configuration: join(folder, "etc/tmon.xml"),
  ipInfo: join(folder, "etc/ipInfo.ini"),
  credentials: join(folder, "etc/db.cred"),
  key: join(folder, "etc/demo.key"),
  logs: join(folder, "collector"),
  state: join(folder, "state"),
  spool: join(folder, "spool"),
  programLogs: join(folder, "log"),
  reports: join(folder, "reports"),
  database: join(folder, "db"),
  collectorPid: join(folder, "collector.pid"),
};

/** Ends what an earlier demo left running. Gives the names of what was ended. */
export async function stopAll() {
  const ended = [];
  const pid = collectorPid();
  if (pid !== null) {
    process.kill(pid, "SIGTERM");
    for (let i = 0; i < 300 && isOurs(pid); i++) await new Promise((done) => setTimeout(done, 50));
    ended.push("tmon_collector");
  }
  rmSync(paths.collectorPid, { force: true });
  if ((await runningPid(paths.database)) !== null) {
    await stopPrivateMariaDb(paths.database);
    ended.push("the private MariaDB");
  }
  return ended;
}

/** An empty folder, with nothing running from an earlier demo. */
export async function emptyFolder() {
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
  for (const path of [paths.etc, paths.logs, paths.state, paths.spool, paths.programLogs, paths.reports]) {
    mkdirSync(path, { recursive: true });
  }
}

/** The server of the last demo, started if it does not run. It outlives this process. */
export function startDatabase() {
  return startPrivateMariaDb({ dir: paths.database, detached: true });
}

export function hasDatabase() {
  return existsSync(join(paths.database, "data"));
}

export function noteCollector(pid) {
  writeFileSync(paths.collectorPid, `${pid}\n`);
}

function collectorPid() {
  if (!existsSync(paths.collectorPid)) return null;
  const pid = Number(readFileSync(paths.collectorPid, "utf8"));
  return isOurs(pid) ? pid : null;
}

/** A process number may have been given to somebody else since. */
function isOurs(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(paths.configuration);
  } catch {
    return false;
  }
}
