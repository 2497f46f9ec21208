#!/usr/bin/env node
// Installs what is missing and builds, on a fresh Debian machine with nothing but Node, npm and git. Plain Node: it runs
// before there is anything else.
//   node scripts/setup.mjs [--tests]
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { installDebianPackages } from "./debian-packages.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const LEAST_NODE = [20, 19];
const PNPM = "pnpm@12.21.0";

/** @param {{ withTests?: boolean, say?: (line: string) => void }} [options] */
export async function setup({ withTests = false, say = console.log } = {}) {
  checkNode();
  installDebianPackages({ withTests, say });
  installNpmPackages(say);
  if (withTests) unpackReceivers(say);
  await build();
}

/** The servers that tests measure: unpacked below var/tools, not installed. */
function unpackReceivers(say) {
  const program = join(root, "packages/trafgen/receivers/trafgen_receivers");
  const { status, error, stdout, stderr } = spawnSync(program, ["unpack"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`cannot unpack the servers to test against: ${error?.message ?? stderr.trim()}`);
  if (stdout !== "") say(stdout.trim());
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  throw new Error(`cannot run on Node ${process.versions.node}\n  Install Node ${LEAST_NODE.join(".")} or newer.`);
}

function installNpmPackages(say) {
  const stamp = join(root, "node_modules/.trafmon-setup");
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  say(`installing npm packages with ${PNPM}`);
  const nodedir = nodeHeaders();
  const canBuildPcap = nodedir !== null && ["python3", "make", "g++"].every(isProgram);
  if (!canBuildPcap) {
    say("  the npm package pcap is not compiled (it wants python3, make, g++ and Node's headers);");
    say("  that is no loss: packets are captured by the project's own addon");
  }
  const words = ["--yes", PNPM, "install", "--frozen-lockfile", "--reporter=append-only"];
  const { status, error } = spawnSync("npx", canBuildPcap ? words : [...words, "--ignore-scripts"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      ...process.env,
      CI: "true",
      npm_config_update_notifier: "false",
      ...(nodedir && { npm_config_nodedir: nodedir }),
    },
  });
  if (error?.code === "ENOENT") throw new Error("cannot find npx\n  Install npm: apt-get install npm");
  if (status !== 0) throw new Error(`cannot install npm packages: exit ${status}\n  Its message is above.`);
  writeFileSync(stamp, wanted);
}

/** Changes when other packages are to be installed, or other ones compiled. */
function fingerprint() {
  const hash = createHash("sha256").update(`${process.versions.modules} ${process.arch}`);
  for (const name of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"])
    hash.update(readFileSync(join(root, name)));
  return hash.digest("hex");
}

/** Where node-gyp finds Node's headers; it would otherwise download them. */
function nodeHeaders() {
  const prefixes = [dirname(dirname(process.execPath)), "/usr"];
  return prefixes.find((prefix) => existsSync(join(prefix, "include/node/node_api.h"))) ?? null;
}

function isProgram(name) {
  return spawnSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" }).status === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setup({ withTests: process.argv.includes("--tests") });
  } catch (error) {
    console.error(`setup: ${error.message}`);
    process.exit(69);
  }
}
