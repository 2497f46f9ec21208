import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ProgramDescription } from "../../packages/runtime/src/describe-program.ts";
import { DESCRIBE_WORD } from "../../packages/runtime/src/describe-program.ts";
// @ts-expect-error a plain script, run by node as it is
import { programs, root } from "../package/programs.mjs";
import { shellPrograms } from "./shell-programs.ts";

/** Every program's own description of its command line, by name. Runs the programs from their sources, without work. */
export async function descriptions(): Promise<ProgramDescription[]> {
  const own = (programs() as { package: string; main: string }[]).map(async ({ package: owner, main }) => {
    const source = join(root, "packages", owner, main.replace(/^bundle\//, "src/").replace(/\.js$/, ".ts"));
    const words = ["--import", import.meta.resolve("tsx"), "--conditions=source", source, DESCRIBE_WORD];
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: root });
    return JSON.parse(stdout) as ProgramDescription;
  });
  return [...(await Promise.all(own)), ...shellPrograms].sort((a, b) => (a.name < b.name ? -1 : 1));
}
