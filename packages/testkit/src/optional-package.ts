import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Whether a module can load an optional npm package: it was installed, and its binding compiled. Says so where it cannot.
 * @param module place of the module, `import.meta.url`
 */
export function hasOptionalPackage(name: string, module: string): boolean {
  const load = `require(${JSON.stringify(name)})`;
  if (spawnSync(process.execPath, ["-e", load], { cwd: dirname(fileURLToPath(module)) }).status === 0) return true;
  process.stderr.write(`skipped: the optional package ${name} is not installed\n`);
  return false;
}
