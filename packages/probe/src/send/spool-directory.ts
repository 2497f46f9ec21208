import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ProcessLock } from "@trafmon/runtime";
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
      throw probeError(
        "PROBE_SPOOL_UNWRITABLE",
        `cannot use the spool ${directory}: ${(cause as Error).message}`,
        cause,
      );
    }
  }

  /** Takes over the runs that an earlier process of this probe left, oldest first. */
  takeOver(): RunFolder[] {
    if (!existsSync(this.path)) return [];
    const folders: RunFolder[] = [];
    for (const run of readdirSync(this.path)) {
      const directory = join(this.path, run);
      if (!/^[0-9a-f]{16}$/.test(run) || probeOf(directory) !== this.#probe) continue;
      const lock = ProcessLock.acquire(join(directory, LOCK_FILE));
      if (lock !== null) folders.push({ run, directory, lock });
    }
    const startedMs = (folder: RunFolder) => statSync(join(folder.directory, PROBE_FILE)).mtimeMs;
    return folders.sort((a, b) => startedMs(a) - startedMs(b));
  }

  /** Lets go of a run; what is not acknowledged stays for a later process. */
  release(folder: RunFolder, isEmpty: boolean): void {
    folder.lock.release();
    if (isEmpty) rmSync(folder.directory, { recursive: true, force: true });
  }
}

function probeOf(directory: string): string | null {
  try {
    return readFileSync(join(directory, PROBE_FILE), "utf8");
  } catch {
    return null;
  }
}
