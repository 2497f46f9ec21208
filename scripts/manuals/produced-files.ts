import { readFileSync } from "node:fs";
import { join } from "node:path";
// @ts-expect-error a plain script, run by node as it is
import { root } from "../package/programs.mjs";
import { completion } from "./completion.ts";
import { descriptions } from "./descriptions.ts";
import { manPage } from "./man-page.ts";

/** Manual pages and completions of all programs: text by path, relative to the repository. */
export async function manualFiles(): Promise<Map<string, string>> {
  const all = await descriptions();
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return new Map(
    all.flatMap((program) => [
      [`docs/man/${program.name}.1`, manPage(program, version)] as const,
      // It is started by cron, not by hand.
      ...(program.name === "tmon_capture" ? [] : [[`docs/completion/${program.name}`, completion(program)] as const]),
    ]),
  );
}
