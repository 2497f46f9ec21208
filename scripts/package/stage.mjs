// Lays out a whole installation below a folder: what the .deb holds, and what scripts/install copies.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { compileCaptureLauncher } from "../../packages/probe/launcher/build.mjs";
import { build } from "../build.mjs";
import { installedPackages, programs, root } from "./programs.mjs";

const PNPM = "pnpm@12.21.0";
/** Folders of etc/ that are not installed below /etc/trafMon. */
const PLACED_ELSEWHERE = new Set(["systemd", "cron.d", "resurrect"]);
export const HOME = "/opt/trafMon";

/**
 * @param {{ to: string, node: string, say?: (line: string) => void }} how `to`: an empty folder, which becomes the
 *   installation's `/`; `node`: the interpreter's path where it will run
 */
export async function stage({ to, node, say = () => {} }) {
  say("building the programs");
  await build();
  const lib = join(to, HOME, "lib");
  say("copying programs and the npm packages they need");
  copyNpmPackages(lib);
  for (const name of installedPackages()) copyPackage(name, lib);
  copyPrograms(to, node);
  copySql(to);
  copyConfiguration(to);
  copyUnits(to);
  copyDocumentation(to);
  makeWritableFolders(to);
  for (const name of ["configure", "stop"])
    copyExecutable(join(root, "scripts/package/maintainer", name), join(lib, "maintainer", name));
}

/** The npm packages that run, as files: no links into a store, nothing that only builds or tests. */
function copyNpmPackages(lib) {
  mkdirSync(lib, { recursive: true });
  for (const file of ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"])
    copyFileSync(join(root, file), join(lib, file));
  const members = readdirSync(join(root, "packages")).map((name) => `packages/${name}/package.json`);
  for (const file of [...members, "sql/package.json"].filter((path) => existsSync(join(root, path)))) {
    mkdirSync(dirname(join(lib, file)), { recursive: true });
    copyFileSync(join(root, file), join(lib, file));
  }
  // Without optional packages: pcap is bound to one version of Node, and the project's own addon does its work.
  run(
    "npx",
    [
      ...["--yes", PNPM, "install", "--prod", "--no-optional", "--frozen-lockfile", "--prefer-offline"],
      ...["--ignore-scripts", "--config.node-linker=hoisted", "--config.package-import-method=copy"],
    ],
    { cwd: lib, env: { ...process.env, CI: "true" } },
  );
  for (const left of [".bin", ".pnpm", ".modules.yaml", ".pnpm-workspace-state-v1.json", "@types", "undici-types"])
    rmSync(join(lib, "node_modules", left), { recursive: true, force: true });
  for (const name of readdirSync(join(lib, "node_modules/@trafmon")))
    if (!installedPackages().includes(name)) rmSync(join(lib, "node_modules/@trafmon", name));
  for (const name of readdirSync(join(lib, "packages"))) {
    if (!installedPackages().includes(name)) rmSync(join(lib, "packages", name), { recursive: true });
    else rmSync(join(lib, "packages", name, "node_modules"), { recursive: true, force: true });
  }
  for (const left of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "sql"])
    rmSync(join(lib, left), { recursive: true, force: true });
}

/** The programs of a package, its addon, and what it reads. */
function copyPackage(name, lib) {
  const from = join(root, "packages", name);
  const to = join(lib, "packages", name);
  for (const folder of ["bundle", "native/build", "definitions", "fonts", "receivers"]) {
    if (existsSync(join(from, folder))) cpSync(join(from, folder), join(to, folder), { recursive: true });
  }
}

