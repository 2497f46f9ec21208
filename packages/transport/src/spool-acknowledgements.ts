import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "acknowledged.json";

/**
 * Notes in a run's folder which sequence each collector needs next. A stale file only makes the next process send again
 * what collectors then discard.
 * @throws what the file system says
 */
export function writeAcknowledged(directory: string, next: ReadonlyMap<string, number>): void {
  const path = join(directory, FILE);
  writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(next)), { mode: 0o640 });
  renameSync(`${path}.new`, path);
}

/** What was noted; nothing where it cannot be read. */
export function readAcknowledged(directory: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(readFileSync(join(directory, FILE), "utf8")));
  } catch {
    return {};
  }
}
