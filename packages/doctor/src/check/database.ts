import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  type Connection,
  connect,
  errorNumber,
  type RowDataPacket,
  readCredentials,
  registeredInstances,
  serverError,
} from "@trafmon/database";
import { type Clock, EXIT } from "@trafmon/runtime";
import { type Finding, fault, faultOf, good, warning } from "../finding.ts";
import { checkRoutines } from "./template-routines.ts";

const HOUR_MS = 3_600_000;
/** Two clocks further apart than this put traffic into the wrong minute. */
const TOLERATED_APART_MS = 2_000;
const TABLE_MISSING = 1146;

export interface DatabaseCheck {
  readonly credentialsFile: string;
  readonly database: string | null;
  readonly template: string;
  /** Folder of the collector's logs, where the loader shall take them. */
  readonly logDirectory: string | null;
  readonly clock: Clock;
  /** A probe without a line for so long is silent. */
  readonly silentAfterMs: number;
}

/** Reachability, rights, settings, version, lag and silent probes, in this order; later ones need the earlier ones. */
export async function checkDatabase(check: DatabaseCheck): Promise<Finding[]> {
  const about = "database";
  const findings: Finding[] = check.logDirectory === null ? [] : waitingFiles(check.logDirectory, check.clock);
  let connection: Connection | null = null;
  try {
    const credentials = readCredentials(check.credentialsFile);
    const database = check.database ?? credentials.database;
    connection = await connect(credentials, { database: null, timeoutMs: 5_000 });
    findings.push(good(about, `reached as ${credentials.user}`));
    findings.push(await clocksAgree(connection, check.clock), await checkLocalInfile(connection));
    const instances = await registeredInstances(connection, check.template);
    if (!instances.includes(database)) {
      findings.push(warning(about, `${database} does not exist yet`, "the first run of trafMon_loader makes it"));
      return findings;
    }
    findings.push(await schemaVersion(connection, database, check.template));
    findings.push(await checkRoutines(connection, check.template));
    findings.push(...(await rights(connection, database)));
    findings.push(await lastLoad(connection, database, check.clock));
    findings.push(...(await silentProbes(connection, database, check)), ...(await staleDays(connection, database)));
  } catch (error) {
    findings.push(faultOf(about, error));
  } finally {
    await connection?.end().catch(() => {});
  }
  return findings;
}

async function ask(connection: Connection, what: string, statement: string): Promise<RowDataPacket[]> {
  try {
    const [rows] = await connection.query<RowDataPacket[]>(statement);
    return rows;
  } catch (error) {
    throw serverError(what, error);
  }
}

/** Complete files that nobody takes. */
function waitingFiles(folder: string, clock: Clock): Finding[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".log"));
  } catch {
    // The folder itself is another check's.
    return [];
  }
  const old = names.filter(
    (name) =>
      clock.wallMs() - (statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Number.MAX_VALUE) > HOUR_MS,
  );
  if (old.length === 0) return [good("lag", `no file waits in ${folder} for more than an hour`)];
  return [
    fault(
      "lag",
      `${old.length} complete files wait in ${folder} for more than an hour`,
      "run trafMon_loader and see its log; systemctl enable --now trafMon_loader.timer",
      EXIT.TRY_AGAIN,
    ),
  ];
}

async function clocksAgree(connection: Connection, clock: Clock): Promise<Finding> {
  // The server reads its clock at some instant between the two of ours, and an answer may take seconds.
  const askedMs = clock.wallMs();
  const [row] = await ask(connection, "ask the server for its time", "SELECT UNIX_TIMESTAMP(SYSDATE(6)) * 1000 AS ms");
  const [serverMs, answeredMs] = [Number(row?.ms), clock.wallMs()];
  const apartMs = Math.round(Math.max(0, serverMs - answeredMs) - Math.max(0, askedMs - serverMs));
  if (Math.abs(apartMs) <= TOLERATED_APART_MS) return good("clock", "this machine and the database server agree");
  const side = apartMs > 0 ? "behind" : "ahead of";
  return fault(
    "clock",
    `this machine's clock is ${Math.abs(apartMs) / 1000} s ${side} the database server's`,
    "have both disciplined by the same source: chronyc tracking",
    EXIT.TRY_AGAIN,
  );
}

export async function checkLocalInfile(connection: Connection): Promise<Finding> {
  const [row] = await ask(connection, "read local_infile", "SELECT @@GLOBAL.local_infile AS is_on");
  if (Number(row?.is_on) === 1) return good("database", "local_infile is on");
  return fault(
    "database",
    "the server's local_infile is off, so nothing can be loaded",
    "set local_infile=ON below [mysqld], and restart the server",
    EXIT.BAD_CONFIGURATION,
  );
}

