// trafMon_loader's whole pass over made logs, side by side with the server taking the same lines bare, and with what else
// puts flows into a database.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startPrivateMariaDb } from "../mariadb.mjs";
import { flowInserters } from "./flow-inserters.mjs";
import { measuredRun, median, usageOf } from "./measured-run.mjs";

const TRAFFIC = { flows: 50_000, minutes: 40, startS: Date.UTC(2026, 0, 1) / 1000 };
const ROUNDS = 3;
/** The pages of all tables fit, so that no row waits for a disk that belongs to somebody else today. */
const BUFFER_POOL_MIB = 2048;
const LOG_FILE_MIB = 512;
const TEMPLATE = "trafMon_template";
/** For programs that cannot be told a socket. */
const PORT = 7739;

/** Prints a table; `root`: the project's folder. */
export async function benchLoader(root, { traffic = TRAFFIC, rounds = ROUNDS } = {}) {
  const folder = join(root, "var/bench/loader");
  mkdirSync(folder, { recursive: true });
  const { logs, lines } = makeLogs(root, folder, traffic);
  const dir = join(folder, "db");
  rmSync(dir, { recursive: true, force: true });
  // As safe as the server is otherwise: the log is written at each commit.
  const server = await startPrivateMariaDb({
    dir,
    bufferPoolMiB: BUFFER_POOL_MIB,
    logFileMiB: LOG_FILE_MIB,
    port: PORT,
  });
  try {
    const { connect, installTemplate } = await import(join(root, "packages/database/dist/index.js"));
    const credentials = {
      socket: server.socket,
      host: "localhost",
      port: 0,
      user: "root",
      password: "",
      database: "x",
    };
    const connection = await connect(credentials, { database: null });
    await installTemplate(connection);
    // What a server does by itself: on disk at each commit, for everybody.
    await connection.query("SET GLOBAL innodb_flush_log_at_trx_commit = 1");
    const bench = { root, folder, logs, server, connection, traffic };
    const rows = [
      { name: "LOAD DATA, keyed (reference)", run: () => bareLoad(bench, true) },
      { name: "LOAD DATA, plain tables", run: () => bareLoad(bench, false) },
      { name: "trafMon_loader", run: () => ourLoad(bench) },
    ];
    const inserters = await flowInserters(root, folder, { connection, server, port: PORT });
    const others = inserters.filter(({ run }) => run !== undefined);
    for (const row of [...rows, ...others]) row.runs = [];
    for (let round = 0; round < rounds; round++) {
      for (const row of [...rows, ...others]) row.runs.push(await row.run());
    }
    console.log(
      `\n${lines.toLocaleString("en")} lines of ipct and tcpcx, ${traffic.flows.toLocaleString("en")} flows x ` +
        `${traffic.minutes} minutes; ${rounds} rounds in turn, medians`,
    );
    printTable(rows, lines);
    printOthers(rows[2], others, lines);
    for (const { name, missing } of inserters) if (missing !== undefined) console.log(`${name}: left out, ${missing}`);
    await connection.end();
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function printTable(rows, lines) {
  const wallOf = ({ runs }) => median(runs.map((run) => run.wallS));
  const line = (...cells) =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(34) : cell.padStart(13))).join(""));
  line("", "lines/s", "wall s", "program CPU", "server CPU", "ratio", "to plain");
  for (const row of rows) {
    const wallS = wallOf(row);
    line(
      row.name,
      Math.round(lines / wallS).toLocaleString("en"),
      wallS.toFixed(1),
      median(row.runs.map((run) => run.cpuS)).toFixed(1),
      median(row.runs.map((run) => run.serverCpuS)).toFixed(1),
      (wallS / wallOf(rows[0])).toFixed(2),
      (wallS / wallOf(rows[1])).toFixed(2),
    );
  }
  console.log("ratio: wall time to the reference's; CPU in seconds.");
}

/** Rows of the others beside lines of ours: each is a flow in a minute; pmacct has one per direction. */
function printOthers(ours, others, lines) {
  const line = (...cells) =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(36) : cell.padStart(15))).join(""));
  const ourRate = median(ours.runs.map((run) => lines / run.wallS));
  const ourCpuUs = median(ours.runs.map((run) => ((run.cpuS + run.serverCpuS) / lines) * 1e6));
  console.log("\nInto the same server, InnoDB, the same flush at commit:");
  line("", "rows/s", "CPU us a row", "loader's rate", "by CPU");
  line("trafMon_loader, lines", Math.round(ourRate).toLocaleString("en"), ourCpuUs.toFixed(1), "1.0", "1.0");
  for (const { name, runs } of others) {
    const rate = median(runs.map((run) => run.rowsPerS));
    const cpuUs = median(runs.map((run) => run.cpuUsPerRow));
    const cells = [Math.round(rate).toLocaleString("en"), cpuUs.toFixed(1)];
    line(name, ...cells, (ourRate / rate).toFixed(1), (cpuUs / ourCpuUs).toFixed(1));
  }
  console.log("Each line of the loader becomes a row, its minute, and part of an hour and a day; theirs one row.");
}

/** Makes the logs once. */
function makeLogs(root, folder, { flows, minutes, startS }) {
  const logs = join(folder, `logs-${flows}-${minutes}`);
  const lines = flows * minutes + flows;
  if (existsSync(logs)) return { logs, lines };
  console.log(`making ${logs}`);
  rmSync(`${logs}.part`, { recursive: true, force: true });
  const script = join(root, "packages/loader/bench/make-logs.ts");
  const words = ["--import", "tsx", "--conditions=source", script, `${logs}.part`, flows, minutes, startS].map(String);
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`cannot make the logs: ${stderr}`);
  renameSync(`${logs}.part`, logs);
  return { logs, lines };
}

