// Rows a second of what else puts flows into MySQL or MariaDB: argus' rasqlinsert and pmacct's MySQL plugin.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { usageOf } from "./measured-run.mjs";

/** As many flows as the loader has, each in a few of the minutes: some 100,000 records of a flow and minute. */
const CAPTURE = { packets: 300_000, flows: 50_000, durationS: 600, seed: 1 };
/** What is measured, from the first row on: it goes on at the same rate. */
const MEASURED_S = 10;
const LOOK_MS = 100;
/** Without a new row for so long it is done. */
const QUIET_MS = 5000;
const START_MS = 60_000;

/** rasqlinsert's fields; the last words leave out the binary record, which would double its work. */
const ARGUS_FIELDS = "-s stime dur proto saddr sport daddr dport spkts dpkts sbytes dbytes -s -record";
/** As rasqlinsert makes it, but for the engine: it asks for MyISAM, which knows no transaction. */
const ARGUS_TABLE = `stime double(18,6) unsigned NOT NULL, dur double(18,6) NOT NULL, proto varchar(16) NOT NULL,
  saddr varchar(64) NOT NULL, sport varchar(10) NOT NULL, daddr varchar(64) NOT NULL, dport varchar(10) NOT NULL,
  spkts bigint, dpkts bigint, sbytes bigint, dbytes bigint`;
/** The columns that it fills, with a key over what makes a row, as its own tables have. */
const PMACCT_TABLE = `ip_src char(45) NOT NULL, ip_dst char(45) NOT NULL, src_port int unsigned NOT NULL,
  dst_port int unsigned NOT NULL, ip_proto char(20) NOT NULL, packets int unsigned NOT NULL,
  bytes bigint unsigned NOT NULL, stamp_inserted datetime NOT NULL, stamp_updated datetime,
  PRIMARY KEY (ip_src, ip_dst, src_port, dst_port, ip_proto, stamp_inserted)`;
const USER = { name: "bench", password: "bench" };
const DATABASE = "tm_bench_others";

/**
 * What there is to compare with: `{ name, run }` each, or `{ name, missing }` with the reason. `run` gives rows a second
 * and the CPU time of program and server per row, microseconds. `server`: of startPrivateMariaDb, listening on `port`.
 */
export async function flowInserters(root, folder, { connection, server, port }) {
  const capture = join(folder, "records.pcap");
  if (!existsSync(capture)) {
    const { writeBenchCapture } = await import(join(root, "packages/trafgen/dist/index.js"));
    writeBenchCapture(`${capture}.part`, CAPTURE);
    renameSync(`${capture}.part`, capture);
  }
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${DATABASE}`);
  await connection.query(`CREATE USER IF NOT EXISTS ${USER.name}@'%' IDENTIFIED BY '${USER.password}'`);
  await connection.query(`GRANT ALL ON ${DATABASE}.* TO ${USER.name}@'%'`);
  const into = async (table, columns, command) => {
    await connection.query(`DROP TABLE IF EXISTS ${DATABASE}.${table}`);
    await connection.query(`CREATE TABLE ${DATABASE}.${table} (${columns}) ENGINE = InnoDB`);
    return await insertionRate(connection, server, command);
  };
  const site = { capture, folder, port };
  return [
    argusInserter(site, into),
    pmacctInserter("pmacct, as it comes", {}, root, site, into),
    pmacctInserter(
      "pmacct, INSERT only, many rows each",
      { sql_dont_try_update: true, sql_multi_values: 1_000_000 },
      root,
      site,
      into,
    ),
  ];
}

function argusInserter({ capture, folder, port }, into) {
  const name = "rasqlinsert";
  const missing = ["argus", "rasqlinsert"].find((each) => spawnSync("sh", ["-c", `command -v ${each}`]).status !== 0);
  if (missing !== undefined) return { name, missing: `${missing} is not installed` };
  const records = join(folder, "records.argus");
  if (!existsSync(records)) {
    const { status } = spawnSync("argus", ["-r", capture, "-S", "60", "-w", `${records}.part`]);
    if (status !== 0) return { name, missing: `argus ended with ${status}` };
    renameSync(`${records}.part`, records);
  }
  const target = `mysql://${USER.name}:${USER.password}@127.0.0.1:${port}/${DATABASE}/argus`;
  const command = ["rasqlinsert", "-r", records, "-w", target, "-m", "none", ...ARGUS_FIELDS.split(" ")];
  return { name, run: () => into("argus", ARGUS_TABLE, { command }) };
}

