// Rows a second of argus' rasqlinsert, which puts flow records into a MySQL or MariaDB table of its own.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";

/** As many flows as there, each in a few of the minutes: some 100,000 records of a flow and minute. */
const CAPTURE = { packets: 300_000, flows: 50_000, durationS: 600, seed: 1 };
/** What is measured: it goes on at the same rate. */
const MEASURED_S = 15;
const LOOK_MS = 200;
const FIELDS = "stime dur proto saddr sport daddr dport spkts dpkts sbytes dbytes";

/** Rows a second into `database` of the server on `port`, or null when argus is not installed. */
export async function rasqlinsertRate(root, folder, { connection, port, database }) {
  for (const program of ["argus", "rasqlinsert"]) {
    if (spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0) return null;
  }
  const records = await argusRecords(root, folder);
  await connection.query("CREATE USER IF NOT EXISTS bench@'%' IDENTIFIED BY ''");
  await connection.query(`GRANT ALL ON ${database}.* TO bench@'%'`);
  // A table made beforehand would be taken as it is: InnoDB, as ours are.
  await connection.query("SET GLOBAL default_storage_engine = InnoDB");
  const target = `mysql://bench@127.0.0.1:${port}/${database}/argus`;
  const child = spawn("rasqlinsert", ["-r", records, "-w", target, "-m", "none", "-s", ...FIELDS.split(" ")], {
    stdio: "ignore",
  });
  const rowsNow = async () => {
    try {
      const [[{ n }]] = await connection.query(`SELECT COUNT(*) AS n FROM ${database}.argus`);
      return Number(n);
    } catch {
      return 0;
    }
  };
  try {
    // From the first row on, so that its start does not count.
    let [first, firstMs] = [0, performance.now()];
    let [rows, nowMs] = [0, firstMs];
    for (let quiet = 0; nowMs - firstMs < MEASURED_S * 1000 && quiet < 25; ) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const found = await rowsNow();
      quiet = found === rows ? quiet + 1 : 0;
      if (found > rows) [rows, nowMs] = [found, performance.now()];
      if (first === 0 && found > 0) [first, firstMs] = [found, performance.now()];
    }
    return (rows - first) / ((nowMs - firstMs) / 1000);
  } finally {
    // It stays after the last record, and no signal that it could answer ends it.
    child.kill("SIGKILL");
  }
}

async function argusRecords(root, folder) {
  const records = join(folder, "records.argus");
  if (existsSync(records)) return records;
  const { writeBenchCapture } = await import(join(root, "packages/trafgen/dist/index.js"));
  const capture = join(folder, "records.pcap");
  writeBenchCapture(capture, CAPTURE);
  const { status } = spawnSync("argus", ["-r", capture, "-S", "60", "-w", `${records}.part`]);
  if (status !== 0) throw new Error(`cannot make argus records: exit ${status}`);
  renameSync(`${records}.part`, records);
  return records;
}
