import type { TimeUnit } from "../ask/traffic.ts";
import { sqlInstant } from "../ask/volume-question.ts";
import type { Period } from "../period.ts";
import { dayLabel, monthLabel } from "./calendar.ts";
import type { TimeAxis } from "./model.ts";

const HOUR_MS = 3_600_000;

/** The stretches of time that a chart of a period shows. */
export interface Stretches {
  readonly axis: TimeAxis;
  /** What the database calls each: `Traffic.bucket`. */
  readonly keys: readonly string[];
}

/** Hours for two days and less, days for a quarter and less, months beyond. */
export function unitFor(period: Period): TimeUnit {
  if (period.days.length <= 2) return "hour";
  return period.days.length <= 100 ? "day" : "month";
}

export function stretchesOf(period: Period, unit: TimeUnit): Stretches {
  const zone = period.zone.name;
  if (unit === "hour") return hourStretches(period);
  const keys = unit === "day" ? [...period.days] : [...new Set(period.days.map((day) => day.slice(0, 7)))];
  const labels = keys.map((key, at) => (unit === "day" ? dayLabel(key) : monthOrYear(key, at)));
  return { keys, axis: { unit, zone, labels, names: keys } };
}

function monthOrYear(month: string, at: number): string {
  return at === 0 || month.endsWith("-01") ? `${monthLabel(month)} ${month.slice(0, 4)}` : monthLabel(month);
}

function hourStretches(period: Period): Stretches {
  const starts: number[] = [];
  for (let at = period.fromMs; at < period.untilMs; at += HOUR_MS) starts.push(at);
  const names = starts.map((start) => period.zone.local(start));
  // Midnight bears the name of its day.
  const labels = names.map((name) => (name.endsWith(" 00:00") ? dayLabel(name) : name.slice(11)));
  return { keys: starts.map(sqlInstant), axis: { unit: "hour", zone: period.zone.name, labels, names } };
}

/** The stretch that a UTC hour (`YYYY-MM-DD HH:MM:SS`) belongs to. */
export function stretchOfHour(period: Period, unit: TimeUnit, hour: string): string {
  if (unit === "hour") return hour;
  const local = period.zone.local(Date.parse(`${hour.replace(" ", "T")}Z`));
  return unit === "day" ? local.slice(0, 10) : local.slice(0, 7);
}
