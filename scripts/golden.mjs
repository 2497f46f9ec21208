#!/usr/bin/env node
// Renews golden files and produced documentation. Read the difference before you commit it.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const writers = [
  "packages/observation/src/write-reference.ts",
  "packages/settings/src/documentation/write-documentation.ts",
  "packages/trafgen/src/scenario/documentation/write-documentation.ts",
  "sql/write-produced.ts",
  "scripts/write-errors.ts",
  "scripts/package/write-jobs.mjs",
  "scripts/manuals/write-manuals.ts",
];

for (const writer of writers) {
  console.log(writer);
  const args = ["--import", "tsx", "--conditions=source", join(root, writer)];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
// Golden files that a test compares, and writes itself when asked to.
vitest(["sql/schema"], { UPDATE_GOLDEN: "1" });
// `--update` stands last: before a path it would take that for its value.
vitest(["packages/reports/src/draw", "--update"], {});

function vitest(args, env) {
  const command = join(root, "node_modules/.bin/vitest");
  const { status } = spawnSync(command, ["run", ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? 1);
}
