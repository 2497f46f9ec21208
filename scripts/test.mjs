#!/usr/bin/env node
// npm test: installs what is missing, builds the programs, runs all tests, and ends with their number.
//   npm test                      everything
//   npm test -- packages/packet   only what vitest finds there
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { setup } from "./setup.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const wanted = process.argv.slice(2);

/** What measures or fills a machine, or sends into its network, has it for itself; all else runs two files at a time. */
const ALONE = [
  "packages/end-to-end/",
  "packages/probe/src/capture/",
  "packages/trafgen/src/send/",
  "packages/trafgen/src/play/",
  "packages/runtime/src/run-program",
];

await setup({ withTests: true });
mkdirSync(join(root, "var"), { recursive: true });
const counted =
  wanted.length > 0
    ? [run("wanted", wanted)]
    : [
        run("together", ["--maxWorkers=2", ...ALONE.map((path) => `--exclude=${path}**`)]),
        run("alone", ["--maxWorkers=1", ...ALONE]),
      ];
const sum = (/** @type {"passed" | "failed" | "skipped"} */ what) => counted.reduce((n, each) => n + each[what], 0);
// Once more at the very end: of a long log often only that is read.
for (const failure of counted.flatMap(({ failures }) => failures)) console.log(failure);
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exit(sum("failed") > 0 ? 1 : 0);

/** Lets vitest run, and gives its counts; a run that ends badly has failures, whatever it counted. */
function run(/** @type {string} */ name, /** @type {string[]} */ args) {
  const report = join(root, `var/test-report-${name}.json`);
  rmSync(report, { force: true });
  const { status } = spawnSync(
    join(root, "node_modules/.bin/vitest"),
    ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...args],
    { cwd: root, stdio: "inherit" },
  );
  const { passed, failed, skipped, failures } = countsOf(report);
  const isBad = status !== 0 || failed > 0 || passed === 0;
  if (isBad && failures.length === 0) failures.push(`FAILED vitest, ${name}: ended with ${status ?? "a signal"}`);
  return { passed, skipped, failed: isBad ? Math.max(1, failed) : 0, failures };
}

/** What vitest counted. A file that could not be loaded counts as one failure. */
function countsOf(/** @type {string} */ report) {
  try {
    const result = JSON.parse(readFileSync(report, "utf8"));
    const broken = result.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + broken.length,
      skipped: result.numPendingTests + result.numTodoTests,
      failures: result.testResults.flatMap(failuresOf),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: [`FAILED vitest: it left no report in ${report}`] };
  }
}

/** A line for each failed test of a file, or for the file when none of its tests could run. */
function failuresOf(/** @type {{ name: string, status: string, message: string, assertionResults: any[] }} */ file) {
  const path = relative(root, file.name);
  const firstLine = (/** @type {string | undefined} */ text) => (text ?? "").split("\n")[0];
  const failed = file.assertionResults.filter(({ status }) => status === "failed");
  if (failed.length === 0) return file.status === "failed" ? [`FAILED ${path}: ${firstLine(file.message)}`] : [];
  return failed.map((each) => `FAILED ${path} > ${each.fullName}: ${firstLine(each.failureMessages[0])}`);
}
