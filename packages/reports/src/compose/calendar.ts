import { addDays, isWholeMonth, type Period } from "../period.ts";
import { listing } from "./figures.ts";

const MONTHS = "January February March April May June July August September October November December".split(" ");
const WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ");

/** `2026-10-14` as "14 October 2026". */
export function dayWords(date: string): string {
  return `${Number(date.slice(8))} ${monthWords(date)}`;
}

/** `2026-10` or a day of it as "October 2026". */
export function monthWords(date: string): string {
  return `${MONTHS[Number(date.slice(5, 7)) - 1]} ${date.slice(0, 4)}`;
}

/** "14 Oct", for axes. */
export function dayLabel(date: string): string {
  return `${Number(date.slice(8, 10))} ${monthLabel(date)}`;
}

export function monthLabel(date: string): string {
  return MONTHS[Number(date.slice(5, 7)) - 1]!.slice(0, 3);
}

export function weekday(date: string): string {
  return WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]!;
}

/** "2026", "October 2026", "14 October 2026", "1 to 7 October 2026", "28 September to 4 October 2026". */
export function periodWords(period: Period): string {
  if (isWholeYear(period)) return period.start.slice(0, 4);
  return isWholeMonth(period) ? monthWords(period.start) : rangeWords(period.start, period.end);
}

function isWholeYear({ start, end }: Period): boolean {
  return start.slice(0, 4) === end.slice(0, 4) && start.endsWith("-01-01") && end.endsWith("-12-31");
}

/** "In October 2026", "On 14 October 2026", "From 1 to 7 October 2026". */
export function duringWords(period: Period): string {
  if (period.days.length === 1) return `On ${periodWords(period)}`;
  return isWholeMonth(period) || isWholeYear(period) ? `In ${periodWords(period)}` : `From ${periodWords(period)}`;
}

function rangeWords(start: string, end: string): string {
  if (start === end) return dayWords(start);
  if (start.slice(0, 7) === end.slice(0, 7)) return `${Number(start.slice(8))} to ${dayWords(end)}`;
  if (start.slice(0, 4) === end.slice(0, 4)) return `${dayWords(start).slice(0, -5)} to ${dayWords(end)}`;
  return `${dayWords(start)} to ${dayWords(end)}`;
}

/** Days by name, consecutive ones as ranges: "3 to 5 October 2026 and 9 October 2026". Rising. */
export function daysWords(days: readonly string[]): string {
  const ranges: [string, string][] = [];
  for (const day of days) {
    const last = ranges.at(-1);
    if (last && addDays(last[1], 1) === day) last[1] = day;
    else ranges.push([day, day]);
  }
  const words = ranges.flatMap(([start, end]) =>
    addDays(start, 1) === end ? [dayWords(start), dayWords(end)] : [rangeWords(start, end)],
  );
  return listing(words.map((each, at) => shorten(each, words[at + 1])));
}

/** Leaves out what the next date says too: "9, 10 and 21 October 2026". */
function shorten(date: string, next: string | undefined): string {
  if (next === undefined) return date;
  for (const words of [2, 1]) {
    const tail = date.split(" ").slice(-words).join(" ");
    if (next.endsWith(tail) && !date.includes(" to ")) return date.slice(0, -tail.length - 1);
  }
  return date;
}
