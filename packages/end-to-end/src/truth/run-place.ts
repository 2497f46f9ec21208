import { mkdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../site/built-programs.ts";

const OTHERS_PASS = 0o001;

/**
 * Where folders of runs are made: `var/truth` of the sources, or the system's place for temporary files where a folder
 * above it is closed to others, as /root is. FTP users have their homes in a run's folder.
 */
export function runPlace(): string {
  const place = join(ROOT, "var/truth");
  mkdirSync(place, { recursive: true });
  return isOpen(place) ? place : tmpdir();
}

function isOpen(folder: string): boolean {
  const above = dirname(folder);
  return (statSync(folder).mode & OTHERS_PASS) !== 0 && (above === folder || isOpen(above));
}
