import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type ObservationName, observationTypes, parseLogFileName } from "@trafmon/observation";
import { loaderError } from "../errors.ts";

/** A complete log file, in the folder `loading`. */
export interface LogFile {
  readonly name: string;
  readonly path: string;
  readonly type: ObservationName;
  /** Describes ids that other files use, so it is loaded before them. */
  readonly isIdentity: boolean;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

const DAY_MS = 86_400_000;

/**
 * The collector's log directory, as the loader uses it:
 *
 *   path/x.log       complete, not taken yet        path/loading/    taken; loaded or to be loaded
 *   path/x.log.part  the collector still writes it  path/loaded/YYYY-MM-DD/x.log.gz   done, by day of loading
 *                                                   path/rejected/   lines and files refused, with reasons
 */
export class LogFolder {
  readonly path: string;
  readonly #loading: string;
  readonly #loaded: string;
  readonly #rejected: string;

  private constructor(path: string) {
    this.path = path;
    this.#loading = join(path, "loading");
    this.#loaded = join(path, "loaded");
    this.#rejected = join(path, "rejected");
  }

  /** @throws {CodedError} LOADER_PATH_UNUSABLE when the folder is missing or cannot be written */
  static async open(path: string): Promise<LogFolder> {
    const folder = new LogFolder(path);
    try {
      // Not recursive: a mistyped path must not become an empty folder that never has files.
      await stat(path);
      for (const each of [folder.#loading, folder.#loaded, folder.#rejected]) await mkdir(each, { recursive: true });
    } catch (cause) {
      throw loaderError("LOADER_PATH_UNUSABLE", `cannot use the folder ${path}: ${(cause as Error).message}`, cause);
    }
    return folder;
  }

  /**
   * Takes all complete files into `loading` and tells everything there, oldest first. The identity files are listed
   * once more at the end: the collector names them before the files that use their ids, so whatever a data file of
   * this pass refers to is in this pass or was in an earlier one.
   */
  async take(): Promise<LogFile[]> {
    const names = (await readdir(this.path)).filter((name) => ours(name) !== null);
    const identity = (await readdir(this.path)).filter((name) => ours(name)?.family === "identity");
    const waiting = new Set(await readdir(this.#loading));
    for (const name of new Set([...identity, ...names])) {
      // Another file of a name that still waits is looked at once that one is done.
      if (!waiting.has(name)) await rename(join(this.path, name), join(this.#loading, name));
    }
    const files: LogFile[] = [];
    for (const name of await readdir(this.#loading)) {
      const type = ours(name);
      if (type === null) continue;
      const path = join(this.#loading, name);
      const { size, mtimeMs } = await stat(path);
      files.push({
        name,
        path,
        type: type.name as ObservationName,
        isIdentity: type.family === "identity",
        sizeBytes: size,
        modifiedMs: mtimeMs,
      });
    }
    return files.sort((a, b) => (order(a.name) < order(b.name) ? -1 : 1));
  }

  /**
   * Puts loaded files away, compressed. Safe to repeat after a crash at any point: a file
   * goes once its compressed copy is on the disk, for a rebuild and whoever doubts a number need it.
   */
  async finish(files: readonly LogFile[], now: Date, keepDays: number): Promise<void> {
    if (keepDays > 0 && files.length > 0) {
      const folder = join(this.#loaded, now.toISOString().slice(0, 10));
      await mkdir(folder, { recursive: true });
      for (const file of files) {
        const target = join(folder, `${file.name}.gz`);
        const copy = createWriteStream(`${target}.part`, { flush: true });
        await pipeline(createReadStream(file.path), createGzip({ level: 4 }), copy);
        await rename(`${target}.part`, target);
      }
      // The names are on the disk after this, the day's own too.
      for (const each of [folder, this.#loaded]) await syncFolder(each);
    }
    for (const file of files) await rm(file.path, { force: true });
  }

  /** Refuses a whole file: it goes to `rejected`, with the reason beside it. */
  async refuse(file: LogFile, reason: string): Promise<void> {
    const name = await this.#freeName(file.name);
    await this.writeRejected({ name }, `0\t${reason}\t\t\n`);
    await rename(file.path, join(this.#rejected, name));
  }

  /** A name that nothing in `rejected` has: the file's own, or with a number after it. */
  async #freeName(name: string): Promise<string> {
    const taken = new Set(await readdir(this.#rejected));
    let free = name;
    for (let nth = 2; taken.has(free) || taken.has(`${free}.rej`); nth++) free = `${name}.${nth}`;
    return free;
  }

  /** Writes `rejected/<file>.rej`: a line per refused line, with its number, reason, column and text. */
  async writeRejected(file: Pick<LogFile, "name">, text: string): Promise<void> {
    const target = join(this.#rejected, `${file.name}.rej`);
    await writeFile(`${target}.part`, `line\treason\tcolumn\ttext\n${text}`, { flush: true });
    await rename(`${target}.part`, target);
  }

  /** Removes the days in `loaded` that are past their time. */
  async forget(now: Date, keepDays: number): Promise<void> {
    const limit = new Date(now.getTime() - keepDays * DAY_MS).toISOString().slice(0, 10);
    for (const day of await readdir(this.#loaded)) {
      if (/^\d{4}-\d{2}-\d{2}$/.test(day) && day < limit) await rm(join(this.#loaded, day), { recursive: true });
    }
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The type of a complete log file that is ours, else null. */
function ours(name: string) {
  const parsed = parseLogFileName(name);
  if (parsed === null || parsed.isPart || !Object.hasOwn(observationTypes, parsed.type)) return null;
  const type = observationTypes[parsed.type as ObservationName];
  return type.logged ? type : null;
}

/** Sorts by collector, epoch and serial, so that files of one rotation stand together. */
function order(name: string): string {
  return name.slice(name.indexOf("_") + 1) + name;
}