/** The server's CPU seconds so far. */
const serverCpuS = ({ server }) => usageOf(server.pid).cpuS;

async function measured(bench, command, options) {
  const before = serverCpuS(bench);
  const run = await measuredRun(command, options);
  if (run.status !== 0) throw new Error(`cannot bench ${command[0]}: ${run.status}\n${run.output}`);
  return { ...run, serverCpuS: serverCpuS(bench) - before };
}

async function freshInstance({ connection }, name) {
  await connection.query(`DROP DATABASE IF EXISTS ${name}`);
  await connection.query(`DELETE FROM ${TEMPLATE}.instance WHERE name = ?`, [name]);
  await connection.query(`CALL ${TEMPLATE}.create_instance(?)`, [name]);
}

/** LOAD DATA LOCAL INFILE of the log files as they stand: `keyed` into the real tables, else into copies without. */
async function bareLoad(bench, keyed) {
  const { connection, logs, server, traffic } = bench;
  const name = "tm_bench_bare";
  await freshInstance(bench, name);
  const day = new Date(traffic.startS * 1000).toISOString().slice(0, 10);
  const { LEADING_FIELDS, planOf } = await import(join(bench.root, "packages/loader/dist/load/type-plan.js"));
  const { readTableColumns } = await import(join(bench.root, "packages/loader/dist/load/table-columns.js"));
  const tables = await readTableColumns(connection, name);
  const targets = {};
  for (const type of ["ipct", "tcpcx"]) {
    await connection.query(`CALL ${TEMPLATE}.partition_add(?, ?, ?)`, [name, `${type}table`, day]);
    targets[type] = keyed ? `${type}table` : `plain_${type}`;
    if (!keyed) await connection.query(`CREATE TABLE ${name}.plain_${type} SELECT * FROM ${name}.${type}table`);
  }
  const statements = [];
  for (const file of readdirSync(logs).sort()) {
    const type = file.split("_")[0];
    if (targets[type] === undefined) continue;
    const plan = planOf(type, tables);
    // As in the log: probe, run, record number, then the fields; the ids go in as they are, times are to be converted.
    const isTime = ({ form }) => form === "instant" || form === "second";
    const own = plan.fields.slice(LEADING_FIELDS);
    const columns = own.map((field, nth) => (isTime(field) ? `@time${nth}` : field.target));
    const times = own.flatMap((field, nth) =>
      isTime(field)
        ? // A string as a number would be a double and lose the last digits.
          [`${field.target} = TIMESTAMPADD(MICROSECOND, CAST(@time${nth} AS UNSIGNED) DIV 1000, '1970-01-01')`]
        : [],
    );
    const attributed = type === "ipct" ? ["attributed_flow_no = flow_no"] : [];
    const set = ["run_no = 1", ...attributed, ...plan.loadSet, ...times];
    statements.push(
      `LOAD DATA LOCAL INFILE '${join(logs, file)}' INTO TABLE ${name}.${targets[type]} CHARACTER SET utf8mb4 ` +
        `IGNORE 1 LINES (@probe, @run, record_no, ${columns.join(", ")}) SET ${set.join(", ")};`,
    );
  }
  const script = join(bench.folder, "bare.sql");
  writeFileSync(script, `SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES';\n${statements.join("\n")}\n`);
  const run = await measured(bench, [
    "mariadb",
    "--no-defaults",
    "--local-infile=1",
    `--socket=${server.socket}`,
    "-e",
    `source ${script}`,
  ]);
  const [[{ n }]] = await connection.query(`SELECT COUNT(*) AS n FROM ${name}.${targets.ipct}`);
  if (Number(n) !== traffic.flows * traffic.minutes) throw new Error(`the bare load took ${n} lines of ipct`);
  await connection.query(`DROP DATABASE ${name}`);
  return run;
}

/** The program as it is, from complete files to the last of them put away. */
async function ourLoad(bench) {
  const { connection, folder, logs, root, server, traffic } = bench;
  const name = "tm_bench_loader";
  await freshInstance(bench, name);
  const path = join(folder, "collector");
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  // Not copied: the server's flushes would wait for the copies to reach the disk.
  for (const file of readdirSync(logs)) linkSync(join(logs, file), join(path, file));
  const cred = join(folder, "db.cred");
  writeFileSync(cred, `[database]\nsocket = ${server.socket}\nuser = root\ndatabase = ${name}\n`);
  chmodSync(cred, 0o600);
  const main = join(root, "packages/loader/bundle/main.js");
  const run = await measured(bench, [process.execPath, main, "-p", path, "--cred", cred, "-L", folder, "--keep", "0"]);
  for (const suffix of ["", "_1m", "_1h", "_1d"]) {
    const [[sums]] = await connection.query(
      `SELECT CAST(SUM(fwd_bytes + rev_bytes) AS CHAR) AS bytes, COUNT(DISTINCT flow_no) AS flows FROM ${name}.ipcttable${suffix}`,
    );
    run.bytes ??= sums.bytes;
    if (sums.bytes !== run.bytes || Number(sums.flows) !== traffic.flows)
      throw new Error(`ipcttable${suffix} has other sums`);
  }
  await connection.query(`DROP DATABASE ${name}`);
  return run;
}

// node scripts/bench/loader.mjs [ROUNDS [FLOWS MINUTES]]
if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [rounds = ROUNDS, flows = TRAFFIC.flows, minutes = TRAFFIC.minutes] = process.argv.slice(2).map(Number);
  await benchLoader(join(import.meta.dirname, "../.."), { rounds, traffic: { ...TRAFFIC, flows, minutes } });
}
