import type { TableDifference } from "./compare-databases.ts";
import type { RebuildResult } from "./rebuild.ts";

/** What a rebuild prints: what only the old database held, what differs, what was refused, and what was loaded. */
export function toldResult(
  result: RebuildResult,
  differences: readonly TableDifference[],
  { database, into, logsOnly }: { readonly database: string; readonly into: string; readonly logsOnly: boolean },
): string {
  const lines: string[] = [];
  for (const { type, days, torn } of result.older) {
    if (days.length > 0) {
      lines.push(
        `${type}: ${spanOf(days)} ${logsOnly ? `missing in ${into}` : `taken over from ${database}`}, logs no longer kept`,
      );
    }
    if (torn.length > 0) {
      lines.push(
        `${type}: ${spanOf(torn)} only in part in ${database}, only in part in the logs; ${into} has the logs'`,
      );
    }
  }
  for (const file of result.damaged) lines.push(`${file} is damaged and was left out`);
  for (const { table, columns, first, second } of differences) {
    for (const [nth, column] of columns.entries()) {
      if (first[nth] !== second[nth]) {
        lines.push(`${table}.${column}: ${first[nth]} in ${database}, ${second[nth]} in ${into}`);
      }
    }
  }
  const { filesLoaded, linesLoaded, linesRejected, filesRejected, filesWaiting } = result;
  if (linesRejected + filesRejected + filesWaiting > 0) {
    lines.push(`${linesRejected} lines and ${filesRejected + filesWaiting} files refused, see rebuilding/rejected/`);
  }
  const told = differences.length === 0 ? "the same as" : `${differences.length} tables differ from`;
  lines.push(`${filesLoaded} files, ${linesLoaded} lines loaded into ${into}: ${told} ${database}`);
  return `${lines.join("\n")}\n`;
}

/** `2026-03-01 to 2026-03-05 (4 days)`; several days need not be all of the span. */
function spanOf(days: readonly string[]): string {
  return days.length === 1 ? days[0]! : `${days[0]} to ${days.at(-1)} (${days.length} days)`;
}
