#!/usr/bin/env node
// npm run package: makes var/package/trafmon_VERSION_ARCHITECTURE.deb of the tree as it is.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { debianPackage } from "./package/debian.mjs";
import { root } from "./package/programs.mjs";
import { stage } from "./package/stage.mjs";

/** Where Debian's nodejs has it; the package depends on that. */
const DEBIAN_NODE = "/usr/bin/node";

/** @returns the path of the .deb */
export async function makePackage({ folder = join(root, "var/package"), say = console.log } = {}) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  mkdirSync(folder, { recursive: true });
  const staged = mkdtempSync(join(folder, "staged-"));
  const umask = process.umask(0o022);
  try {
    chmodSync(staged, 0o755);
    await stage({ to: staged, node: DEBIAN_NODE, say });
    say("packing");
    return debianPackage({ staged, folder, version });
  } finally {
    process.umask(umask);
    rmSync(staged, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log(await makePackage());
  } catch (error) {
    console.error(`package: ${error.message}`);
    process.exit(1);
  }
}
