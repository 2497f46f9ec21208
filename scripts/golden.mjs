#!/usr/bin/env node
// Renews golden files and produced documentation. Read the difference before you commit it.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const writers = [
  "packages/observation/src/write-reference.ts",
  "packages/settings/src/documentation/write-documentation.ts",
  "scripts/write-errors.ts",
];

for (const writer of writers) {
  console.log(writer);
  const args = ["--import", "tsx", "--conditions=source", join(root, writer)];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
// Vitest's own snapshots and files compared with toMatchFileSnapshot.
const { status } = spawnSync(join(root, "node_modules/.bin/vitest"), ["run", "-u", "-t", "golden"], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
