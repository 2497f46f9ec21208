import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own that is soon full. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all room that is left. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
  /** Unmounts it. */
  remove(): void;
}

/** Mounts a disk of so many bytes, or gives null where this process may not mount. */
export function smallDisk(sizeBytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), "small-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", path]);
  if (mounted.status !== 0) {
    rmdirSync(path);
    return null;
  }
  const ballast = join(path, "ballast");
  return {
    path,
    fill: () => {
      try {
        writeFileSync(ballast, Buffer.alloc(sizeBytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove: () => {
      // Lazily: a file that a failed test left open must not keep it.
      spawnSync("umount", ["-l", path]);
      rmdirSync(path);
    },
  };
}
