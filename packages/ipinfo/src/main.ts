#!/usr/bin/env node
import { join } from "node:path";
import { type Connection, type Credentials, connect, errorNumber, NamedLock, readCredentials } from "@trafmon/database";
import {
  createLog,
  defineProgram,
  ETC_DIRECTORY,
  etcDirectory,
  Progress,
  readCommandLine,
  runProgram,
  systemClock,
  wholeNumber,
} from "@trafmon/runtime";
import { ipinfoError } from "./errors.ts";
import { GeoDatabases } from "./resolve/geo-databases.ts";
import { readKnownRanges } from "./resolve/known-ranges.ts";
import { RangeIndex } from "./resolve/range-index.ts";
import { type UpdateResult, updateAddresses } from "./update.ts";

interface Options {
  readonly path?: string;
  readonly localConfig: boolean;
  readonly cred?: string;
  readonly geoipPath: string;
  readonly all: boolean;
  readonly logFileDirectory: string;
  readonly db?: string;
  readonly dns: boolean;
  readonly dnsSeconds: number;
  readonly dnsParallel: number;
  readonly dnsServer?: string[];
  readonly check: boolean;
}

/** Error numbers of the server. */
const UNKNOWN_DATABASE = 1049;
const NO_SUCH_TABLE = 1146;

const program = defineProgram({
  name: "trafMon_updateIpInfo",
  summary: "Tells who the addresses in the database are: activity and location, country and network, host name.",
  examples: [
    {
      command: "trafMon_updateIpInfo",
      meaning: "Describe the addresses not yet resolved, as cron does after each load:",
    },
    { command: "trafMon_updateIpInfo --all", meaning: "Describe all addresses anew, after ipInfo.ini was changed:" },
    { command: "trafMon_updateIpInfo --check -p ./ipInfo.ini", meaning: "Read and check an ini file only:" },
  ],
  notes: "Exit codes: 0 done; 69 no database; 75 another one is at work; 78 ipInfo.ini or db.cred cannot be used.",
})
  .option("-p, --path <infoFile>", `known addresses and networks (default: "${ETC_DIRECTORY}/ipInfo.ini")`)
  .option("-l, --localConfig", "read db.cred in the current directory", false)
  .option("--cred <file>", `database credentials (default: "${ETC_DIRECTORY}/cred/db.cred")`)
  .option("-g, --geoipPath <folder>", "folder of GeoLite2 or GeoIP2 .mmdb files", "/var/trafMon/GeoIP/")
  .option("-a, --all", "describe every address, not only those not yet resolved", false)
  .option("-L, --logFileDirectory <folder>", "folder of the log", "/var/trafMon/log/")
  .option("-d, --db <name>", "database to use (default: the one in db.cred)")
  .option("--no-dns", "ask DNS for no names")
  .option("--dns-seconds <seconds>", "time for all DNS queries together", wholeNumber(1, 86_400), 120)
  .option("--dns-parallel <queries>", "DNS queries under way at once", wholeNumber(1, 1000), 32)
  .option("--dns-server <address...>", "name servers to ask in place of the system's, with :port if not 53")
  .option("--check", "read and check the ini file and the .mmdb files, print what they hold, and stop", false);

await runProgram("trafMon_updateIpInfo", async (life) => {
  const { options } = readCommandLine<Options>(program, life.args);
  const programLog = createLog({
    program: life.name,
    json: options.json,
    directory: options.check ? undefined : options.logFileDirectory,
  });
  life.useLog(programLog);
  const { log } = programLog;
  const etc = () => etcDirectory((message) => log.warn(message));
  const known = readKnownRanges(options.path ?? join(etc(), "ipInfo.ini"));
  const geo = await GeoDatabases.open(options.geoipPath);
  if (options.check) {
    const files = geo.files.length === 0 ? "no .mmdb file" : geo.files.join(", ");
    console.log(
      `${known.ranges.length} ranges, private addresses in DNS: ${known.privateDns ? "yes" : "no"}; ${files}`,
    );
    return;
  }

  const credentials = readCredentials(
    options.cred ?? (options.localConfig ? "db.cred" : join(etc(), "cred", "db.cred")),
  );
  const database = options.db ?? credentials.database;
  const connection = await connectTo(database, credentials);
  try {
    await takeTurn(connection, database);
    const result = await updateAddresses(
      connection,
      { ranges: new RangeIndex(known.ranges), privateDns: known.privateDns, geo },
      {
        all: options.all,
        dns: options.dns
          ? {
              parallel: options.dnsParallel,
              overallMs: options.dnsSeconds * 1000,
              tryMs: 2000,
              tries: 2,
              clock: systemClock,
              // What was answered so far is written all the same.
              stopping: life.stopping,
              ...(options.dnsServer === undefined ? {} : { servers: options.dnsServer }),
            }
          : null,
        clock: systemClock,
        log,
        onProgress: progressLine(),
      },
    );
    log.info({ database, ...result, geoip: geo.files }, "addresses described");
    console.log(summary(database, result));
  } finally {
    await connection.end();
  }
});

/** @throws {CodedError} IPINFO_NO_TABLE, and those of the database package */
async function connectTo(database: string, credentials: Credentials): Promise<Connection> {
  try {
    return await connect(credentials, { database });
  } catch (error) {
    if (errorNumber((error as Error).cause) !== UNKNOWN_DATABASE) throw error;
    throw ipinfoError("IPINFO_NO_TABLE", `cannot find the database ${database}`, error);
  }
}

/** @throws {CodedError} IPINFO_BUSY, IPINFO_NO_TABLE */
async function takeTurn(connection: Connection, database: string): Promise<void> {
  if (!(await new NamedLock(connection, "trafMon_ipinfo", database).take())) {
    throw ipinfoError("IPINFO_BUSY", `cannot take the lock on ipInfotable of ${database}`);
  }
  try {
    await connection.query("SELECT address FROM ipInfotable LIMIT 0");
  } catch (error) {
    if (errorNumber(error) !== NO_SUCH_TABLE) throw error;
    throw ipinfoError("IPINFO_NO_TABLE", `cannot find ipInfotable in the database ${database}`, error);
  }
}

/** One line per step of work that takes long enough to be watched. */
function progressLine(): (step: "described" | "named", done: number, total: number | null) => void {
  const lines = new Map<string, Progress>();
  return (step, done, total) => {
    const label = step === "described" ? "describing addresses" : "asking DNS for names";
    const line = lines.get(step) ?? new Progress({ label, total, unit: "addresses", clock: systemClock });
    lines.set(step, line);
    line.update(done);
    if (done === total) line.finish();
  };
}

function summary(database: string, result: UpdateResult): string {
  const left = result.leftForDns === 0 ? "" : `; ${result.leftForDns} names left for a later run`;
  return (
    `${database}: ${result.addresses} addresses looked at, ${result.changed} descriptions changed: ` +
    `${result.inKnownRanges} by ipInfo.ini, ${result.located} by GeoIP, ${result.special} special-purpose, ` +
    `${result.named} named${left}`
  );
}
