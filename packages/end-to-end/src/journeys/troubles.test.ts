import { type ChildProcess, type SpawnSyncReturns, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { databaseServer, smallDisk } from "@trafmon/testkit";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildPrograms, ROOT, startProgram } from "../site/built-programs.ts";

/** What goes wrong on an operator's first day: the program says it in two lines, and the doctor in one. */

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

let folder: string;
beforeAll(() => buildPrograms());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "troubles-"));
  chmodSync(folder, 0o755);
  for (const name of ["logs", "state", "spool", "log"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "p.key"), `${randomBytes(32).toString("hex")}\n`, { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeXml({ interfaceName = "lo", logDir = `${folder}/logs`, port = 47602 } = {}): void {
  writeFileSync(
    join(folder, "tmon.xml"),
    `<trafMon site="troubles">
  <collectors><collector name="c" listen="127.0.0.1:${port}" logDir="${logDir}" stateDir="${folder}/state"/></collectors>
  <probes><probe name="p" keyFile="${folder}/p.key" spoolDir="${folder}/spool">
    <interface name="${interfaceName}"/><sendTo collector="c"/></probe></probes>
  <flowClasses><flowClass name="all" account="yes"><match><any/></match><partition addresses="host"/><ipCounters/></flowClass></flowClasses>
</trafMon>`,
  );
}

/** What a command runs within, and the top folder of the sources there. */
interface Surroundings {
  readonly within: readonly string[];
  readonly root: string;
}

const HERE: Surroundings = { within: [], root: ROOT };

function run(name: string, words: readonly string[], { within, root } = HERE): SpawnSyncReturns<string> {
  const [command, ...rest] = [...within, process.execPath, join(root, `packages/${name}/bundle/main.js`), ...words];
  return spawnSync(command!, rest, {
    encoding: "utf8",
    cwd: folder,
    timeout: 240_000,
    env: { ...process.env, NODE_EXTRA_CA_CERTS: "" },
  });
}

const probe = (surroundings = HERE) => run("probe", ["-c", `${folder}/tmon.xml`, "p"], surroundings);
const collector = () => run("collector", ["-c", `${folder}/tmon.xml`, "c"]);
const doctor = (words: readonly string[], surroundings = HERE) =>
  run("doctor", ["-c", `${folder}/tmon.xml`, ...words], surroundings);

/** The last two lines that a program says: what, with its code, and what to do. */
function expectTold({ stderr, status }: SpawnSyncReturns<string>, code: string, exitCode: number): void {
  const [what, hint] = stderr.trimEnd().split("\n").slice(-2);
  expect(what, stderr).toMatch(new RegExp(`^\\w+: cannot .* \\[${code}\\]$`));
  expect(hint).toMatch(/^ {2}\S.*\.?$/);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(status).toBe(exitCode);
}

/** Exactly one fault of that kind, in one line with its fix. */
function expectFound({ stdout, stderr }: SpawnSyncReturns<string>, about: string, text: RegExp): void {
  const faults = stdout.split("\n").filter((line) => line.startsWith(`fault    ${about} `));
  expect(faults, `${stdout}${stderr}`).toHaveLength(1);
  expect(faults[0]).toMatch(text);
  expect(faults[0]).toContain(" -- ");
}

test("a wrong password", async () => {
  writeXml();
  const { socket } = await databaseServer();
  writeFileSync(join(folder, "db.cred"), `socket = ${socket}\nuser = tm_no_such_user\npassword = not-it\n`, {
    mode: 0o600,
  });
  expectTold(run("loader", ["-p", `${folder}/logs`, "-l", "-L", `${folder}/log`]), "DATABASE_DENIED", 77);
  const found = doctor(["--cred", `${folder}/db.cred`]);
  expectFound(found, "database", /DATABASE_DENIED/);
  expect(found.stdout + found.stderr).not.toContain("not-it");
});

/** Runs a command with the one mounted in place of the other, for that command alone. */
const mounted = (what: string, where: string) => [
  ...["unshare", "-m", "sh", "-c"],
  ...[`mount --bind '${what}' '${where}' && exec "$@"`, "sh"],
];
const isDone = ([command, ...words]: readonly string[]) => spawnSync(command!, words).status === 0;
const canMount = isRoot && isDone([...mounted(tmpdir(), tmpdir()), "true"]);

// The library is hidden from one process.
const library = /libpcap\.so\.\S+ .* => (\S+)/.exec(
  spawnSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" }).stdout,
)?.[1];
const hidden: Surroundings = { within: mounted("/dev/null", library ?? ""), root: ROOT };
test.runIf(canMount && library !== undefined)("a missing library", () => {
  writeXml();
  expectTold(probe(hidden), "PROBE_CAPTURE_UNAVAILABLE", 69);
  const found = doctor(["-P", "p"], hidden);
  expectFound(found, "capture", /libpcap/);
});

test.runIf(canMount)("no permission to capture", () => {
  writeXml();
  for (const name of ["p.key", "spool", "logs", "state"]) spawnSync("chown", [String(NOBODY), join(folder, name)]);
  // The sources may lie where others may not look, as below /root.
  const root = join(folder, "sources");
  mkdirSync(root);
  const other = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", "--inh-caps=-all"];
  const nobody: Surroundings = { within: [...mounted(ROOT, root), ...other], root };
  expectTold(probe(nobody), "PROBE_CAPTURE_FORBIDDEN", 77);
  spawnSync("chown", ["0", join(folder, "spool")]);
  expectFound(doctor(["-P", "p"], nobody), "disk", /spool of p\) cannot be written by this user/);
});

test("a busy port", async () => {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  writeXml({ port: socket.address().port });
  expectTold(collector(), "COLLECTOR_ADDRESS_IN_USE", 75);
  expectFound(doctor(["-C", "c"]), "collector", /another program holds the port/);
  socket.close();
});

test.runIf(isRoot)("a full disk, which the collector waits out and says so", async () => {
  const disk = smallDisk(256 * 1024);
  if (disk === null) throw new Error("cannot mount a small disk as root");
  let child: ChildProcess | null = null;
  try {
    writeXml({ logDir: disk.path });
    disk.fill();
    child = startProgram("collector", ["-c", `${folder}/tmon.xml`, "c"]);
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stderr! })) {
      lines.push(line);
      if (line.includes("cannot write the logs")) break;
    }
    expect(lines.at(-1)).toContain("cannot write the logs; nothing is acknowledged until it works again");
    expectFound(doctor(["-C", "c"]), "disk", /is full: 0 MiB are left/);
  } finally {
    if (child !== null) {
      child.kill("SIGKILL");
      await once(child, "close");
    }
    disk.remove();
  }
});

test("a missing interface", () => {
  writeXml({ interfaceName: "nosuch0" });
  expectTold(probe(), "PROBE_INTERFACE_UNKNOWN", 78);
  const found = doctor(["-P", "p"]);
  expectFound(found, "interface", /p shall watch nosuch0, which this machine has not/);
});

test("the doctor's exit code is its first fault's, and --json has an object a line", () => {
  writeXml({ interfaceName: "nosuch0" });
  const { stdout, status } = doctor(["-P", "p", "--json"]);
  const first = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))[0];
  expect(first.severity).toBe("fault");
  expect(status).toBe(first.exitCode);
});
