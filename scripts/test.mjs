#!/usr/bin/env node
// npm test: installs what is missing, builds the programs, runs all tests, and ends with their number.
//   npm test                      everything
//   npm test -- packages/packet   only what vitest finds there
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setup } from "./setup.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const report = join(root, "var/test-report.json");

await setup({ withTests: true });
mkdirSync(dirname(report), { recursive: true });
rmSync(report, { force: true });
const vitest = spawnSync(
  join(root, "node_modules/.bin/vitest"),
  ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit" },
);

const { passed, failed, skipped } = counts();
const isBad = vitest.status !== 0 || failed > 0 || passed === 0;
console.log(`${passed} passed, ${isBad ? Math.max(1, failed) : 0} failed, ${skipped} skipped`);
process.exit(isBad ? vitest.status || 1 : 0);

/** What vitest counted. A file that could not be loaded counts as one failure. */
function counts() {
  try {
    const result = JSON.parse(readFileSync(report, "utf8"));
    const broken = result.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + broken.length,
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
