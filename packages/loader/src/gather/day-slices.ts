import type { StagedFile } from "../load/batch.ts";
import type { LogFile } from "./log-folder.ts";

/** Days that a table has no partition for yet. `days`: since the epoch. */
export type MissingDays = (table: string, days: Iterable<number>) => number[];

/** How many new days files would make at most in one table. */
export function newDaysOf(staged: readonly Pick<StagedFile, "file" | "days">[], missingDays: MissingDays): number {
  const daysOfType = new Map<string, Set<number>>();
  for (const { file, days } of staged) {
    const all = daysOfType.get(file.type) ?? new Set();
    for (const day of days) all.add(day);
    daysOfType.set(file.type, all);
  }
  let most = 0;
  for (const [type, days] of daysOfType) most = Math.max(most, missingDays(`${type}table`, days).length);
  return most;
}

/**
 * Divides the files of a batch, in their order, into slices that make at most `maxDays` new days each. Identity
 * files come first, since others refer to them; files that make more by themselves come last, each alone.
 */
export function daySlices(
  files: readonly LogFile[],
  staged: readonly Pick<StagedFile, "file" | "days">[],
  missingDays: MissingDays,
  maxDays: number,
): LogFile[][] {
  const stagedOf = new Map(staged.map((each) => [each.file, each]));
  const slices: LogFile[][] = [];
  const tooWide: LogFile[][] = [];
  let open: LogFile[] = [];
  let openStaged: Pick<StagedFile, "file" | "days">[] = [];
  const close = () => {
    if (open.length > 0) slices.push(open);
    open = [];
    openStaged = [];
  };
  for (const file of [...files.filter((each) => each.isIdentity), ...files.filter((each) => !each.isIdentity)]) {
    const found = stagedOf.get(file);
    if (found !== undefined && newDaysOf([found], missingDays) > maxDays) {
      tooWide.push([file]);
      continue;
    }
    if (found !== undefined && newDaysOf([...openStaged, found], missingDays) > maxDays) close();
    open.push(file);
    if (found !== undefined) openStaged.push(found);
  }
  close();
  return [...slices, ...tooWide];
}
