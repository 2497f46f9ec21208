import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const PACKAGES = join(import.meta.dirname, "../../packages");

/**
 * Files `packages/<package>/fuzz/<target>.ts`, each of which exports a `target`: its name, `seeds()` to begin with, `run(input)`
 * that throws when something is wrong, `mostSteps(bytes)`, the statements it may run for an input of that length, and
 * `tokens`, words its language knows.
 */
export function targetFiles() {
  return readdirSync(PACKAGES).flatMap((name) => {
    const folder = join(PACKAGES, name, "fuzz");
    return filesIn(folder).map((file) => ({
      name: file.replace(/\.ts$/, ""),
      url: pathToFileURL(join(folder, file)).href,
    }));
  });
}

function filesIn(folder) {
  try {
    return readdirSync(folder).filter((file) => file.endsWith(".ts"));
  } catch {
    return [];
  }
}
