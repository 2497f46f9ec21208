import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runScript } from "@trafmon/database";
import { databaseServer, freshDatabase } from "@trafmon/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
/** Programs run in other folders, where a bare name leads nowhere. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const SAMPLE = fileURLToPath(new URL("../../../etc/ipInfo.ini", import.meta.url));
const TABLE = readFileSync(new URL("../../../sql/tables/ipInfotable.sql", import.meta.url), "utf8");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ipinfo-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: string[]) {
  const command = ["--import", TSX, "--conditions=source", MAIN, ...args];
  return spawnSync(process.execPath, command, { encoding: "utf8", cwd: folder, timeout: 240_000 });
}

test("the options are the documented ones, with their defaults", () => {
  const help = run("--help").stdout.replace(/\s+/g, " ");
  for (const text of [
    '-p, --path <infoFile> known addresses and networks (default: "/etc/trafMon/ipInfo.ini")',
    "-l, --localConfig",
    '-g, --geoipPath <folder> folder of GeoLite2 or GeoIP2 .mmdb files (default: "/var/trafMon/GeoIP/")',
    "-a, --all",
    '-L, --logFileDirectory <folder> folder of the log (default: "/var/trafMon/log/")',
    "-d, --db <name>",
  ]) {
    expect(help).toContain(text);
  }
});

test("the shipped file passes its own check", () => {
  const { stdout, status } = run("--check", "-p", SAMPLE, "-g", folder);
  expect(status).toBe(0);
  expect(stdout).toBe("0 ranges, private addresses in DNS: yes; no .mmdb file\n");
});

test("a bad file is refused in two lines that name every bad line", () => {
  writeFileSync(join(folder, "bad.ini"), "[Office]\n10.0.0.0/8\n[A/B]\n300.1.1.1\n");
  const { stderr, status } = run("--check", "-p", "bad.ini", "-g", folder);
  expect(status).toBe(78);
  expect(stderr.trimEnd().split("\n")).toEqual([
    "trafMon_updateIpInfo: cannot use bad.ini: line 1: [Office] has no / between activity and location; " +
      "line 4: 300.1.1.1 is no IPv4 or IPv6 address [IPINFO_RANGES_INVALID]",
    expect.stringMatching(/^ {2}Correct these lines/),
  ]);
});

test("a run over a database tells what it did", async () => {
  const database = await freshDatabase("ipinfo_main");
  try {
    await runScript(database.connection, TABLE);
    await database.connection.query(
      "INSERT INTO ipInfotable (address, discovered_at) VALUES (INET6_ATON('10.1.2.3'), '2026-10-01'), (INET6_ATON('2001:db8::1'), '2026-10-01')",
    );
    const { socket, user } = await databaseServer();
    writeFileSync(join(folder, "db.cred"), `socket = ${socket}\nuser = ${user}\ndatabase = other\n`, { mode: 0o600 });
    writeFileSync(join(folder, "mine.ini"), "[Office/Brussels]\n10.0.0.0/8\n");
    const args = ["-l", "-p", "mine.ini", "-g", folder, "-L", join(folder, "log"), "-d", database.name, "--no-dns"];
    const { stdout, stderr, status } = run(...args);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toBe(
      `${database.name}: 2 addresses looked at, 2 descriptions changed: ` +
        "1 by ipInfo.ini, 0 by GeoIP, 2 special-purpose, 0 named\n",
    );
    expect(readFileSync(join(folder, "log", "trafMon_updateIpInfo.log"), "utf8")).toContain("addresses described");
    await database.connection.query("DROP TABLE ipInfotable");
    expect(run(...args).status).toBe(78);
    const missing = run(...args, "-d", "no_such_database");
    expect(missing).toMatchObject({
      status: 78,
      stderr: expect.stringContaining("no_such_database [IPINFO_NO_TABLE]"),
    });
  } finally {
    await database.remove();
  }
});
