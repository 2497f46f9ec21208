import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProcessLock } from "@trafmon/runtime";
import { removeRunFolder } from "@trafmon/transport";
import { probeError } from "../errors.ts";

/** A run's folder in the spool, held by this process. */
export interface RunFolder {
  readonly run: string;
  readonly directory: string;
  readonly lock: ProcessLock;
}

const PROBE_FILE = "probe";
const LOCK_FILE = "lock";

/**
 * The folder `spoolDir` of a probe: a folder for each run, named by its id. A run whose process lives belongs to it,
 * so that a replay beside a live probe, or two replays, leave each other's spool alone.
 */
export class SpoolDirectory {
  readonly path: string;
  readonly #probe: string;

  constructor(path: string, probe: string) {
    this.path = path;
    this.#probe = probe;
  }

  /** @throws {CodedError} PROBE_SPOOL_UNWRITABLE */
  create(run: string): RunFolder {
    const directory = join(this.path, run);
    try {
      mkdirSync(directory, { recursive: true, mode: 0o750 });
      const lock = ProcessLock.acquire(join(directory, LOCK_FILE));
      if (lock === null) throw new Error("another process holds it");
      writeFileSync(join(directory, PROBE_FILE), this.#probe, { mode: 0o640 });
      return { run, directory, lock };
    } catch (cause) {
      throw spoolUnwritable(directory, cause);
    }
  }

  /**
   * Takes over the runs that an earlier process of this probe left, oldest first.
   * @throws {CodedError} PROBE_SPOOL_UNWRITABLE
   */
  takeOver(): RunFolder[] {
    try {
      const folders = this.#runs().flatMap((run) => this.#takeOne(run));
      return folders.sort((a, b) => a.startedMs - b.startedMs);
    } catch (cause) {
      throw spoolUnwritable(this.path, cause);
    }
  }

  #runs(): readonly string[] {
    if (!existsSync(this.path)) return [];
    return readdirSync(this.path).filter((run) => /^[0-9a-f]{16}$/.test(run));
  }

  #takeOne(run: string): (RunFolder & { readonly startedMs: number })[] {
    const directory = join(this.path, run);
    const probeFile = join(directory, PROBE_FILE);
    try {
      if (readFileSync(probeFile, "utf8") !== this.#probe) return [];
      const { mtimeMs: startedMs } = statSync(probeFile);
      const lock = ProcessLock.acquire(join(directory, LOCK_FILE));
      return lock === null ? [] : [{ run, directory, lock, startedMs }];
    } catch (error) {
      // Not a probe's, or its process has just finished with it.
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }

  /**
   * Lets go of a run; what is not acknowledged stays for a later process. False when something stays that should not:
   * spool files of another version.
   */
  release(folder: RunFolder, isEmpty: boolean): boolean {
    folder.lock.release();
    return !isEmpty || removeRunFolder(folder.directory);
  }
}

/** The spool cannot be used: `cause` is what the file system says. */
export function spoolUnwritable(path: string, cause: unknown): Error {
  return probeError("PROBE_SPOOL_UNWRITABLE", `cannot use the spool ${path}: ${(cause as Error).message}`, cause);
}
