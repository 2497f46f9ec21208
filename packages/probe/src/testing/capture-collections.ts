import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

const ROOT = join(import.meta.dirname, "../../../..");
/** Captures of others, not in the repository. */
const REAL = join(ROOT, "../shared/data/pcaps");

/** Captures of this repository, made with real servers and clients (samples/TRUTH.md). */
export const sampleCaptures: readonly string[] = capturesIn(join(ROOT, "samples"));
/** Captures of real traffic; none where they are not at hand. */
export const realCaptures: readonly string[] = capturesIn(REAL);

/** Name by which documentation speaks of a capture. */
export function captureName(path: string): string {
  return basename(path).replace(/\.gz$/, "");
}

function capturesIn(folder: string): string[] {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.filter((name) => /\.p?cap(ng)?(\.gz)?$/.test(name)).map((name) => join(folder, name));
}
