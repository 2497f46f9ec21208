import { dayLabel, monthLabel } from "./compose/calendar.ts";
import type { TimeAxis } from "./compose/model.ts";
import type { Period } from "./period.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MOST_DAYS_BY_HOUR = 2;
const MOST_DAYS_BY_DAY = 100;
/** A chart of minutes has so many stretches at most. */
const MOST_MINUTE_STRETCHES = 40;
const MINUTE_STEPS = [1, 2, 5, 10, 15];
/** What was measured within so many hours is shown by minutes. */
const MOST_HOURS_BY_MINUTE = 3;

/** The stretches of time that a report's charts and tables show. */
export interface TimeGrid {
  readonly unit: TimeAxis["unit"];
  /** "hour", "5 minutes": what follows "per". */
  readonly each: string;
  readonly axis: TimeAxis;
  /** One per stretch: `Traffic.bucket`. */
  readonly keys: readonly string[];
  /** Length of each stretch; a day on which clocks are changed has 23 or 25 hours. */
  readonly seconds: readonly number[];
  /** Key of the stretch that a UTC hour or minute (`YYYY-MM-DD HH:MM:SS`) is in. */
  keyOf(bucket: string): string;
}

/** Hours for `mostDaysByHour` days and less, days for a quarter and less, months beyond. */
export function gridOf(period: Period, mostDaysByHour = MOST_DAYS_BY_HOUR): TimeGrid {
  if (period.days.length <= mostDaysByHour) return hourGrid(period);
  return period.days.length <= MOST_DAYS_BY_DAY ? dayGrid(period) : monthGrid(period);
}

/** A UTC instant as the database writes it, to the second. */
export function utcText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

export function utcMs(text: string): number {
  return Date.parse(`${text.replace(" ", "T")}Z`);
}

/** Days of the period's zone, as `YYYY-MM-DD`. */
export function dayOf(period: Period, bucket: string): string {
  return period.zone.local(utcMs(bucket)).slice(0, 10);
}

/**
 * The part of a short period to be shown by minutes, when all its measured hours (UTC, in any order) lie close together:
 * a report on a capture of some minutes would otherwise be one bar. null: not so.
 */
export function minuteSpan(period: Period, hours: readonly string[]): { fromMs: number; untilMs: number } | null {
  if (period.days.length > MOST_DAYS_BY_HOUR || hours.length === 0) return null;
  const starts = hours.map(utcMs);
  const [fromMs, untilMs] = [Math.min(...starts), Math.max(...starts) + HOUR_MS];
  return untilMs - fromMs <= MOST_HOURS_BY_MINUTE * HOUR_MS ? { fromMs, untilMs } : null;
}

/** From the first to the last of some minutes (UTC, at least one). */
export function minuteGrid(period: Period, minutes: readonly string[]): TimeGrid {
  const starts = minutes.map(utcMs);
  const [firstMs, lastMs] = [Math.min(...starts), Math.max(...starts)];
  const count = (lastMs - firstMs) / MINUTE_MS + 1;
  const step = MINUTE_STEPS.find((each) => count / each <= MOST_MINUTE_STRETCHES) ?? MINUTE_STEPS.at(-1)!;
  const stepMs = step * MINUTE_MS;
  const startOf = (ms: number) => Math.floor(ms / stepMs) * stepMs;
  const keys: number[] = [];
  for (let at = startOf(firstMs); at <= lastMs; at += stepMs) keys.push(at);
  const names = keys.map((key) => period.zone.local(key));
  return {
    unit: "minute",
    each: step === 1 ? "minute" : `${step} minutes`,
    axis: { unit: "minute", zone: period.zone.name, labels: names.map((name) => name.slice(11)), names },
    keys: keys.map(utcText),
    seconds: keys.map(() => step * 60),
    keyOf: (bucket) => utcText(startOf(utcMs(bucket))),
  };
}

export function hourGrid(period: Period): TimeGrid {
  const starts: number[] = [];
  // UTC hours: where days begin off the hour, the first and the last one lie partly outside.
  const hourOf = (ms: number) => Math.floor(ms / HOUR_MS) * HOUR_MS;
  for (let at = hourOf(period.fromMs); at < period.untilMs; at += HOUR_MS) starts.push(at);
  const names = starts.map((start) => period.zone.local(start));
  // Midnight bears the name of its day.
  const labels = names.map((name) => (name.endsWith(" 00:00") ? dayLabel(name) : name.slice(11)));
  return {
    unit: "hour",
    each: "hour",
    axis: { unit: "hour", zone: period.zone.name, labels, names },
    keys: starts.map(utcText),
    seconds: starts.map((at) => (Math.min(at + HOUR_MS, period.untilMs) - Math.max(at, period.fromMs)) / 1000),
    keyOf: (bucket) => utcText(hourOf(utcMs(bucket))),
  };
}

export function dayGrid(period: Period): TimeGrid {
  const { days, zone } = period;
  return {
    unit: "day",
    each: "day",
    axis: { unit: "day", zone: zone.name, labels: days.map(dayLabel), names: days },
    keys: days,
    seconds: secondsOfDays(period),
    keyOf: (bucket) => dayOf(period, bucket),
  };
}

function monthGrid(period: Period): TimeGrid {
  const keys = [...new Set(period.days.map((day) => day.slice(0, 7)))];
  const labels = keys.map((month, at) =>
    at === 0 || month.endsWith("-01") ? `${monthLabel(month)} ${month.slice(0, 4)}` : monthLabel(month),
  );
  const seconds = new Map<string, number>();
  const ofDays = secondsOfDays(period);
  period.days.forEach((day, at) => {
    seconds.set(day.slice(0, 7), (seconds.get(day.slice(0, 7)) ?? 0) + ofDays[at]!);
  });
  return {
    unit: "month",
    each: "month",
    axis: { unit: "month", zone: period.zone.name, labels, names: keys },
    keys,
    seconds: keys.map((key) => seconds.get(key)!),
    keyOf: (bucket) => dayOf(period, bucket).slice(0, 7),
  };
}

function secondsOfDays({ days, zone, untilMs }: Period): number[] {
  const starts = days.map((day) => zone.startOfDay(day));
  return starts.map((start, at) => ((starts[at + 1] ?? untilMs) - start) / 1000);
}
