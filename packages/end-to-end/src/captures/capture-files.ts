import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../site/built-programs.ts";

/** A capture file and the probe that replays it. */
export interface CaptureFile {
  readonly name: string;
  readonly path: string;
  /** From the file's name. */
  readonly probe: string;
}

/** The project's own captures. */
export const OWN_CAPTURES = capturesIn(join(ROOT, "samples"));

/** Captures of others, not in the repository; none where the folder is not there. */
export const SHARED_CAPTURES = capturesIn(join(ROOT, "../shared/data/pcaps"));

export const ALL_CAPTURES: readonly CaptureFile[] = [...OWN_CAPTURES, ...SHARED_CAPTURES];

/** @throws {Error} when there is none of that name */
export function ownCapture(name: string): CaptureFile {
  const found = OWN_CAPTURES.find((capture) => capture.name === name);
  if (found === undefined) throw new Error(`cannot find samples/${name}`);
  return found;
}

function capturesIn(folder: string): CaptureFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.p?cap(ng)?(\.gz)?$/.test(name))
    .sort()
    .map((name) => ({
      name,
      path: join(folder, name),
      probe: name.replace(/\.p?cap(ng)?(\.gz)?$/, "").replaceAll(/[^A-Za-z0-9_-]/g, "-"),
    }));
}
