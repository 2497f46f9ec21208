import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** A spool's file, as this version writes it: 16 digits of its first sequence. */
export const SPOOL_FILE = /^\d{16}\.pdus$/;
/** What this version may leave in a run's folder. */
const OWN = /^(\d{16}\.pdus|acknowledged\.json)(\.new)?$/;
/** Named like a spool's file, and none of this version: another one's, or one that could not be read. */
const KEPT = /^\d{16}\.(?!pdus(\.new)?$)/;
/** Instead of `.pdus`: the disk does not give what is in it. */
const UNREADABLE = ".unreadable";

/** Where a file goes that cannot be read and whose name is needed. */
export function unreadablePath(path: string): string {
  return path.replace(/\.pdus$/, UNREADABLE);
}

/**
 * Removes the folder of a run of which everything is acknowledged. What a newer program put into it stays, with whose it
 * is, until that program is back. False when something stays.
 * @throws what the file system says
 */
export function removeRunFolder(directory: string): boolean {
  const names = namesIn(directory);
  if (!names.some((name) => KEPT.test(name))) {
    rmSync(directory, { recursive: true, force: true });
    return true;
  }
  for (const name of names) if (OWN.test(name)) rmSync(join(directory, name), { force: true });
  return false;
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
