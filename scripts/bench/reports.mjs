// The reports over a month of made-up history, as whole processes: the manager's, the operator's, the conversations, the
// full set of details for 50 flows of each protocol, and the manager's over a network with twelve times as many hosts.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startPrivateMariaDb } from "../mariadb.mjs";
import { measuredRun, median, usageOf } from "./measured-run.mjs";

const PERIOD = ["-s", "2026-10-01", "-e", "2026-10-31"];
const ROUNDS = 3;
const BUFFER_POOL_MIB = 1024;
const DATABASE = "tm_bench_reports";
/** The same month in so many copies, each with hosts of its own: half a million rows of days. */
const COPIES = 12;
const MANY = "tm_bench_many";
const PREPARED = ["activityvolumetable_1d", "activityvolumetable_1h"];
const TEMPLATE = "trafMon_template";
/** Who the details are about: offices and control room, with all they talk to. */
const PATTERNS = "10.40.0.0/16 , 10.50.0.0/16\n10.42.0.0/16\n";

/** Prints a table; `root`: the project's folder. The database is made once and kept. */
export async function benchReports(root, { rounds = ROUNDS } = {}) {
  const folder = join(root, "var/bench/reports");
  mkdirSync(folder, { recursive: true });
  const server = await startPrivateMariaDb({ dir: join(folder, "db"), safe: false, bufferPoolMiB: BUFFER_POOL_MIB });
  try {
    const credentials = join(folder, "db.cred");
    rmSync(credentials, { force: true });
    writeFileSync(credentials, `[database]\nsocket = ${server.socket}\nuser = root\ndatabase = ${DATABASE}\n`, {
      mode: 0o600,
    });
    if (!existsSync(join(folder, "made"))) await makeMonth(root, folder, credentials, server);
    if (!existsSync(join(folder, "made-many"))) await makeMany(root, folder, server);
    writeFileSync(join(folder, "hosts"), PATTERNS);
    const common = (database) => ["--cred", credentials, "-d", database, "-D", join(folder, "out")];
    const volume = (database, kind) => [
      ...[join(root, "packages/reports/bundle/main.js"), ...common(database), "-l", join(folder, "log")],
      ...["-t", "25", ...PERIOD, "-r", kind],
    ];
    const detail = [
      ...[join(root, "packages/reports/bundle/detail-main.js"), ...common(DATABASE), "-L", join(folder, "log")],
      ...["-f", join(folder, "hosts"), "-s", "2026-10-01", "-t", "monthly"],
    ];
    const rows = [
      { name: "manager, a month (wanted: under 5 s)", args: volume(DATABASE, "manager") },
      { name: "operator, a month", args: volume(DATABASE, "operator") },
      { name: "conversation, a month", args: volume(DATABASE, "conversation") },
      { name: "manager, 500,000 rows of days", args: volume(MANY, "manager") },
      { name: "12 details of 50 flows each (under 30 s)", args: detail },
    ];
    for (const row of rows) row.runs = [];
    for (let round = 0; round < rounds; round++) {
      for (const row of rows) row.runs.push(await oneRun(row.args, server));
    }
    console.log(`\nreports over a month; ${rounds} rounds in turn, medians (CPU: program + server)`);
    for (const { name, runs } of rows) {
      const of = (pick) => median(runs.map(pick)).toFixed(1).padStart(6);
      console.log(
        `${name.padEnd(42)}${of((run) => run.wallS)} s ${of((run) => run.cpuS)} + ${of((run) => run.serverS)} s CPU ` +
          `${of((run) => run.peakMiB)} MiB`,
      );
    }
  } finally {
    await server.stop();
  }
}

async function oneRun(args, server) {
  const before = usageOf(server.pid)?.cpuS ?? 0;
  const run = await measuredRun([process.execPath, ...args]);
  if (run.status !== 0) throw new Error(`a report ended with ${run.status}: ${run.output}`);
  return { ...run, serverS: (usageOf(server.pid)?.cpuS ?? 0) - before };
}

async function makeMonth(root, folder, credentials, server) {
  const history = join(folder, "history");
  rmSync(history, { recursive: true, force: true });
  const run = (program, ...args) => {
    const done = spawnSync(process.execPath, [join(root, "packages", program), ...args], { encoding: "utf8" });
    if (done.status !== 0) throw new Error(`${program} ended with ${done.status}: ${done.stderr}`);
  };
  run("trafgen/bundle/history-main.js", "-o", history, ...PERIOD, "--interval", "3600");
  const { connect, installTemplate, callRoutine } = await import(join(root, "packages/database/dist/index.js"));
  const account = { socket: server.socket, host: "localhost", port: 0, user: "root", password: "", database: "x" };
  const connection = await connect(account, { database: null });
  await connection.query(`DROP DATABASE IF EXISTS ${DATABASE}`);
  await installTemplate(connection);
  const to = ["--cred", credentials, "-d", DATABASE];
  run("loader/bundle/main.js", "-p", join(history, "logs"), ...to, "-L", join(folder, "log"));
  run("ipinfo/bundle/main.js", "-p", join(history, "ipInfo.ini"), ...to, "--no-dns", "-L", join(folder, "log"));
  await callRoutine(connection, TEMPLATE, "Aggr_activityvolumetable_first_level", [DATABASE, PERIOD[1], PERIOD[3]]);
  await connection.end();
  rmSync(history, { recursive: true });
  writeFileSync(join(folder, "made"), `${PERIOD.join(" ")}\n`);
}

/** All tables but the prepared ones are those of the month. */
async function makeMany(root, folder, server) {
  const { connect } = await import(join(root, "packages/database/dist/index.js"));
  const account = { socket: server.socket, host: "localhost", port: 0, user: "root", password: "", database: "x" };
  const connection = await connect(account, { database: null });
  const names = async (what, where) =>
    (await connection.query(`SELECT ${what} AS name FROM information_schema.${where}`))[0].map(({ name }) => name);
  await connection.query(`DROP DATABASE IF EXISTS ${MANY}`);
  await connection.query(`CREATE DATABASE ${MANY}`);
  const tables = await names("table_name", `tables WHERE table_schema = '${DATABASE}' AND table_type = 'BASE TABLE'`);
  for (const table of tables.filter((name) => !PREPARED.includes(name))) {
    await connection.query(`CREATE VIEW ${MANY}.${table} AS SELECT * FROM ${DATABASE}.${table}`);
  }
  for (const table of PREPARED) {
    await connection.query(`CREATE TABLE ${MANY}.${table} LIKE ${DATABASE}.${table}`);
    const where = `columns WHERE table_schema = '${DATABASE}' AND table_name = '${table}' ORDER BY ordinal_position`;
    const columns = await names("column_name", where);
    for (let copy = 0; copy < COPIES; copy++) {
      const values = columns.map((name) => {
        if (name === "src_host_name") return `CONCAT('n${copy}-', src_host_name)`;
        const first = Buffer.of(32 + copy).toString("hex");
        return name === "src_address" ? `UNHEX(CONCAT('${first}', SUBSTR(HEX(src_address), 3)))` : name;
      });
      await connection.query(`INSERT INTO ${MANY}.${table} SELECT ${values.join(", ")} FROM ${DATABASE}.${table}`);
    }
  }
  await connection.end();
  writeFileSync(join(folder, "made-many"), `${COPIES} copies\n`);
}
