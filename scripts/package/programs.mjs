// The programs of the packages, and where an installation has them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Only for tests: not part of an installation. */
const NOT_INSTALLED = new Set(["testkit", "end-to-end"]);

/** Their programs make traffic, for trying things out: they go to testing/. */
const GENERATORS = "trafgen";

/** Names of the packages that are installed. */
export function installedPackages() {
  return readdirSync(join(root, "packages"))
    .filter((name) => !NOT_INSTALLED.has(name) && existsSync(join(root, "packages", name, "package.json")))
    .sort();
}

/**
 * Every program, by name, as the packages' `bin` declares it.
 * @returns {{ name: string, package: string, main: string, folder: "bin" | "testing" }[]} `main`: relative to the package
 */
export function programs() {
  return installedPackages()
    .flatMap((name) => {
      const { bin = {} } = JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));
      return Object.entries(bin).map(([program, main]) => ({
        name: program,
        package: name,
        main: String(main).replace(/^\.\//, ""),
        folder: name === GENERATORS ? "testing" : "bin",
      }));
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
