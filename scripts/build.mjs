#!/usr/bin/env node
// Compiles the programs, and their addons where they can be. Everything else runs from its sources.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeConstantsLocal } from "./local-constants.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Packages through which every packet goes. */
const HOT = ["probe", "packet", "observation"];

/** Throws when a step fails. */
export function build() {
  for (const name of ["runtime", "probe", "trafgen"]) {
    const addon = join(root, "packages", name, "native/build.mjs");
    if (existsSync(addon)) run(`the addon of ${name}`, process.execPath, [addon]);
  }
  run("the programs", join(root, "node_modules/.bin/tsc"), ["-b"]);
  for (const name of HOT) makeConstantsLocal(join(root, "packages", name, "dist"));
}

function run(what, command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error(`cannot build ${what}: ${error?.message ?? `exit ${status}`}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
