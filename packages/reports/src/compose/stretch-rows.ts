import type { TimeGrid } from "../time-grid.ts";
import { dayLabel, monthWords, weekday } from "./calendar.ts";
import type { Cell, TableRow } from "./model.ts";

/** What the first column of a table over time is called, by the unit of its grid. */
export const TIME_HEADING = { minute: "From", hour: "Hour from", day: "Day", month: "Month" } as const;

/** From so many unmeasured stretches in a row on, one row stands for them all. */
const LONG_GAP = 3;

/**
 * A row for each stretch of the grid that was measured, and for the gaps between them.
 * `cellsOf`: what stands behind a stretch's name, `cells` in number.
 */
export function stretchRows(
  grid: TimeGrid,
  measured: ReadonlySet<string>,
  cells: number,
  cellsOf: (key: string, at: number) => readonly Cell[],
): TableRow[] {
  const isGap = (place: number) => place >= 0 && place < grid.keys.length && !measured.has(grid.keys[place]!);
  return grid.keys.flatMap((key, at): TableRow[] => {
    if (measured.has(key)) return [{ role: "item", cells: [nameOfStretch(grid, at), ...cellsOf(key, at)] }];
    let [first, last] = [at, at];
    while (isGap(first - 1)) first--;
    while (isGap(last + 1)) last++;
    const isLong = last - first + 1 >= LONG_GAP;
    // The row of a long gap stands where it begins.
    if (isLong && at !== first) return [];
    const name = isLong ? `${nameOfStretch(grid, first)} to ${nameOfStretch(grid, last)}` : nameOfStretch(grid, at);
    return [{ role: "below", cells: [name, ...Array<Cell>(cells).fill(null)] }];
  });
}

/** A stretch of time in a table. */
export function nameOfStretch({ unit, axis, keys }: TimeGrid, at: number): string {
  const name = axis.names[at]!;
  if (unit === "month") return monthWords(name);
  const day = `${weekday(name.slice(0, 10)).slice(0, 3)} ${dayLabel(name)}`;
  if (unit === "day") return `${day} ${name.slice(0, 4)}`;
  // Clock times alone tell nothing once there is a second day.
  const isOneDay = axis.names[0]!.slice(0, 10) === axis.names[keys.length - 1]!.slice(0, 10);
  return isOneDay ? name.slice(11) : `${day}, ${name.slice(11)}`;
}
