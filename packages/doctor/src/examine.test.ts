import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, connect, createInstance, installTemplate } from "@trafmon/database";
import { type Clock, systemClock } from "@trafmon/runtime";
import { databaseServer, freshDatabaseName } from "@trafmon/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { checkClock } from "./check/capture-library.ts";
import { checkLocalInfile } from "./check/database.ts";
import { type Examination, examine } from "./examine.ts";
import { type Finding, findingText, sorted } from "./finding.ts";

const [template, database] = [freshDatabaseName("template"), freshDatabaseName("doctor")];
let connection: Connection;
let folder: string;

beforeAll(async () => {
  const { socket, user } = await databaseServer();
  connection = await connect({ socket, host: "", port: 0, user, password: "", database: "mysql" }, { database: null });
  await installTemplate(connection, template);
  await createInstance(connection, database, template);
});
afterAll(async () => {
  for (const name of [template, database]) await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
  await connection.end();
});

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "doctor-"));
  for (const name of ["logs", "state", "spool", "net/eth0"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "net/eth0/flags"), "0x1003\n");
  writeFileSync(join(folder, "probe.key"), `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
  const { socket, user } = await databaseServer();
  writeFileSync(join(folder, "db.cred"), `socket = ${socket}\nuser = ${user}\ndatabase = ${database}\n`, {
    mode: 0o600,
  });
  writeXml("eth0");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeXml(interfaceName: string): void {
  writeFileSync(
    join(folder, "tmon.xml"),
    `<trafMon site="doctor">
  <collectors><collector name="c" listen="127.0.0.1:47601" logDir="${folder}/logs" stateDir="${folder}/state"/></collectors>
  <probes><probe name="p" keyFile="${folder}/probe.key" spoolDir="${folder}/spool">
    <interface name="${interfaceName}"/><sendTo collector="c"/></probe></probes>
  <flowClasses><flowClass name="all" account="yes"><match><any/></match><partition addresses="host"/><ipCounters/></flowClass></flowClasses>
</trafMon>`,
  );
}

async function findings(changes: Partial<Examination> = {}): Promise<Finding[]> {
  return await examine({
    configurationFile: join(folder, "tmon.xml"),
    probes: ["p"],
    collectors: ["c"],
    credentialsFile: join(folder, "db.cred"),
    database: null,
    template,
    silentAfterMs: 600_000,
    clock: systemClock,
    captureBinary: "/nonexistent/capture.node",
    launcher: "/nonexistent",
    network: join(folder, "net"),
    ...changes,
  });
}

/** Faults that are not the missing addon's, as lines. */
const faults = (all: readonly Finding[]) =>
  all.filter(({ severity, about }) => severity === "fault" && about !== "capture").map(findingText);

/** The real time, moved by so much. */
const moved = (byMs: number): Clock => ({ ...systemClock, wallMs: () => systemClock.wallMs() + byMs });

test("a machine in order has no fault, and every finding is one line", async () => {
  const all = await findings();
  expect(faults(all)).toEqual([]);
  for (const each of all) expect(findingText(each)).not.toContain("\n");
  expect(all.filter(({ severity }) => severity !== "good").every(({ fix }) => fix !== "")).toBe(true);
});

test("a library that is missing is told with its package", async () => {
  const told = (await findings()).find(({ about }) => about === "capture");
  expect(told).toMatchObject({ severity: "fault", exitCode: 69 });
  expect(told?.fix).toContain("libpcap");
});

test("interfaces: missing, down, seen twice", async () => {
  writeXml("eth9");
  expect(faults(await findings())).toEqual([expect.stringContaining("eth9, which this machine has not")]);
  writeXml("eth0");
  writeFileSync(join(folder, "net/eth0/flags"), "0x1002\n");
  expect(faults(await findings())).toEqual([expect.stringContaining("ip link set eth0 up")]);
  writeXml("any");
  expect((await findings()).filter(({ severity }) => severity === "warning").map(findingText)).toContainEqual(
    expect.stringContaining("watches any"),
  );
});

test("keys: missing, or for everybody to read", async () => {
  chmodSync(join(folder, "probe.key"), 0o644);
  expect(faults(await findings())).toEqual([expect.stringContaining("its mode is 0644, not 0600")]);
  rmSync(join(folder, "probe.key"));
  expect(faults(await findings())).toEqual([expect.stringContaining("trafMon_makeKey p")]);
});

test("configuration: all its faults in one line", async () => {
  writeFileSync(join(folder, "tmon.xml"), "<trafMon><nonsense/></trafMon>");
  const told = (await findings()).filter(({ about }) => about === "configuration");
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ severity: "fault", exitCode: 78 });
  expect(findingText(told[0]!)).not.toContain("\n");
});

test("the clock: further from the server's than tolerated, ahead and behind; and nothing that disciplines it", async () => {
  // As far apart as they surely are, however long the answer takes: a little less than they were set.
  for (const [byMs, side] of [
    [-10_000, "behind"],
    [60_000, "ahead of"],
  ] as const) {
    const told = faults(await findings({ clock: moved(byMs) }));
    expect(told).toEqual([expect.stringContaining(` s ${side} the database server's`)]);
    const [, apartS] = /clock is ([\d.]+) s/.exec(told[0]!)!;
    expect(Number(apartS)).toBeLessThanOrEqual(Math.abs(byMs) / 1000);
    expect(Number(apartS)).toBeGreaterThan(2);
  }
  expect(checkClock({ clock: () => null })).toMatchObject({ severity: "fault" });
  expect(checkClock({ clock: () => ({ offsetNs: -900_000, errorNs: 50_000 }) })).toMatchObject({ severity: "good" });
  expect(checkClock({ clock: () => ({ offsetNs: -900_000, errorNs: 200_000 }) })).toMatchObject({
    severity: "warning",
  });
});

