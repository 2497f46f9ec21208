#!/usr/bin/env node
// npm run fuzz [-- TARGET... --seconds N --seed N]: coverage-guided fuzzing of everything that reads foreign bytes.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setup } from "./setup.mjs";

const folder = join(dirname(fileURLToPath(import.meta.url)), "fuzz");
await setup({ withTests: true });
// Instrumenting is done as modules are loaded, so it needs a process that is set up for it from its start.
const node = ["--expose-gc", "--conditions=source", "--import", join(folder, "register.mjs")];
const { status } = spawnSync(process.execPath, [...node, join(folder, "run.mjs"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exit(status ?? 1);
