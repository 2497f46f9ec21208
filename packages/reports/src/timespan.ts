import { reportsError } from "./errors.ts";
import { addDays, type Period, periodOf } from "./period.ts";
import type { Zone } from "./zone.ts";

/** The period of a set of detail reports, and what it is called. */
export interface Timespan {
  readonly period: Period;
  /** Names a folder. */
  readonly name: string;
}

const WEEK_DAYS = 7;

/**
 * With an end, any name; without, `weekly` is seven days and `monthly` runs to the day before the same day of the next
 * month. What does not say when it begins is the last whole one: the seven days before today, the month before this one.
 *
 * @throws {CodedError} REPORTS_BAD_TIMESPAN, REPORTS_BAD_DATE, REPORTS_EMPTY_PERIOD, REPORTS_LONG_PERIOD
 */
export function timespanAsked(
  asked: { readonly start?: string | undefined; readonly end?: string | undefined; readonly name?: string | undefined },
  zone: Zone,
  nowMs: number,
): Timespan {
  const { start, end } = asked;
  if (end !== undefined) {
    const name = asked.name ?? "span";
    if (!/^[\p{L}\p{N}][\p{L}\p{N}.-]*$/u.test(name))
      throw reportsError("REPORTS_BAD_TIMESPAN", `cannot use the name ${name}`);
    if (start === undefined)
      throw reportsError("REPORTS_BAD_TIMESPAN", "cannot tell when the report begins: -s is missing");
    return { period: periodOf(start, end, zone), name };
  }
  const name = asked.name ?? "monthly";
  const today = zone.local(nowMs).slice(0, 10);
  if (name === "weekly") {
    const first = start ?? addDays(today, -WEEK_DAYS);
    // A date that is none is told of by periodOf.
    return { period: periodOf(first, isDay(first) ? addDays(first, WEEK_DAYS - 1) : first, zone), name };
  }
  if (name === "monthly") {
    const first = start ?? `${addDays(`${today.slice(0, 7)}-01`, -1).slice(0, 7)}-01`;
    return { period: periodOf(first, isDay(first) ? dayBeforeNextMonth(first) : first, zone), name };
  }
  throw reportsError("REPORTS_BAD_TIMESPAN", `cannot tell when the report ${name} ends: choices are weekly, monthly`);
}

/** The day before the same day of the next month; where that month has no such day, its last one. */
function dayBeforeNextMonth(date: string): string {
  const [year, month, day] = date.split("-").map(Number) as [number, number, number];
  // Day 0 of the month after the next is the last of the next one.
  const lastOfNext = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const end = day > lastOfNext ? Date.UTC(year, month, lastOfNext) : Date.UTC(year, month, day - 1);
  return new Date(end).toISOString().slice(0, 10);
}

function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}