test("the database: unreachable, template missing, not made yet, older than the template", async () => {
  writeFileSync(join(folder, "nowhere.cred"), "socket = /nonexistent.sock\nuser = u\n", { mode: 0o600 });
  expect(faults(await findings({ credentialsFile: join(folder, "nowhere.cred") }))).toEqual([
    expect.stringContaining("[DATABASE_UNAVAILABLE]"),
  ]);
  expect(faults(await findings({ template: "tm_no_such" }))).toEqual([
    expect.stringContaining("[DATABASE_TEMPLATE_MISSING]"),
  ]);
  expect((await findings({ database: "tm_no_such" })).map(findingText)).toContainEqual(
    expect.stringMatching(/^warning .*does not exist yet/),
  );
  await connection.query(`INSERT INTO \`${template}\`.schema_version VALUES (99, 'later', UTC_TIMESTAMP(6))`);
  try {
    expect(faults(await findings())).toEqual([expect.stringMatching(/has version \d+, the template 99/)]);
  } finally {
    await connection.query(`DELETE FROM \`${template}\`.schema_version WHERE version = 99`);
  }
});

test("rights: a user who may only read is told so", async () => {
  await connection.query("DROP USER IF EXISTS tm_doctor@localhost");
  await connection.query(`CREATE USER tm_doctor@localhost IDENTIFIED BY 'secret-of-the-test'`);
  try {
    await connection.query(`GRANT SELECT ON \`${template}\`.* TO tm_doctor@localhost`);
    await connection.query(`GRANT SELECT ON \`${database}\`.* TO tm_doctor@localhost`);
    const { socket } = await databaseServer();
    const file = join(folder, "reader.cred");
    writeFileSync(
      file,
      `socket = ${socket}\nuser = tm_doctor\npassword = secret-of-the-test\ndatabase = ${database}\n`,
      { mode: 0o600 },
    );
    const all = await findings({ credentialsFile: file });
    expect(faults(all)).toEqual([expect.stringContaining("[DATABASE_DENIED]")]);
    writeFileSync(file, `socket = ${socket}\nuser = tm_doctor\npassword = wrong\ndatabase = ${database}\n`, {
      mode: 0o600,
    });
    const wrong = await findings({ credentialsFile: file });
    expect(faults(wrong)).toEqual([expect.stringContaining("[DATABASE_DENIED]")]);
    expect(JSON.stringify([...all, ...wrong])).not.toMatch(/secret-of-the-test|wrong"/);
  } finally {
    await connection.query("DROP USER tm_doctor@localhost");
  }
});

test("local_infile off is told", async () => {
  // The server is shared by all tests, so it is not switched off there.
  const saying = (isOn: number) => ({ query: async () => [[{ is_on: isOn }]] }) as unknown as Connection;
  expect(findingText(await checkLocalInfile(saying(0)))).toMatch(/^fault .* -- set local_infile=ON/);
  expect(await checkLocalInfile(saying(1))).toMatchObject({ severity: "good" });
  expect(await checkLocalInfile(connection)).toMatchObject({ severity: "good" });
});

test("lag: files that nobody takes, days that nobody prepares", async () => {
  const file = join(folder, "logs/ipct_x.log");
  writeFileSync(file, "");
  utimesSync(file, Date.now() / 1000 - 7200, Date.now() / 1000 - 7200);
  expect(faults(await findings())).toEqual([expect.stringContaining("1 complete files wait")]);
  rmSync(file);
  await connection.query(`INSERT INTO \`${database}\`.stale_day VALUES ('2020-02-29', 'probe', UTC_TIMESTAMP(6))`);
  expect((await findings()).map(findingText)).toContainEqual(
    expect.stringMatching(/^warning .*1 days since 2020-02-29 are not prepared/),
  );
  await connection.query(`INSERT INTO \`${database}\`.retention_mark VALUES ('netflowtable_1h', '2020-03-01', NOW(6))`);
  const short = (await findings()).map(findingText).filter((text) => /2020-02-29/.test(text));
  expect(short).toEqual([expect.stringMatching(/^warning .*1 days since 2020-02-29 got data.*too low/)]);
  // What it says works.
  await connection.query(/DELETE FROM .*$/.exec(short[0]!)![0]);
  expect((await findings()).map(findingText)).toContainEqual(expect.stringContaining("what reports read is prepared"));
  await connection.query(`DELETE FROM \`${database}\`.retention_mark`);
});

test("routines of another version are told, until the template is installed again", async () => {
  const routines = async () => (await findings()).map(findingText).filter((text) => / routines /.test(text));
  expect(await routines()).toEqual([expect.stringMatching(/^good /)]);
  await connection.query(`DROP PROCEDURE \`${template}\`.hours_of_day`);
  await connection.query(`DROP FUNCTION \`${template}\`.histogram_lower_ns`);
  await connection.query(
    `CREATE FUNCTION \`${template}\`.histogram_lower_ns(_bucket INT) RETURNS INT DETERMINISTIC RETURN 1`,
  );
  expect(await routines()).toEqual([
    expect.stringMatching(/^warning .* this version's histogram_lower_ns, hours_of_day/),
  ]);
  await installTemplate(connection, template);
  expect(await routines()).toEqual([expect.stringMatching(/^good /)]);
});

test("a probe is silent from its last minute on, and no sooner", async () => {
  await connection.query(`INSERT INTO \`${database}\`.probe VALUES (7, 'far', UTC_TIMESTAMP(6))`);
  await connection.query(
    `INSERT INTO \`${database}\`.capsttable_1m (bucket_start, probe_no, interface) VALUES (UTC_TIMESTAMP() - INTERVAL 5 MINUTE, 7, 'eth0')`,
  );
  try {
    expect(faults(await findings())).toEqual([]);
    expect(faults(await findings({ silentAfterMs: 240_000 }))).toEqual([
      expect.stringContaining("far is silent since"),
    ]);
  } finally {
    await connection.query(`DELETE FROM \`${database}\`.capsttable_1m`);
    await connection.query(`DELETE FROM \`${database}\`.probe`);
  }
});

test("faults come first", () => {
  const each = (severity: Finding["severity"]) => ({ severity, about: "", what: "", fix: "", exitCode: 0 }) as Finding;
  expect(sorted([each("good"), each("warning"), each("fault")]).map(({ severity }) => severity)).toEqual([
    "fault",
    "warning",
    "good",
  ]);
});
