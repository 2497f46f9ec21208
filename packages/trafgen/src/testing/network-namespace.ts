import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { NATIVE_BINARY } from "../send/native-binding.ts";

/** Whether the addon is built and a network namespace can be made. Says why not; on a CI machine that is a failure. */
export function canSendFrames(): boolean {
  const reasons: string[] = [];
  if (!existsSync(NATIVE_BINARY)) reasons.push("native/build.mjs has not been run");
  if (spawnSync("unshare", ["-n", "ip", "link", "show"]).status !== 0) reasons.push("no right to make a namespace");
  if (reasons.length === 0) return true;
  const reason = `sending frames is not tested: ${reasons.join(", ")}`;
  if (process.env.CI === "true") throw new Error(reason);
  process.stderr.write(`skipped: ${reason}\n`);
  return false;
}

/** Runs a program of this folder in a network namespace of its own and reads the JSON that it prints. */
export async function inNamespace<T>(program: string, task: unknown): Promise<T> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const node = [process.execPath, "--import", "tsx", "--conditions=source", path, JSON.stringify(task)];
  const { stdout } = await promisify(execFile)("unshare", ["-n", ...node], { timeout: 240_000, maxBuffer: 2 ** 28 });
  return JSON.parse(stdout) as T;
}
