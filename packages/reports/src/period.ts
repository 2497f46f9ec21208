import { reportsError } from "./errors.ts";
import type { Zone } from "./zone.ts";

/** The days a report is about, in its time zone. */
export interface Period {
  /** First day, `YYYY-MM-DD`. */
  readonly start: string;
  /** Last day, included. */
  readonly end: string;
  readonly zone: Zone;
  /** All its days, rising. */
  readonly days: readonly string[];
  /** Included. Milliseconds since the epoch. */
  readonly fromMs: number;
  /** Not included. */
  readonly untilMs: number;
}

const MOST_DAYS = 3700;

/** @throws {CodedError} REPORTS_BAD_DATE, REPORTS_EMPTY_PERIOD, REPORTS_LONG_PERIOD */
export function periodOf(start: string, end: string, zone: Zone): Period {
  for (const date of [start, end]) {
    if (!isDate(date)) throw reportsError("REPORTS_BAD_DATE", `cannot use the date ${date}`);
  }
  if (start > end) throw reportsError("REPORTS_EMPTY_PERIOD", `cannot report on a period from ${start} to ${end}`);
  const length = (Date.parse(end) - Date.parse(start)) / 86_400_000 + 1;
  if (length > MOST_DAYS) {
    throw reportsError("REPORTS_LONG_PERIOD", `cannot report on ${length} days, from ${start} to ${end}`);
  }
  const days = Array.from({ length }, (_, at) => addDays(start, at));
  const [fromMs, untilMs] = [zone.startOfDay(start), zone.startOfDay(addDays(end, 1))];
  return { start, end, zone, days, fromMs, untilMs };
}

/** What is left out of the two dates is the month before `nowMs`. */
export function periodAsked(start: string | undefined, end: string | undefined, zone: Zone, nowMs: number): Period {
  const thisMonth = zone.local(nowMs).slice(0, 7);
  const lastOfPrevious = addDays(`${thisMonth}-01`, -1);
  return periodOf(start ?? `${lastOfPrevious.slice(0, 7)}-01`, end ?? lastOfPrevious, zone);
}

/** The period a report is compared with: as many whole months for whole months, else as many days, just before. */
export function periodBefore(period: Period): Period {
  const months = wholeMonths(period);
  const start = months === null ? addDays(period.start, -period.days.length) : addMonths(period.start, -months);
  return periodOf(start, addDays(period.start, -1), period.zone);
}

/** How many whole calendar months the period is; null when it is something else. */
function wholeMonths({ start, end }: Period): number | null {
  const after = addDays(end, 1);
  if (!start.endsWith("-01") || !after.endsWith("-01")) return null;
  return monthNumber(after) - monthNumber(start);
}

function monthNumber(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
}

/** `date`: the first of a month. */
function addMonths(date: string, months: number): string {
  const number = monthNumber(date) + months;
  return new Date(Date.UTC(Math.floor(number / 12), number % 12, 1)).toISOString().slice(0, 10);
}

export function isWholeMonth(period: Period): boolean {
  return wholeMonths(period) === 1;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}