/** pmacctd reads the capture and adds a row per direction of a flow and minute. */
function pmacctInserter(name, more, root, { capture, folder, port }, into) {
  const found = pmacctd(root);
  if (typeof found === "string") return { name, missing: found };
  const settings = {
    daemonize: false,
    pcap_savefile: capture,
    plugins: "mysql",
    aggregate: "src_host,dst_host,src_port,dst_port,proto",
    sql_host: "127.0.0.1",
    sql_port: port,
    sql_user: USER.name,
    sql_passwd: USER.password,
    sql_db: DATABASE,
    sql_table: "pmacct",
    sql_optimize_clauses: true,
    sql_history: "1m",
    sql_history_roundoff: "m",
    sql_refresh_time: 60,
    // Room for all, so that it loses nothing.
    sql_cache_entries: 1_000_003,
    plugin_pipe_size: 268_435_456,
    plugin_buffer_size: 65_536,
    ...more,
  };
  const file = join(folder, "pmacctd.conf");
  const run = () => {
    const lines = Object.entries(settings).map(([key, value]) => `${key}: ${value}\n`);
    writeFileSync(file, lines.join(""));
    return into("pmacct", PMACCT_TABLE, { command: [found.path, "-f", file], env: found.env });
  };
  return { name, run };
}

/** Fetched and unpacked the first time; a text says why it cannot be. */
function pmacctd(root) {
  const folder = join(root, "var/tools/pmacct");
  const unpack = join(root, "packages/trafgen/receivers/unpack-packages.sh");
  const { status, stderr } = spawnSync(unpack, [folder, "pmacct"], { encoding: "utf8" });
  if (status !== 0) return `it cannot be fetched: ${stderr.trim()}`;
  const own = join(folder, "usr/sbin/pmacctd");
  const libraries = ["x86_64-linux-gnu", "aarch64-linux-gnu", ""].map((triple) => join(folder, "usr/lib", triple));
  // One that is installed is not unpacked.
  return {
    path: existsSync(own) ? own : "/usr/sbin/pmacctd",
    env: { ...process.env, LD_LIBRARY_PATH: libraries.join(":") },
  };
}

/** Runs a command and looks how many rows the server takes, from the first one on, so that its start does not count. */
async function insertionRate(connection, server, { command, env }) {
  const group = await startGroup(command, env);
  const look = async () => {
    const [[status]] = await connection.query("SHOW GLOBAL STATUS LIKE 'Handler_write'");
    return {
      rows: Number(status.Value),
      atMs: performance.now(),
      cpuS: groupCpuS(group) + usageOf(server.pid).cpuS,
    };
  };
  const before = await look();
  let [first, last] = [before, before];
  try {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const now = await look();
      if (now.rows > last.rows) {
        if (first === before) first = now;
        last = now;
      } else if (now.atMs - last.atMs > (first === before ? START_MS : QUIET_MS)) break;
      if (first !== before && now.atMs - first.atMs > MEASURED_S * 1000) break;
    }
  } finally {
    // rasqlinsert stays after the last record, and no signal that it could answer ends it. Its own processes only.
    try {
      process.kill(-group, "SIGKILL");
    } catch {
      // All of them have ended.
    }
  }
  const rows = last.rows - first.rows;
  if (rows <= 0) throw new Error(`cannot bench ${command[0]}: it added no rows`);
  return { rowsPerS: rows / ((last.atMs - first.atMs) / 1000), cpuUsPerRow: ((last.cpuS - first.cpuS) / rows) * 1e6 };
}

/**
 * Starts a command in a process group of its own, and gives the group's number. Not in a session of its own, to which the
 * scheduler would give a share of its own beside the server's.
 */
async function startGroup(command, env) {
  const child = spawn("bash", ["-c", 'set -m; "$@" >/dev/null & echo $!', "bash", ...command], {
    stdio: ["ignore", "pipe", "ignore"],
    env,
  });
  const [line] = await once(child.stdout, "data");
  return Number(line);
}

/** CPU seconds so far of the processes of a group that live. */
function groupCpuS(group) {
  let sum = 0;
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /, "")
        .split(" ");
      if (Number(fields[2]) === group) sum += (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum;
}
