import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runScript } from "@trafmon/database";
import { databaseServer, type FreshDatabase } from "@trafmon/testkit";
import { type Host, type HourRow, putHours, putLiveHours, reportDatabase } from "./report-database.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const USERS_SAMPLE = readFileSync(new URL("../../../sql/db_users_sample.sql", import.meta.url), "utf8");

export const HOSTS: readonly Host[] = [
  { address: "10.1.0.1", name: "pc1.example.org", activity: "Office", location: "Brussels", kind: "private" },
  { address: "10.1.0.2", activity: "Office", location: "Brussels", kind: "private" },
  { address: "fd00::2", activity: "Data centre", location: "Paris", kind: "private" },
  { address: "10.3.0.1", activity: '=Backup, "nightly"', location: "Kiruna", kind: "private" },
  { address: "10.9.9.9", kind: "private" },
  { address: "224.0.0.1", kind: "multicast" },
  { address: "2a02:2788::1", country: "Belgium" },
  { address: "93.184.216.34", country: "United States" },
  { address: "8.8.8.8" },
];
export const SERVICES = ["https", "dns", "ssh", "ftp-data", "ntp", "smtp", "snmp"];

export interface Made {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly text: string;
  /** Rows of a CSV file by name, the heading left out. */
  csv(name: string): string[][];
}

/**
 * The program over a database of five days and some before, as the user that db_users_sample.sql makes for reports.
 */
export class ReportUnderTest {
  readonly database: FreshDatabase;
  readonly folder = mkdtempSync(join(tmpdir(), "reports-"));
  readonly #user: string;

  private constructor(database: FreshDatabase) {
    this.database = database;
    this.#user = database.name;
  }

  static async make(): Promise<ReportUnderTest> {
    const made = new ReportUnderTest(await reportDatabase());
    const { connection, name } = made.database;
    await putHours(made.database, madeUpHours());
    const live = ["2026-10-01", "2026-10-02", "2026-10-04", "2026-10-05"].flatMap((day) =>
      Array.from({ length: 24 }, (_, hour) => `${day} ${String(hour).padStart(2, "0")}:00:00`),
    );
    await putLiveHours(made.database, live, 25);
    await connection.query("INSERT INTO stale_day VALUES ('2026-10-04', 'probe', '2026-10-06')");
    const { socket } = await databaseServer();
    const credentials = `socket=${socket}\nuser=${made.#user}\npassword=change-me-tmon-birt\ndatabase=${name}\n`;
    writeFileSync(join(made.folder, "db.cred"), credentials, { mode: 0o600 });
    await made.allow(made.database);
    return made;
  }

  /** Gives the sample's grants for a runtime database to the user. */
  async allow({ connection, name }: FreshDatabase): Promise<void> {
    const ofReports = USERS_SAMPLE.split("\n").filter(
      (line) => !line.startsWith("--") && line.includes("tmon_birt") && !line.includes("_template"),
    );
    const own = ofReports
      .join("\n")
      .replaceAll("`trafMon`", `\`${name.replaceAll("_", "\\_")}\``)
      .replaceAll("'tmon_birt'", `'${this.#user}'`);
    await runScript(connection, own);
  }

  async remove(): Promise<void> {
    await this.database.connection.query(`DROP USER IF EXISTS '${this.#user}'@'localhost'`);
    await this.database.remove();
    rmSync(this.folder, { recursive: true });
  }

  /** Makes the manager report of the five days, or of those in `args`. */
  report(...args: string[]): Made {
    const run = spawnSync(process.execPath, this.command(...args), { encoding: "utf8" });
    const [pdf, csv] = run.stdout.split("\n");
    return {
      ...run,
      text: run.status === 0 ? execFileSync("pdftotext", ["-layout", pdf!, "-"], { encoding: "utf8" }) : "",
      csv: (name) => parseCsv(readFileSync(join(csv!.split(" ")[0]!, `${name}.csv`), "utf8")).slice(1),
    };
  }

  /** Arguments of node for a report. */
  command(...args: string[]): string[] {
    const destination = mkdtempSync(join(this.folder, "out-"));
    const period = args.includes("-s") ? [] : ["-s", "2026-10-01", "-e", "2026-10-05"];
    const places = ["--cred", join(this.folder, "db.cred"), "-D", destination, "-l", join(this.folder, "log")];
    return ["--import", TSX, "--conditions=source", MAIN, ...places, ...period, ...args];
  }

  /** Name to sum, by a query of two columns. */
  async sums(sql: string): Promise<Map<string, bigint>> {
    const [rows] = await this.database.connection.query({ sql, rowsAsArray: true });
    return new Map((rows as [string | null, string][]).map(([name, sum]) => [name ?? "", BigInt(sum)]));
  }
}

/** Numbers that look random and are the same at every run (Lehmer). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48271) % 2147483647;
    return state % sides;
  };
}

/** October 1 to 5 with a gap on the 3rd, and the days before; one probe more on the 2nd. */
function madeUpHours(): HourRow[] {
  const roll = dice(20261001);
  const rows = new Map<string, HourRow>();
  for (const day of ["2026-09-27", "2026-09-29", "2026-10-01", "2026-10-02", "2026-10-04", "2026-10-05"]) {
    for (let at = 0; at < 60; at++) {
      const probe = day === "2026-10-02" && at % 10 === 0 ? "probe2" : "probe1";
      const service = SERVICES[roll(SERVICES.length)]!;
      const row: HourRow = {
        hour: `${day} ${String(roll(24)).padStart(2, "0")}:00:00`,
        probe,
        src: HOSTS[roll(HOSTS.length)]!,
        dst: HOSTS[roll(HOSTS.length)]!,
        service,
        // Sums pass 2^53, where doubles lose the last digit.
        fwdBytes: BigInt(roll(2147483647)) * 100_003n + 1n,
        revBytes: BigInt(roll(2147483647)) * 1_000_003n,
        tcpSegments: 1000,
        retransmitted: roll(30),
        // The server is 1 ms from the probe, the client 3 ms, whichever is src; ssh has no answer.
        ...(service === "ssh" ? {} : { rttNs: roll(2) === 0 ? [1e6, 3e6] : [3e6, 1e6] }),
      };
      rows.set(JSON.stringify([row.hour, probe, row.src.address, row.dst.address, row.service]), row);
    }
  }
  return [...rows.values()];
}

/** RFC 4180; no line of ours begins with an empty field. */
function parseCsv(text: string): string[][] {
  const lines = text.split("\r\n").slice(0, -1);
  return lines.map((line) => [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, field]) => unquoted(field!)));
}

function unquoted(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}
