// Installs from the sources what the package holds, in the same places, by the same rules: configuration that was
// changed is kept, data stays unless purged.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./package/programs.mjs";
import { HOME, stage } from "./package/stage.mjs";

const HELP = `Usage: scripts/install [--root FOLDER] [--remove | --purge]

Installs trafMon below /opt/trafMon, /etc/trafMon, /var/trafMon and /var/log/trafMon, with the user trafmon, systemd
units, cron tables and manual pages. Configuration files that you changed are kept; the new version of such a file is
put beside it as FILE.new. Nothing is started.

  --root FOLDER  install into this folder in place of /, without users and keys (for packagers)
  --remove       take the programs away; configuration, secrets and data stay
  --purge        take everything away

EXAMPLE
  sudo scripts/install

On Debian, \`npm run package\` makes a package, which brings what it depends on as well.
`;

/** What was installed, one file a line with its digest; it tells later which configuration was changed since. */
const MANIFEST = `${HOME}/lib/installed-files`;
const MAINTAINER = join(root, "scripts/package/maintainer");

class UsageError extends Error {}

async function main() {
  const { values } = readOptions();
  if (values.help) return void process.stdout.write(HELP);
  const target = values.root ?? "/";
  if (values.root === undefined && process.getuid() !== 0)
    throw new Error("cannot install without root's rights\n  sudo scripts/install");
  if (target === "/" && existsSync("/var/lib/dpkg/info/trafmon.list"))
    throw new Error("cannot install over the Debian package\n  Use apt to upgrade or remove it.");
  if (values.remove || values.purge) return remove(target, values.purge);
  await install(target);
}

async function install(target) {
  const staged = mkdtempSync(join(tmpdir(), "trafmon-install-"));
  const umask = process.umask(0o022);
  try {
    await stage({ to: staged, node: process.execPath, say: console.log });
    const before = manifestOf(target);
    const digests = new Map();
    for (const path of everythingBelow(staged)) place(path, { staged, target, before, digests });
    // What the version before had and this one has not; configuration is the operator's.
    for (const path of [...before.keys()].filter((known) => !digests.has(known) && !known.startsWith("etc/")))
      rmSync(join(target, path), { force: true });
    writeFileSync(join(target, MANIFEST), [...digests].map(([path, digest]) => `${digest}  ${path}\n`).join(""));
  } finally {
    process.umask(umask);
    rmSync(staged, { recursive: true, force: true });
  }
  if (target !== "/") return;
  run(join(MAINTAINER, "postinst"), ["configure", ""]);
}

/** Copies one file, link or folder; changed configuration stays. */
function place(path, { staged, target, before, digests }) {
  const [from, to] = [join(staged, path), join(target, path)];
  const kind = lstatSync(from);
  if (kind.isDirectory()) return void mkdirSync(to, { recursive: true });
  const digest = kind.isSymbolicLink() ? `-> ${readlinkSync(from)}`.replaceAll(" ", "") : sha256(from);
  digests.set(path, digest);
  if (kind.isSymbolicLink()) {
    rmSync(to, { force: true });
    return void symlinkSync(readlinkSync(from), to);
  }
  if (path.startsWith("etc/") && existsSync(to)) {
    const there = sha256(to);
    const isChanged = there !== digest && there !== before.get(path);
    if (isChanged) {
      copyFileSync(from, `${to}.new`);
      return void console.log(`kept ${to}, which was changed; the new version is ${to}.new`);
    }
  }
  // A program may be running: its file is replaced, not written over.
  rmSync(to, { force: true });
  copyFileSync(from, to);
}

function remove(target, isPurge) {
  const known = manifestOf(target);
  // After a removal there is no list any more, but still what a purge takes away.
  const isRemoved = known.size === 0;
  if (isRemoved && !(isPurge && existsSync(join(target, "etc/trafMon"))))
    throw new Error("cannot remove: trafMon was not installed here by scripts/install");
  if (target === "/" && !isRemoved) run(join(MAINTAINER, "prerm"), ["remove"]);
  const goes = (path) => isPurge || !(path.startsWith("etc/trafMon/") || path.startsWith("var/"));
  for (const path of [...known.keys()].filter(goes)) {
    for (const file of [path, ...(path.startsWith("etc/") ? [`${path}.new`] : [])])
      rmSync(join(target, file), { force: true });
    removeEmptyFolders(target, dirname(path));
  }
  rmSync(join(target, HOME), { recursive: true, force: true });
  if (target === "/") run(join(MAINTAINER, "postrm"), [isPurge ? "purge" : "remove"]);
  else if (isPurge)
    for (const path of ["etc/trafMon", "var/trafMon", "var/log/trafMon"])
      rmSync(join(target, path), { recursive: true, force: true });
}

/** Only folders that are certainly ours: those of others stay even when they become empty. */
function removeEmptyFolders(target, folder) {
  if (!/(^|\/)(trafMon|trafmon)(\/|$)/.test(folder)) return;
  try {
    rmdirSync(join(target, folder));
  } catch {
    return;
  }
  removeEmptyFolders(target, dirname(folder));
}

function manifestOf(target) {
  const path = join(target, MANIFEST);
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return new Map(lines.map((line) => [line.slice(line.indexOf("  ") + 2), line.slice(0, line.indexOf("  "))]));
}

/** Folders before what is in them; paths relative. */
function everythingBelow(folder, below = "") {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? [path, ...everythingBelow(folder, path)] : [path];
  });
}

function sha256(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

function run(command, words) {
  const { status, error } = spawnSync(command, words, { stdio: "inherit" });
  if (status !== 0) throw new Error(`cannot finish: ${command} ended with ${error?.message ?? `exit ${status}`}`);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        root: { type: "string" },
        remove: { type: "boolean", default: false },
        purge: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${error.message}\n  scripts/install --help shows the options.`);
  }
}

try {
  await main();
} catch (error) {
  console.error(`install: ${error.message}`);
  process.exit(error instanceof UsageError ? 64 : 1);
}
