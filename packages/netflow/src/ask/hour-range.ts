import { badOption } from "@trafmon/runtime";

export const HOUR_MS = 3_600_000;

/** Whole hours [first, end), counted since the epoch, UTC. */
export interface HourRange {
  readonly first: number;
  readonly end: number;
}

export interface HourOptions {
  /** -H */
  readonly hour?: number;
  /** -S, `YYYY/MM/DD:HH` */
  readonly dateStart?: string;
  /** -E, included */
  readonly dateEnd?: string;
}

/**
 * The hours that the command line asks for: the last -H full hours, else from -S to -E, both included, else the last full
 * hour. No later hour than the present one.
 * @throws {CodedError} BAD_OPTION
 */
export function hourRange({ hour, dateStart, dateEnd }: HourOptions, nowMs: number): HourRange {
  const present = Math.floor(nowMs / HOUR_MS);
  if (hour !== undefined) return { first: present - hour, end: present };
  if (dateStart === undefined) {
    if (dateEnd !== undefined) throw badOption("-E needs a start: give it with -S");
    return { first: present - 1, end: present };
  }
  const first = readHour(dateStart);
  const end = dateEnd === undefined ? present : readHour(dateEnd) + 1;
  if (end <= first && dateEnd !== undefined) throw badOption(`-E ${dateEnd} is before -S ${dateStart}`);
  if (first > present) throw badOption(`-S ${dateStart} is in the future`);
  return { first, end: Math.max(first, Math.min(end, present + 1)) };
}

/** `YYYY/MM/DD:HH` as hours since the epoch. */
function readHour(text: string): number {
  const match = /^(\d{4})\/(\d{2})\/(\d{2}):(\d{2})$/.exec(text);
  const ms = match === null ? Number.NaN : Date.parse(`${match[1]}-${match[2]}-${match[3]}T${match[4]}:00:00Z`);
  // 31 February would be read as a day of March.
  if (match === null || !(ms > 0) || hourText(ms / HOUR_MS) !== text) {
    throw badOption(`${text} is no hour: YYYY/MM/DD:HH is needed, UTC`);
  }
  return ms / HOUR_MS;
}

/** `YYYY/MM/DD:HH`, as -S takes it and rwfilter too. */
export function hourText(hour: number): string {
  const iso = new Date(hour * HOUR_MS).toISOString();
  return `${iso.slice(0, 10).replaceAll("-", "/")}:${iso.slice(11, 13)}`;
}
