#!/usr/bin/env node
// npm run test:truth: plays scenes over a network of its own, with real servers, probes, collector, loader and reports,
// and prints a table of what is known and what was measured. Ends with 1 when anything differs. As root.
//   npm run test:truth                       all scenes, and netem's in a kernel of their own: ten minutes
//   npm run test:truth -- --short            those of npm test
//   npm run test:truth -- --scenes clean     some of them
//   npm run test:truth -- --no-netem         without the kernel of its own, which takes four minutes
//   npm run test:truth -- --keep             keeps the files of a good run too
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setup } from "./setup.mjs";
import startDatabaseServer from "./test-database.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    short: { type: "boolean" },
    keep: { type: "boolean" },
    scenes: { type: "string" },
    "no-netem": { type: "boolean" },
  },
});

if (process.getuid?.() !== 0) {
  console.error(
    "truth: cannot make network namespaces as an ordinary user\n  Run this as root: sudo npm run test:truth",
  );
  process.exit(77);
}
await setup({ withTests: true });
const truth = (name) => import(join(root, `packages/end-to-end/dist/truth/${name}.js`));
const { missingMeans } = await truth("truth-means");
const missing = missingMeans();
if (missing.length > 0) {
  console.error(`truth: cannot run: ${missing.join("; ")}\n  docs/truth-bench.md says what is needed.`);
  process.exit(69);
}
const { runTruthBench } = await truth("truth-bench");
const { runPlace } = await truth("run-place");
const { SampleTruth } = await truth("sample-truth");
const { FULL_SCENES, SHORT_SCENES } = await truth("scenes");
const { removeLeftNamespaces } = await truth("network/namespace");

const all = values.short ? SHORT_SCENES : FULL_SCENES;
const wanted = values.scenes?.split(",");
const scenes = wanted === undefined ? all : all.filter(({ name }) => wanted.includes(name));
if (scenes.length === 0 || (wanted !== undefined && scenes.length < wanted.length)) {
  console.error(`truth: there is no such scene\n  These exist: ${all.map(({ name }) => name).join(", ")}`);
  process.exit(64);
}

const samples = [new SampleTruth(join(root, "samples"), "samples")];
if (!values.short && wanted === undefined && !values["no-netem"]) samples.push(...netemScenes());

/** The sample captures made anew: other losses by netem, other retransmissions by the kernels, the same truth. */
function netemScenes() {
  if (process.arch !== "x64") {
    console.log("truth: netem's scenes are left out: user-mode-linux exists for amd64 only");
    return [];
  }
  const folder = join(root, "var/truth/netem");
  console.log("truth: playing netem's scenes in a kernel of their own");
  const { status } = spawnSync(process.execPath, [join(root, "scripts/samples/make-samples.mjs"), "--into", folder], {
    stdio: "inherit",
  });
  if (status !== 0) {
    console.error("truth: cannot play netem's scenes\n  Leave them out with --no-netem.");
    process.exit(1);
  }
  return [new SampleTruth(folder, "netem")];
}

const history = !values.short && wanted === undefined;
const stopDatabaseServer = await startDatabaseServer();
const stop = async () => {
  // What runs in the namespaces ends with them.
  removeLeftNamespaces();
  await stopDatabaseServer();
};
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => stop().finally(() => process.exit(1)));

let exitCode = 1;
try {
  const { table, folder } = await runTruthBench({
    scenes,
    samples,
    history,
    keep: values.keep === true,
    say: (line) => console.log(`truth: ${line}`),
  });
  process.stdout.write(`${table}`);
  if (table.broken.length > 0) process.stdout.write(`\n${table.brokenText}`);
  exitCode = table.broken.length === 0 ? 0 : 1;
  if (exitCode !== 0 || values.keep) console.log(`truth: everything of the run is in ${folder}`);
} catch (error) {
  console.error(`truth: ${error.stack}\n  What there is of the run is in ${runPlace()}.`);
} finally {
  await stop();
}
process.exit(exitCode);