async function schemaVersion(connection: Connection, database: string, template: string): Promise<Finding> {
  const version = async (name: string) =>
    Number(
      (
        await ask(
          connection,
          `read the version of ${name}`,
          `SELECT MAX(version) AS version FROM \`${name}\`.schema_version`,
        )
      )[0]?.version,
    );
  const [ours, wanted] = [await version(database), await version(template)];
  if (ours === wanted) return good("database", `${database} has version ${ours}, as the template has`);
  return fault(
    "database",
    `${database} has version ${ours}, the template ${wanted}`,
    ours < wanted
      ? "run trafMon_loader once: it brings the database up to date"
      : "install the template of this version: trafMon_setupDatabase",
    EXIT.BAD_CONFIGURATION,
  );
}

/** Whether this user may do what loading does; tried, and taken back. */
async function rights(connection: Connection, database: string): Promise<Finding[]> {
  try {
    await connection.query("START TRANSACTION");
    await connection.query(`DELETE FROM \`${database}\`.load_history WHERE FALSE`);
    await connection.query("ROLLBACK");
    return [good("database", `may write into ${database}`)];
  } catch (error) {
    if (errorNumber(error) === TABLE_MISSING) throw serverError(`look into ${database}`, error);
    return [faultOf("database", serverError(`write into ${database}`, error))];
  }
}

async function lastLoad(connection: Connection, database: string, clock: Clock): Promise<Finding> {
  const [row] = await ask(
    connection,
    "read load_history",
    `SELECT MAX(loaded_at) AS at FROM \`${database}\`.load_history`,
  );
  const at = row?.at as Date | null;
  if (at === null)
    return warning("lag", `nothing was loaded into ${database} yet`, "start probe, collector and trafMon_loader.timer");
  const minutes = Math.round((clock.wallMs() - at.getTime()) / 60_000);
  if (minutes <= 60) return good("lag", `last load ${minutes} min ago`);
  return warning(
    "lag",
    `the last load was ${minutes} min ago, at ${at.toISOString()}`,
    "systemctl status trafMon_loader.timer; is the collector running?",
  );
}

async function silentProbes(
  connection: Connection,
  database: string,
  { clock, silentAfterMs }: DatabaseCheck,
): Promise<Finding[]> {
  const rows = await ask(
    connection,
    "read the probes' last signs of life",
    `SELECT p.name, MAX(c.bucket_start) AS at FROM \`${database}\`.probe p JOIN \`${database}\`.capsttable_1m c USING (probe_no) GROUP BY p.name ORDER BY p.name`,
  );
  return rows.map((row) => {
    const at = row.at as Date;
    const silentMs = clock.wallMs() - at.getTime();
    if (silentMs <= silentAfterMs) return good("probe", `${row.name} was last seen ${at.toISOString()}`);
    return fault(
      "probe",
      `${row.name} is silent since ${at.toISOString()}`,
      `on its machine: systemctl status tmon_probe@${row.name}, and trafMon_doctor`,
      EXIT.SERVER_UNAVAILABLE,
    );
  });
}

/**
 * Yesterday's prepared tables lag when the nightly job does not run. Days of which retention removed hours that were never
 * prepared lag for good.
 */
async function staleDays(connection: Connection, database: string): Promise<Finding[]> {
  const rows = await ask(
    connection,
    "read stale_day",
    `SELECT CAST(s.day AS CHAR) AS day, MAX(m.table_name IS NOT NULL) AS is_short
       FROM \`${database}\`.stale_day s
       LEFT JOIN \`${database}\`.retention_mark m ON m.removed_before > s.day
            AND m.table_name IN ('ipcttable_1h', 'tcpcttable_1h', 'tcprtttable_1h', 'netflowtable_1h')
      WHERE s.day < UTC_DATE() - INTERVAL 1 DAY
      GROUP BY s.day
      ORDER BY s.day`,
  );
  const short = rows.filter((row) => Number(row.is_short) > 0);
  const findings: Finding[] = [];
  if (rows.length > short.length) {
    findings.push(
      warning(
        "lag",
        `${rows.length - short.length} days since ${rows.find((row) => Number(row.is_short) === 0)!.day} are not prepared for reports`,
        `trafMon_callProcedure aggregate_stale_days - 0; systemctl enable --now trafMon_aggregate.timer`,
      ),
    );
  }
  if (short.length > 0) {
    const days = short.map((row) => `'${row.day}'`).join(", ");
    findings.push(
      warning(
        "lag",
        `${short.length} days since ${short[0]!.day} got data and retention has removed hours of them: reports of them are too low`,
        `trafMon_callProcedure aggregate_stale_days - 0; days that stay lost hours before they were prepared: trafMon_rebuild while their logs are kept, or accept it with DELETE FROM \`${database}\`.stale_day WHERE day IN (${days})`,
      ),
    );
  }
  return findings.length > 0 ? findings : [good("lag", "what reports read is prepared")];
}
