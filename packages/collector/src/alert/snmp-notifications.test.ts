import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Clock, Counters, createLog, FakeClock, systemClock } from "@trafmon/runtime";
import { freePort, unpackedTool } from "@trafmon/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AlertNotice } from "./alert-notice.ts";
import { readSnmpCredentials } from "./snmp-credentials.ts";
import { engineIdOf, engineTime, SnmpNotifications, TRAFMON_OID } from "./snmp-notifications.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const OWN_MIB = join(ROOT, "etc/snmp/TRAFMON-MIB.txt");
const snmptrapd = unpackedTool("snmptrapd");
const smilint = unpackedTool("smilint");

const NOTICE: AlertNotice = {
  turn: "raised",
  alert: {
    name: "link-full",
    metric: "bitRate",
    isAbove: true,
    level: 8e8,
    clear: 7e8,
    forMs: 0,
    severity: "error",
  },
  subject: { scope: "flowClass", collector: "c", probe: "p1", flowClass: "all" },
  value: 812_345_678.9,
  isWatched: true,
  atMs: Date.UTC(2026, 10, 21, 12, 34, 56, 700),
};

let folder: string;
let manager: ChildProcess | null;
let notifications: SnmpNotifications | null;
let counters: Counters;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "snmp-"));
  manager = null;
  notifications = null;
  counters = new Counters();
});
afterEach(async () => {
  await notifications?.stop();
  if (manager !== null && manager.exitCode === null) {
    manager.kill("SIGKILL");
    await once(manager, "exit");
  }
  rmSync(folder, { recursive: true });
});

/** The modules that ours imports: the standard's as the library brings them, and Net-SNMP's own. */
function mibs(): string {
  if (typeof snmptrapd === "string") throw new Error(snmptrapd);
  const into = join(folder, "mibs");
  mkdirSync(into);
  const library = join(dirname(createRequire(import.meta.url).resolve("net-snmp")), "lib/mibs");
  for (const name of readdirSync(library).filter((each) => each.startsWith("SNMPv2"))) {
    copyFileSync(join(library, name), join(into, basename(name, ".mib")));
  }
  copyFileSync(join(snmptrapd.folder, "usr/share/snmp/mibs/NET-SNMP-MIB.txt"), join(into, "NET-SNMP-MIB"));
  copyFileSync(OWN_MIB, join(into, "TRAFMON-MIB"));
  return into;
}

