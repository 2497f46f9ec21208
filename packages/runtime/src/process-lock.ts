import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * A file that says which process holds something, e.g. a spool folder. It names the process by number and start, so
 * that a number given again to another process, after a crash or a reboot, is not mistaken for the holder.
 */
export class ProcessLock {
  readonly path: string;
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
  }

  /** The lock, or null when a living process holds it. The folder must exist. */
  static acquire(path: string): ProcessLock | null {
    const text = describeProcess(process.pid) ?? "";
    for (;;) {
      try {
        writeFileSync(path, text, { flag: "wx", mode: 0o640 });
        return new ProcessLock(path, text);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      if (!removeStale(path)) return null;
    }
  }

  release(): void {
    if (readIfThere(this.path) === this.#text) rmSync(this.path, { force: true });
  }
}

/** Takes away a lock whose holder is gone; false when somebody lives behind it. */
function removeStale(path: string): boolean {
  const held = readIfThere(path);
  if (held === null) return true;
  const pid = Number.parseInt(held, 10);
  if (pid > 0 && describeProcess(pid) === held) return false;
  const aside = `${path}.stale-${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return true;
    throw error;
  }
  // Between our look and the rename somebody else may have put a living lock there: it goes back.
  if (readIfThere(aside) !== held) {
    try {
      linkSync(aside, path);
    } catch {
      // A third one was quicker; there is a lock again, which is what matters.
    }
  }
  rmSync(aside, { force: true });
  return true;
}

/** `<pid> <start>`, or null when there is no such process. Start: clock ticks after boot, and the boot's id. */
function describeProcess(pid: number): string | null {
  const stat = readIfThere(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // Field 22; the name in field 2 may hold blanks and parentheses.
  const start = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return `${pid} ${start} ${readIfThere("/proc/sys/kernel/random/boot_id")?.trim() ?? ""}\n`;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return null;
    throw error;
  }
}
