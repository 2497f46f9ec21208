import { createReadStream, createWriteStream } from "node:fs";
import { copyFile, mkdir, readdir, rename, rm, utimes } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { loaderError } from "../errors.ts";

/** Log files of one folder that a loader put away on one day. */
export interface KeptDay {
  /** `YYYY-MM-DD` of loading. */
  readonly day: string;
  /** Full paths of the compressed files. */
  readonly files: readonly string[];
}

/**
 * What `loaded/` below collectors' folders keeps, oldest day first; each folder's of a day stands by itself.
 * @throws {CodedError} LOADER_PATH_UNUSABLE
 */
export async function keptDays(paths: readonly string[]): Promise<KeptDay[]> {
  const days = (await Promise.all(paths.map(keptIn))).flat();
  return days.sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
}

async function keptIn(path: string): Promise<KeptDay[]> {
  const loaded = join(path, "loaded");
  try {
    const days = (await readdir(loaded)).filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name)).sort();
    return await Promise.all(
      days.map(async (day) => {
        const names = (await readdir(join(loaded, day))).filter((name) => name.endsWith(".log.gz"));
        return { day, files: names.sort().map((name) => join(loaded, day, name)) };
      }),
    );
  } catch (cause) {
    throw loaderError(
      "LOADER_PATH_UNUSABLE",
      `cannot read the kept logs in ${loaded}: ${(cause as Error).message}`,
      cause,
    );
  }
}

/**
 * Files that the loader refused whole and put into `rejected/`, as rounds: what was refused several times under one name
 * comes in one round after the other. Full paths by the name that the file came under.
 */
export async function refusedFiles(paths: readonly string[]): Promise<ReadonlyMap<string, string>[]> {
  return (await Promise.all(paths.map(refusedIn))).flat();
}

async function refusedIn(path: string): Promise<ReadonlyMap<string, string>[]> {
  const rejected = join(path, "rejected");
  const rounds = new Map<number, Map<string, string>>();
  const names = await readdir(rejected).catch(() => []);
  for (const name of names.sort()) {
    const [, log, nth] = /^(.+\.log)(?:\.(\d+))?$/.exec(name) ?? [];
    if (log === undefined) continue;
    const round = rounds.get(Number(nth ?? 1)) ?? new Map<string, string>();
    round.set(log, join(rejected, name));
    rounds.set(Number(nth ?? 1), round);
  }
  return [...rounds].sort(([a], [b]) => a - b).map(([, round]) => round);
}

/** Copies refused files into a folder under the names they came under. */
export async function copyRefused(files: ReadonlyMap<string, string>, into: string): Promise<void> {
  for (const [name, file] of files) {
    const target = join(into, name);
    await copyFile(file, `${target}.part`);
    await utimes(`${target}.part`, 0, 0);
    await rename(`${target}.part`, target);
  }
}

/**
 * Unpacks a day's files into a folder, as complete log files. Returns those that are damaged, which a machine that lost its
 * power may leave; they are left out.
 */
export async function unpackDay({ files }: KeptDay, into: string): Promise<string[]> {
  await mkdir(into, { recursive: true });
  const damaged: string[] = [];
  for (const file of files) {
    const target = join(into, basename(file, ".gz"));
    try {
      await pipeline(createReadStream(file), createGunzip(), createWriteStream(`${target}.part`));
    } catch (error) {
      if (!(error as NodeJS.ErrnoException).code?.startsWith("Z_")) throw error;
      damaged.push(file);
      await rm(`${target}.part`, { force: true });
      continue;
    }
    // Old enough for the loader's patience: what describes its ids is kept too, or gone.
    await utimes(`${target}.part`, 0, 0);
    await rename(`${target}.part`, target);
  }
  return damaged;
}

export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
}
