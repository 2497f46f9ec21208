#!/usr/bin/env node
// npm run test:mysql: the tests of SQL, database and loader on real MySQL, from Debian's sid suite in a folder of its own
// (var/mysql), or on another MariaDB. As root, for debootstrap and chroot.
//   npm run test:mysql
//   npm run test:mysql -- --mariadb          MariaDB of Debian's trixie suite instead
//   npm run test:mysql -- sql/schema.test.ts
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setup } from "./setup.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const START_TIMEOUT_MS = 120_000;
const TESTS = ["sql/", "packages/database/", "packages/loader/"];
/** Kills a server of its own. */
const NOT_THERE = "packages/loader/src/crash.test.ts";
/** Making a table takes MySQL several times as long, and a database of ours has a hundred. */
const PATIENCE = ["--testTimeout=300000", "--hookTimeout=300000"];

const MYSQL = {
  name: "MySQL",
  suite: "sid",
  packages: "mysql-server-core,mysql-client-core",
  initialise: ["/usr/sbin/mysqld", "--no-defaults", "--user=root", "--initialize-insecure", "--datadir=/srv/data"],
  // Without the binary log: tests need no replica, and MySQL writes one unless told otherwise.
  serve: ["/usr/sbin/mysqld", "--secure-file-priv=", "--mysqlx=OFF", "--skip-log-bin"],
};
const MARIADB = {
  name: "MariaDB",
  suite: "trixie",
  packages: "mariadb-server-core,mariadb-client-core",
  initialise: [
    ..."/usr/bin/mariadb-install-db --no-defaults --user=root --datadir=/srv/data".split(" "),
    // No name service in the folder.
    "--force",
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
  ],
  serve: ["/usr/sbin/mariadbd"],
};

const words = process.argv.slice(2);
const kind = words.includes("--mariadb") ? MARIADB : MYSQL;
const tests = words.filter((word) => word !== "--mariadb");

if (process.getuid?.() !== 0) {
  console.error(
    "test:mysql: cannot make a Debian folder as an ordinary user\n  Run this as root: sudo npm run test:mysql",
  );
  process.exit(77);
}
await setup({ withTests: true });
process.exitCode = await testOn(installed(kind), kind);

/** The folder with the server, made the first time. */
function installed({ suite, packages, name }) {
  const folder = join(root, "var/mysql", suite);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  console.log(`installing ${name} from Debian's ${suite} suite into ${folder}`);
  const words = ["--variant=minbase", `--include=${packages}`, suite, part];
  const { status, error } = spawnSync("debootstrap", words, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) {
    throw new Error(
      `cannot install ${name}: ${error?.message ?? `debootstrap ended with ${status}`}\n  apt-get install debootstrap`,
    );
  }
  renameSync(part, folder);
  return folder;
}

/** Runs the tests on a server in `folder`; its exit code. */
async function testOn(folder, { name, initialise, serve }) {
  rmSync(join(folder, "srv/data"), { recursive: true, force: true });
  mkdirSync(join(folder, "srv/run"), { recursive: true });
  const first = spawnSync("chroot", [folder, ...initialise], { encoding: "utf8" });
  if (first.status !== 0) throw new Error(`cannot initialise ${name}:\n${first.stdout}${first.stderr}`);
  const server = spawn(
    "chroot",
    [
      folder,
      serve[0],
      "--no-defaults",
      "--user=root",
      "--datadir=/srv/data",
      "--socket=/srv/run/server.sock",
      "--pid-file=/srv/run/server.pid",
      "--log-error=/srv/run/server.err",
      "--skip-networking",
      "--local-infile=1",
      // Test data that a power cut may have: hundreds of tables are made per test.
      "--innodb-flush-log-at-trx-commit=0",
      "--innodb-flush-method=nosync",
      "--innodb-doublewrite=0",
      "--table-open-cache=4000",
      ...serve.slice(1),
    ],
    { stdio: "ignore" },
  );
  const ended = new Promise((resolve) => server.on("exit", resolve));
  // A socket's path holds 107 bytes, and the folder may lie deep.
  const short = mkdtempSync(join(tmpdir(), "tm-"));
  symlinkSync(join(folder, "srv/run"), join(short, "run"));
  const socket = join(short, "run/server.sock");
  try {
    const untilMs = Date.now() + START_TIMEOUT_MS;
    while (!answers(socket)) {
      if (server.exitCode !== null || Date.now() > untilMs) {
        throw new Error(
          `cannot start ${name}:\n${readFileSync(join(folder, "srv/run/server.err"), "utf8").slice(-2000)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    console.log(`tests on ${version(socket)}`);
    const vitest = spawnSync(
      join(root, "node_modules/.bin/vitest"),
      ["run", ...(tests.length > 0 ? tests : TESTS), "--exclude", NOT_THERE, ...PATIENCE],
      { cwd: root, stdio: "inherit", env: { ...process.env, TRAFMON_TEST_SOCKET: socket } },
    );
    return vitest.status ?? 1;
  } finally {
    if (server.exitCode === null) server.kill("SIGTERM");
    await ended;
    rmSync(short, { recursive: true });
    rmSync(join(folder, "srv/data"), { recursive: true, force: true });
  }
}

function answers(socket) {
  return existsSync(socket) && version(socket) !== null;
}

/** What the server says it is, or null when it does not answer. */
function version(socket) {
  const words = [
    "--no-defaults",
    `--socket=${socket}`,
    "--user=root",
    "-N",
    "-e",
    "SELECT CONCAT(@@version_comment, ' ', VERSION())",
  ];
  const { status, stdout } = spawnSync("mariadb", words, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : null;
}
