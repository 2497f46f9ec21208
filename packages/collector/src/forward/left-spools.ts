import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What waits for a collector in a folder of its own. */
export interface LeftSpool {
  readonly collector: string;
  readonly folder: string;
  /** Of probes. */
  readonly runs: number;
  readonly bytes: number;
}

const PREFIX = "forward_";

/** Folder of what waits for a collector. */
export function spoolFolder(stateDir: string, collector: string): string {
  return join(stateDir, `${PREFIX}${collector}`);
}

/** For whom something waits, sorted by name. What cannot be read counts as nothing. */
export function leftSpools(stateDir: string): readonly LeftSpool[] {
  return foldersIn(stateDir)
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => leftIn(join(stateDir, name), name.slice(PREFIX.length)))
    .filter(({ runs }) => runs > 0);
}

function leftIn(folder: string, collector: string): LeftSpool {
  const waiting = foldersIn(folder)
    .map((run) => bytesIn(join(folder, run)))
    .filter((bytes) => bytes > 0);
  return { collector, folder, runs: waiting.length, bytes: waiting.reduce((sum, bytes) => sum + bytes, 0) };
}

function bytesIn(run: string): number {
  try {
    const files = readdirSync(run).filter((name) => name.endsWith(".pdus"));
    return files.reduce((sum, name) => sum + (statSync(join(run, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  } catch {
    return 0;
  }
}

function foldersIn(directory: string): readonly string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}
