import { reportsError } from "./errors.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;

/** A time zone by its IANA name, and what its clocks show. */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;

  /** @throws {CodedError} REPORTS_UNKNOWN_ZONE */
  constructor(name: string) {
    try {
      this.#format = new Intl.DateTimeFormat("en-GB", {
        timeZone: name,
        hourCycle: "h23",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      });
    } catch (cause) {
      throw reportsError("REPORTS_UNKNOWN_ZONE", `cannot use the time zone ${name}`, cause);
    }
    this.name = name;
  }

  /** What must be added to UTC to get local time at this instant, minutes. */
  offsetMinutes(utcMs: number): number {
    if (this.name === "UTC") return 0;
    const parts: Record<string, number> = {};
    for (const part of this.#format.formatToParts(utcMs)) parts[part.type] = Number(part.value);
    const local = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second);
    return Math.round((local - Math.floor(utcMs / 1000) * 1000) / MINUTE_MS);
  }

  /** `YYYY-MM-DD HH:MM` as the clocks there show it. */
  local(utcMs: number): string {
    return new Date(utcMs + this.offsetMinutes(utcMs) * MINUTE_MS).toISOString().slice(0, 16).replace("T", " ");
  }

  /** First instant of a day there (`YYYY-MM-DD`), milliseconds since the epoch. Not always midnight: clocks may skip it. */
  startOfDay(date: string): number {
    const asUtc = Date.parse(`${date}T00:00:00Z`);
    const candidates = [asUtc - 24 * HOUR_MS, asUtc + 24 * HOUR_MS]
      .map((near) => asUtc - this.offsetMinutes(near) * MINUTE_MS)
      .sort((a, b) => a - b);
    return candidates.find((each) => this.local(each).startsWith(date)) ?? candidates[0]!;
  }

  /** The spans of [from, until) over which the offset stays the same. */
  offsetSpans(fromMs: number, untilMs: number): { fromMs: number; offsetMinutes: number }[] {
    const spans = [{ fromMs, offsetMinutes: this.offsetMinutes(fromMs) }];
    if (this.name === "UTC") return spans;
    // Clocks are changed once a day at most, so a day whose ends agree has no change in it.
    for (let at = fromMs; at < untilMs; at += DAY_MS) {
      const end = Math.min(at + DAY_MS, untilMs);
      const offsetMinutes = this.offsetMinutes(end - 1);
      if (offsetMinutes === spans.at(-1)!.offsetMinutes) continue;
      spans.push({ fromMs: this.#changeWithin(at, end), offsetMinutes });
    }
    return spans;
  }

  /** The minute in (from, until) from which on the offset is that of the end. */
  #changeWithin(fromMs: number, untilMs: number): number {
    const after = this.offsetMinutes(untilMs - 1);
    let [low, high] = [fromMs, untilMs];
    while (high - low > MINUTE_MS) {
      const middle = low + Math.round((high - low) / 2 / MINUTE_MS) * MINUTE_MS;
      if (this.offsetMinutes(middle) === after) high = middle;
      else low = middle;
    }
    return high;
  }
}
