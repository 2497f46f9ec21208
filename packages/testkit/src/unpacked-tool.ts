import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A program out of a Debian package that is unpacked below var/tools, not installed. */
export interface UnpackedTool {
  readonly path: string;
  /** With what it needs to find its libraries. */
  readonly env: NodeJS.ProcessEnv;
  /** Folder that stands for `/`. */
  readonly folder: string;
}

/** Programs that tests are held against, and where they lie in their packages. */
const TOOLS = {
  // Stands alone, and the rest of its package is a quarter of a gigabyte; from Debian 13 on it has a package of its own.
  promtool: { packages: [hasPackage("promtool") ? "promtool" : "prometheus"], at: "usr/bin/promtool", isAlone: true },
  snmptrapd: { packages: ["snmptrapd", "snmp"], at: "usr/sbin/snmptrapd", isAlone: false },
  snmptranslate: { packages: ["snmptrapd", "snmp"], at: "usr/bin/snmptranslate", isAlone: false },
  // Its package would renew the server that tests use.
  mysqldump: { packages: ["mariadb-client"], at: "usr/bin/mariadb-dump", isAlone: true },
  smilint: { packages: ["smitools"], at: "usr/bin/smilint", isAlone: false },
} as const;

/** Fetches and unpacks the tool the first time; says why where that is impossible, which under CI is a failure. */
export function unpackedTool(name: keyof typeof TOOLS): UnpackedTool | string {
  const { packages, at, isAlone } = TOOLS[name];
  const folder = join(root, "var/tools", packages[0]);
  const unpack = join(root, "packages/trafgen/receivers/unpack-packages.sh");
  const { status, stderr } = spawnSync(unpack, [folder, ...packages], {
    encoding: "utf8",
    env: { ...process.env, ...(isAlone && { ONLY: at }) },
  });
  if (status !== 0) {
    if (process.env.CI === "true") throw new Error(stderr);
    return `${name} cannot be fetched: ${stderr.trim()}`;
  }
  // One that is installed is not unpacked.
  const inFolder = join(folder, at);
  const path = existsSync(inFolder) ? inFolder : join("/", at);
  const libraries = ["x86_64-linux-gnu", "aarch64-linux-gnu", ""].map((triple) => join(folder, "usr/lib", triple));
  return { path, folder, env: { ...process.env, LD_LIBRARY_PATH: libraries.join(":") } };
}

/** Whether this system's package lists know a package of that name. */
function hasPackage(name: string): boolean {
  return spawnSync("apt-cache", ["show", "--no-all-versions", name]).status === 0;
}
