// Compiles an N-API addon with the system's C compiler. Needs no node-gyp: the N-API headers come from the
// node-api-headers package, and the binary serves every Node from 18 on.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";

/** Shared by all addons: values between JavaScript and C. */
const VALUES_HEADER = join(import.meta.dirname, "addon/napi-values.h");
/** sysexits: something that is needed is not there. */
const EXIT_UNAVAILABLE = 69;

/**
 * Makes `<folder>/build/<name>.node` of the C files in `folder`. Does nothing when the binary is newer than everything
 * in the folder and was made for this platform. Ends the process when it cannot.
 * @param {{ folder: string, name: string, libraries: readonly string[], code: string, hint: string,
 *   explain?: (compilerSays: string) => string | null }} addon `code` and `hint` are told when the compiler fails;
 *   `explain` may say in a line what the compiler's words mean.
 */
export function compileAddon({ folder, name, libraries, code, hint, explain = () => null }) {
  const build = join(folder, "build");
  const binary = join(build, `${name}.node`);
  const stampFile = join(build, `${name}.platform`);
  const stamp = `${process.platform} ${process.arch}\n`;
  const inputs = readdirSync(folder)
    .filter((file) => /\.(c|h|mjs)$/.test(file))
    .map((file) => join(folder, file))
    .concat(import.meta.filename, VALUES_HEADER);
  if (isFresh() && !process.argv.includes("--force")) return;

  const { include_dir: headers } = createRequire(join(folder, "build.mjs"))("node-api-headers");
  mkdirSync(build, { recursive: true });
  // Under another name first: a program may be running with the old one.
  const partial = join(build, `${name}.${process.pid}.part`);
  const compiler = process.env.CC ?? "cc";
  const darwin = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  const flags = ["-std=c11", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", ...darwin];
  const sources = inputs.filter((file) => file.endsWith(".c"));
  const { error, status, stderr } = spawnSync(
    compiler,
    [...flags, "-isystem", headers, "-I", dirname(VALUES_HEADER), ...sources, ...libraries, "-o", partial],
    { encoding: "utf8" },
  );
  if (error !== undefined) stop(`cannot run the C compiler ${compiler}: ${error.code ?? error.message}`);
  if (status !== 0)
    stop(explain(stderr) ?? `cannot compile ${sources.map((file) => basename(file)).join(" ")}\n${stderr}`);
  if (stderr !== "") process.stderr.write(stderr);
  renameSync(partial, binary);
  writeFileSync(stampFile, stamp);
  process.stdout.write(`built ${binary}\n`);

  function isFresh() {
    if (!existsSync(binary) || !existsSync(stampFile)) return false;
    const built = statSync(binary).mtimeMs;
    return readFileSync(stampFile, "utf8") === stamp && inputs.every((file) => statSync(file).mtimeMs < built);
  }

  function stop(message) {
    process.stderr.write(`build.mjs: ${message} [${code}]\n  ${hint}\n`);
    process.exit(EXIT_UNAVAILABLE);
  }
}
