import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Top folder of the sources. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

/** A package with programs. */
export type ProgramName = "probe" | "collector" | "loader" | "reports" | "ipinfo" | "trafgen" | "netflow";

/** How a program ended. */
export interface Ended {
  /** null: by a signal. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was ended for taking longer than it may. */
  readonly isOverdue: boolean;
}

/** A program may take so long, unless a test says otherwise. */
const LIMIT_MS = 240_000;

/** Compiles the programs as they are now. Test files of one run wait for each other: the compiler writes in place. */
export async function buildPrograms(): Promise<void> {
  mkdirSync(join(ROOT, "var"), { recursive: true });
  const build = [process.execPath, join(ROOT, "scripts/build.mjs")];
  await promisify(execFile)("flock", [join(ROOT, "var/build.lock"), ...build], { cwd: ROOT }).catch((error) => {
    throw new Error(`cannot build the programs: ${error.stdout || error.message}`, { cause: error });
  });
}

/**
 * Starts a program as an operator would. Its output is to be read.
 * @param within words before it, as `ip netns exec X`
 * @param main its file, where a package has several programs
 */
export function startProgram(
  name: ProgramName,
  args: readonly string[],
  within: readonly string[] = [],
  main = "main",
): ChildProcess {
  const program = join(ROOT, `packages/${name}/bundle/${main}.js`);
  const [command, ...words] = [...within, process.execPath, program, ...args];
  return spawn(command!, words, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs a program to its end, or ends it when it takes too long. */
export async function runProgramToEnd(
  name: ProgramName,
  args: readonly string[],
  limitMs: number = LIMIT_MS,
  main = "main",
): Promise<Ended> {
  return await untilEnd(startProgram(name, args, [], main), limitMs);
}

/** Waits for the end of a program just started. */
export async function untilEnd(child: ChildProcess, limitMs: number = LIMIT_MS): Promise<Ended> {
  let isOverdue = false;
  const timer = setTimeout(() => {
    isOverdue = true;
    child.kill("SIGKILL");
  }, limitMs);
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout!.setEncoding("utf8").on("data", (text: string) => out.push(text));
  child.stderr!.setEncoding("utf8").on("data", (text: string) => err.push(text));
  const [exitCode, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { exitCode, signal, stdout: out.join(""), stderr: err.join(""), isOverdue };
}