/** Starts Debian's trap receiver; `heard` waits for so many notifications, a line each. */
async function startManager(configuration: string) {
  if (typeof snmptrapd === "string") throw new Error(snmptrapd);
  const port = await freePort();
  const file = join(folder, "snmptrapd.conf");
  writeFileSync(file, configuration);
  const format = "%W|%N|%v\\n";
  manager = spawn(
    snmptrapd.path,
    ["-f", "-n", "-Lo", "-C", "-c", file, "-F", format, "-m", "ALL", "-M", mibs(), `udp:127.0.0.1:${port}`],
    { env: { ...snmptrapd.env, SNMP_PERSISTENT_DIR: folder }, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  const more = (text: string) => {
    said += text;
  };
  manager.stdout!.setEncoding("utf8").on("data", more);
  manager.stderr!.setEncoding("utf8").on("data", more);
  const until = async (isThere: () => boolean) => {
    for (const limitMs = Date.now() + 240_000; Date.now() < limitMs; ) {
      if (isThere()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`the manager says only: ${said}`);
  };
  await until(() => said.includes("NET-SNMP version"));
  const lines = () => said.split("\n").filter((line) => line.includes("TRAFMON-MIB::trafMonAlertName"));
  return { port, heard: (count: number) => until(() => lines().length >= count).then(lines), said: () => said };
}

function start(port: number, version: "2c" | "3", credentials: string, clock: Clock = systemClock): SnmpNotifications {
  const credentialsFile = join(folder, "credentials");
  writeFileSync(credentialsFile, credentials, { mode: 0o600 });
  const { log } = createLog({ program: "test", write: () => {} });
  const targets = [{ address: "127.0.0.1", port, version, credentialsFile }];
  notifications = new SnmpNotifications(targets, "c", counters, clock, log);
  return notifications;
}

test.skipIf(typeof snmptrapd === "string")("version 2c: Net-SNMP's manager reads every object by our MIB", async () => {
  const { port, heard } = await startManager("authCommunity log s3cret\n");
  const sender = start(port, "2c", "# a comment\ncommunity = s3cret\n");
  sender.tell(NOTICE);
  sender.tell({ ...NOTICE, turn: "cleared", value: 0.5, subject: { ...NOTICE.subject, flowClass: null } });
  const [raised, cleared] = await heard(2);
  for (const object of [
    "SNMPv2-MIB::snmpTrapOID.0 = OID: TRAFMON-MIB::trafMonAlertRaised",
    "TRAFMON-MIB::trafMonAlertName.0 = STRING: link-full",
    "TRAFMON-MIB::trafMonAlertCollector.0 = STRING: c",
    "TRAFMON-MIB::trafMonAlertProbe.0 = STRING: p1",
    "TRAFMON-MIB::trafMonAlertClass.0 = STRING: all",
    "TRAFMON-MIB::trafMonAlertMetric.0 = STRING: bitRate",
    "TRAFMON-MIB::trafMonAlertValue.0 = STRING: 812346000",
    "TRAFMON-MIB::trafMonAlertLevel.0 = STRING: 800000000",
    "TRAFMON-MIB::trafMonAlertUnit.0 = STRING: bits per second",
    "TRAFMON-MIB::trafMonAlertSeverity.0 = INTEGER: error(3)",
    "TRAFMON-MIB::trafMonAlertTime.0 = STRING: 2026-11-21,12:34:56.7",
    "TRAFMON-MIB::trafMonAlertText.0 = STRING: link-full of class all at probe p1 is raised",
  ])
    expect(raised).toContain(object);
  expect(cleared).toContain("TRAFMON-MIB::trafMonAlertCleared");
  expect(cleared).toContain("TRAFMON-MIB::trafMonAlertLevel.0 = STRING: 700000000");
  expect(cleared).toContain("TRAFMON-MIB::trafMonAlertSeverity.0 = INTEGER: info(1)");
  expect(cleared).toMatch(/trafMonAlertClass\.0 = STRING: *\t/);
  expect(counters.counter("snmp_notifications_sent").value).toBe(2);
});

test.skipIf(typeof snmptrapd === "string")(
  "version 3: authenticated and encrypted, again after a restart, and not with a wrong password",
  async () => {
    const engine = `0x${engineIdOf("c").toString("hex")}`;
    const { port, heard, said } = await startManager(
      `createUser -e ${engine} trafmon SHA-256 "auth phrase" AES "priv phrase"\nauthUser log trafmon priv\n`,
    );
    const wrong = start(port, "3", "user = trafmon\nauth = sha256 other phrase\npriv = aes priv phrase\n");
    wrong.tell(NOTICE);
    await wrong.stop();
    const credentials = "user = trafmon\nauth = sha256 auth phrase\npriv = aes priv phrase\n";
    for (const count of [1, 2, 3]) {
      const sender = start(port, "3", credentials);
      sender.tell(NOTICE);
      expect(await heard(count)).toHaveLength(count);
      await sender.stop();
    }
    notifications = null;
    expect(said()).not.toContain("other phrase");
  },
);

test.skipIf(typeof snmptrapd === "string")(
  "version 3: the engine's time goes on, so a manager refuses what somebody kept and sends again later",
  async () => {
    const engine = `0x${engineIdOf("c").toString("hex")}`;
    const { port, heard } = await startManager(
      `createUser -e ${engine} trafmon SHA "auth phrase"\nauthUser log trafmon auth\n`,
    );
    const credentials = "user = trafmon\nauth = sha auth phrase\n";
    const clock = new FakeClock(Date.UTC(2026, 0, 1));
    const sender = start(port, "3", credentials, clock);
    sender.tell({ ...NOTICE, value: 1 });
    await heard(1);
    clock.advance(600_000);
    sender.tell({ ...NOTICE, value: 2 });
    await heard(2);
    await sender.stop();
    // What ten minutes ago would have been taken.
    const late = start(port, "3", credentials, new FakeClock(Date.UTC(2026, 0, 1)));
    late.tell({ ...NOTICE, value: 3 });
    await late.stop();
    start(port, "3", credentials, clock).tell({ ...NOTICE, value: 4 });
    const values = (await heard(3)).map((line) => /trafMonAlertValue\.0 = STRING: (\d)/.exec(line)?.[1]);
    expect(values).toEqual(["1", "2", "4"]);
  },
);

test("an engine's time never goes back, whenever it is started", () => {
  const start = Date.UTC(2026, 10, 21, 12, 0, 59);
  const before = engineTime(start, start + 5000);
  const again = engineTime(start + 6000, start + 6000);
  expect(again.boots).toBe(before.boots + 1);
  expect(engineTime(start, start + 500_000).time).toBe(559);
  // Until 2038 and long after, RFC 3414 has room for it.
  expect(engineTime(Date.UTC(2100, 0, 1), Date.UTC(2100, 0, 1)).boots).toBeLessThan(2 ** 31);
});

test.skipIf(typeof smilint === "string" || typeof snmptrapd === "string")(
  "the MIB has no fault that smilint sees, and names the notifications' numbers",
  () => {
    if (typeof smilint === "string" || typeof snmptrapd === "string") throw new Error("unreachable");
    const modules = mibs();
    const env = { ...smilint.env, SMIPATH: modules };
    const { stdout, stderr } = spawnSync(smilint.path, ["-l", "6", OWN_MIB], { env, encoding: "utf8" });
    expect(`${stdout}${stderr}`).toBe("");
    const translate = unpackedTool("snmptranslate");
    if (typeof translate === "string") throw new Error(translate);
    const words = ["-On", "-m", "TRAFMON-MIB", "-M", modules, "TRAFMON-MIB::trafMonAlertCleared"];
    const number = spawnSync(translate.path, words, { env: translate.env, encoding: "utf8" }).stdout.trim();
    expect(number).toBe(`.${TRAFMON_OID}.0.2`);
  },
);

test("credentials that others may read, or that miss something, are refused without being shown", () => {
  const path = join(folder, "credentials");
  const refused = (text: string, version: "2c" | "3", mode = 0o600) => {
    rmSync(path, { force: true });
    writeFileSync(path, text, { mode });
    try {
      readSnmpCredentials(path, version);
    } catch (error) {
      expect((error as Error).message).not.toContain("phrase");
      return (error as { code?: string }).code;
    }
    return null;
  };
  const code = "COLLECTOR_SNMP_CREDENTIALS_UNUSABLE";
  expect(refused("community = phrase", "2c")).toBe(null);
  expect(refused("community = phrase", "2c", 0o644)).toBe(code);
  expect(refused("user = u", "2c")).toBe(code);
  expect(refused("community = phrase", "3")).toBe(code);
  expect(refused("user = u\nauth = sha phrasephrase\npriv = aes phrasephrase", "3")).toBe(null);
  expect(refused("user = u\npriv = aes phrasephrase", "3")).toBe(code);
  expect(refused("user = u\nauth = rot13 phrasephrase", "3")).toBe(code);
  expect(refused("user = u\nauth = sha phrase", "3")).toBe(code);
  expect(refused("phrase", "2c")).toBe(code);
});