/** bin/ and testing/ hold links; a program finds its packages from where it really lies. */
function copyPrograms(to, node) {
  for (const folder of ["bin", "testing", "libexec"]) mkdirSync(join(to, HOME, folder), { recursive: true });
  mkdirSync(join(to, "usr/bin"), { recursive: true });
  const link = (name, folder, target) => {
    symlinkSync(target, join(to, HOME, folder, name));
    symlinkSync(join(HOME, folder, name), join(to, "usr/bin", name));
  };
  for (const { name, package: owner, main, folder } of programs()) {
    const file = join(to, HOME, "lib/packages", owner, main);
    const text = readFileSync(file, "utf8").replace(/^#!.*\n/, "");
    // Not through env: which node runs must not depend on who runs it.
    writeFileSync(file, `#!${node}\n${text}`);
    chmodSync(file, 0o755);
    link(name, folder, relative(join(HOME, folder), join(HOME, "lib/packages", owner, main)));
  }
  const receivers = "packages/trafgen/receivers/trafgen_receivers";
  if (existsSync(join(root, receivers))) link("trafgen_receivers", "testing", join("../lib", receivers));
  for (const name of readdirSync(join(root, "scripts/package/programs"))) {
    copyExecutable(join(root, "scripts/package/programs", name), join(to, HOME, "bin", name));
    symlinkSync(join(HOME, "bin", name), join(to, "usr/bin", name));
  }
  for (const name of readdirSync(join(root, "etc/resurrect")))
    copyExecutable(join(root, "etc/resurrect", name), join(to, HOME, "bin", name));
  compileCaptureLauncher({
    to: join(to, HOME, "libexec/tmon_capture"),
    node,
    probe: join(HOME, "bin/tmon_probe"),
    log: "/var/log/trafMon/",
  });
  // Its group and capability are given where it is installed, by configure.
  chmodSync(join(to, HOME, "libexec/tmon_capture"), 0o750);
}

function copySql(to) {
  const isSource = (path) => !/\.test\.ts$|\.ts$|\.golden\.sql$|package\.json$|fixtures$|node_modules$/.test(path);
  cpSync(join(root, "sql"), join(to, HOME, "lib/sql"), { recursive: true, filter: isSource });
  symlinkSync("lib/sql", join(to, HOME, "sql"));
}

/** Everything below etc/ but what has a place of its own. */
function copyConfiguration(to) {
  const etc = join(to, "etc/trafMon");
  mkdirSync(etc, { recursive: true });
  for (const name of readdirSync(join(root, "etc"))) {
    if (!PLACED_ELSEWHERE.has(name)) cpSync(join(root, "etc", name), join(etc, name), { recursive: true });
  }
  // What the programs fall back on when the operator's own is gone.
  mkdirSync(join(to, HOME, "lib/etc"), { recursive: true });
  copyFileSync(join(root, "etc/services.tsv"), join(to, HOME, "lib/etc/services.tsv"));
  cpSync(join(root, "etc/cron.d"), join(to, "etc/cron.d"), { recursive: true });
}

function copyUnits(to) {
  const folder = join(to, "usr/lib/systemd/system");
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(join(root, "etc/systemd")))
    copyFileSync(join(root, "etc/systemd", name), join(folder, name));
}

function copyDocumentation(to) {
  const doc = join(to, "usr/share/doc/trafmon");
  mkdirSync(doc, { recursive: true });
  for (const name of ["README.md", "CHANGELOG.md"]) copyFileSync(join(root, name), join(doc, name));
  copyFileSync(join(root, "LICENSE"), join(doc, "copyright"));
  cpSync(join(root, "docs"), join(doc, "docs"), { recursive: true });
  for (const [from, folder] of [
    ["docs/man", "usr/share/man/man1"],
    ["docs/completion", "usr/share/bash-completion/completions"],
  ]) {
    if (!existsSync(join(root, from))) continue;
    rmSync(join(doc, from), { recursive: true, force: true });
    cpSync(join(root, from), join(to, folder), { recursive: true });
  }
}

/** Owned by the package, so that they exist and go with it; who may write there is said by configure. */
function makeWritableFolders(to) {
  for (const name of ["collector", "state", "spool", "reports", "GeoIP"])
    mkdirSync(join(to, "var/trafMon", name), { recursive: true });
  mkdirSync(join(to, "var/log/trafMon"), { recursive: true });
  symlinkSync("/var/log/trafMon", join(to, "var/trafMon/log"));
}

function copyExecutable(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}

function run(command, words, options) {
  const { status, error, stdout, stderr } = spawnSync(command, words, { encoding: "utf8", ...options });
  if (status !== 0)
    throw new Error(`cannot run ${basename(command)} ${words.join(" ")}: ${error?.message ?? `${stdout}${stderr}`}`);
}
