#!/usr/bin/env node
// npm run test:crash: kills loaders and database servers at random instants, and holds the totals each time.
//   npm run test:crash                 50 kills
//   npm run test:crash -- --kills 500
//   npm run test:crash -- --seed 7     the instants of an earlier run, as far as the machine allows
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setup } from "./setup.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { kills: { type: "string", default: "50" }, seed: { type: "string" } } });
await setup({ withTests: true });
const { status } = spawnSync(join(root, "node_modules/.bin/vitest"), ["run", "packages/loader/src/crash.test.ts"], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    TRAFMON_TEST_KILLS: values.kills,
    ...(values.seed === undefined ? {} : { TRAFMON_TEST_SEED: values.seed }),
  },
});
process.exit(status ?? 1);
