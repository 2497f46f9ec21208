#!/usr/bin/env node
// Compiles the packages, the addons where they can be, and makes one file of each program. Everything else runs from its sources.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Throws when a step fails. */
export async function build() {
  for (const name of ["runtime", "probe", "trafgen"]) {
    const addon = join(root, "packages", name, "native/build.mjs");
    if (existsSync(addon)) run(`the addon of ${name}`, process.execPath, [addon]);
  }
  run("the programs", join(root, "node_modules/.bin/tsc"), ["-b"]);
  // Only now: setup imports this file before any npm package is there.
  const { bundlePrograms } = await import("./bundle.mjs");
  await bundlePrograms();
}

function run(what, command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`cannot build ${what}: ${error?.message ?? `exit ${status}`}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
