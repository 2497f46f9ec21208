// Makes one file of a program and all the modules it loads: docs/decisions/0021.
import { readdirSync, renameSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { installedPackages, programs, root } from "./package/programs.mjs";

/** What programs start beside themselves, as a thread. */
const THREADS = [{ package: "probe", main: "bundle/capture/capture-worker.js" }];

/** These find files of theirs, or a binary, by where they lie: they stay where they are. */
const FOUND_BY_PLACE = ["net-snmp", "node-cron", "pcap", "pdfkit"];

/** Where a module of ours lies, and where it would lie in a bundle. */
const SOURCE = /\/packages\/([^/]+)\/src\/(.*)\.ts$/;
const BUNDLED = "/packages/$1/bundle/$2.js";

/** Writes every program of the packages that are installed, and their threads, if anything is newer than they are. */
export async function bundlePrograms() {
  const bundles = [...programs(), ...THREADS].map(({ package: name, main }) => join(root, "packages", name, main));
  const writtenMs = Math.min(...bundles.map(modifiedMs));
  if (newestSourceMs() < writtenMs) return;
  await Promise.all(bundles.map((file) => bundle(file.replace(/\/bundle\/(.*)\.js$/, "/src/$1.ts"), file)));
}

/** When the last of what bundles are made of was written. */
function newestSourceMs() {
  const sources = installedPackages().flatMap((name) => {
    const folder = join(root, "packages", name, "src");
    return readdirSync(folder, { recursive: true }).map((file) => join(folder, file));
  });
  return Math.max(...[fileURLToPath(import.meta.url), join(root, "pnpm-lock.yaml"), ...sources].map(modifiedMs));
}

function modifiedMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** @param {string} source a TypeScript file @param {string} target the file to write */
export async function bundle(source, target) {
  const made = await rolldown({
    input: source,
    platform: "node",
    external: FOUND_BY_PLACE,
    resolve: { conditionNames: ["source", "node", "import", "default"] },
    // Ours do nothing when they are loaded: a module none of whose exports is used stays out, and what it loads.
    treeshake: { moduleSideEffects: (id) => !SOURCE.test(id) },
    optimization: { inlineConst: { mode: "all", pass: 3 } },
    plugins: [placesOfModules(dirname(target))],
  });
  // In place at once: whoever is interrupted leaves no half of a program that looks newer than its sources.
  const unfinished = `${target}.${process.pid}.tmp`;
  await made.write({ file: unfinished, format: "esm", codeSplitting: false });
  await made.close();
  renameSync(unfinished, target);
}

/**
 * What a module finds beside itself (a thread, an addon, a font) it finds by its own place. In a bundle that is where
 * it would lie if `src` were the folder of bundles: `packages/probe/bundle/capture/native-binding.js`.
 */
function placesOfModules(folder) {
  return {
    name: "places of modules",
    transform(code, id) {
      if (!SOURCE.test(id) || !code.includes("import.meta.url")) return null;
      const place = relative(folder, id.replace(SOURCE, BUNDLED));
      return code.replaceAll("import.meta.url", `new URL(${JSON.stringify(place)}, import.meta.url).href`);
    },
  };
}
