import { type AttributeKind, Refused } from "./attribute.ts";

/** Kinds whose value is a number, with or without a unit. */

export function wholeNumber(min: number, max: number): AttributeKind<number> {
  return {
    allowed: `a whole number from ${min} to ${max}`,
    read: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : new Refused();
    },
  };
}

export type Units = ReadonlyMap<string, number>;

/** A number and a unit: exact decimal arithmetic, so that 0.1 s is 100 ms. */
export function inUnits(text: string, units: Units): number | null {
  const parts = /^(\d{1,15})(?:\.(\d{1,9}))?\s*([A-Za-z/]*)$/.exec(text);
  const factor = units.get(parts?.[3] ?? "?");
  if (parts === null || factor === undefined) return null;
  const fraction = parts[2] ?? "";
  const scaled = BigInt(parts[1] + fraction) * BigInt(factor);
  const divisor = 10n ** BigInt(fraction.length);
  return scaled % divisor === 0n && scaled / divisor <= Number.MAX_SAFE_INTEGER ? Number(scaled / divisor) : null;
}

/** Milliseconds. */
export const TIME_UNITS: Units = new Map([
  ["ms", 1],
  ["", 1000],
  ["s", 1000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

const BYTE_UNITS: Units = new Map([
  ["", 1],
  ["B", 1],
  ["kB", 1000],
  ["MB", 1000 ** 2],
  ["GB", 1000 ** 3],
  ["TB", 1000 ** 4],
  ["KiB", 1024],
  ["MiB", 1024 ** 2],
  ["GiB", 1024 ** 3],
  ["TiB", 1024 ** 4],
]);

const BIT_RATE_UNITS: Units = new Map(
  [
    ["", 1] as const,
    ["bit", 1] as const,
    ["kbit", 1000] as const,
    ["Mbit", 1000 ** 2] as const,
    ["Gbit", 1000 ** 3] as const,
  ].flatMap(([unit, factor]): [string, number][] =>
    unit === ""
      ? [[unit, factor]]
      : [
          [unit, factor],
          [`${unit}/s`, factor],
        ],
  ),
);

interface Bound {
  readonly text: string;
  readonly value: number;
}

function bound(text: string, units: Units): Bound {
  const value = inUnits(text, units);
  if (value === null) throw new Error(`the bound ${text} is in no known unit`);
  return { text, value };
}

/** A duration; the value is in milliseconds. Bounds are written as in the file, e.g. `100ms`, `1d`. */
export function durationMs(min: string, max: string): AttributeKind<number> {
  const [least, most] = [bound(min, TIME_UNITS), bound(max, TIME_UNITS)];
  return {
    allowed: `a duration from ${min} to ${max}: seconds, or with one of the units ms s min h d (60, 500ms, 5min)`,
    read: (text) => {
      const value = inUnits(text, TIME_UNITS);
      return value !== null && value >= least.value && value <= most.value ? value : new Refused();
    },
  };
}

/** A duration; the value is in seconds, with fraction. */
export function durationS(min: string, max: string): AttributeKind<number> {
  const inMs = durationMs(min, max);
  return {
    allowed: inMs.allowed,
    read: (text, context) => {
      const value = inMs.read(text, context);
      return value instanceof Refused ? value : value / 1000;
    },
  };
}

/** Bytes. */
export function size(min: string, max: string): AttributeKind<number> {
  const [least, most] = [bound(min, BYTE_UNITS), bound(max, BYTE_UNITS)];
  return {
    allowed: `a size from ${min} to ${max}: bytes, or with one of the units kB MB GB TB KiB MiB GiB TiB (65536, 64MiB)`,
    read: (text) => {
      const value = inUnits(text, BYTE_UNITS);
      return value !== null && value >= least.value && value <= most.value ? value : new Refused();
    },
  };
}

/** Bits per second. */
export function bitRate(min: string, max: string): AttributeKind<number> {
  const [least, most] = [bound(min, BIT_RATE_UNITS), bound(max, BIT_RATE_UNITS)];
  return {
    allowed: `a rate from ${min} to ${max}: bits per second, or with one of the units kbit Mbit Gbit (10Mbit)`,
    read: (text) => {
      const value = inUnits(text, BIT_RATE_UNITS);
      return value !== null && value >= least.value && value <= most.value ? value : new Refused();
    },
  };
}

/** Intervals fit minutes and hours without remainder, so that sums over minutes, hours and days are exact. */
export const INTERVALS_S: readonly number[] = [
  1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 300, 360, 600, 720, 900, 1200, 1800, 3600,
];

/** Interval of a counter; the value is in seconds. */
export const interval: AttributeKind<number> = {
  allowed: `one of these durations: ${INTERVALS_S.map((s) => (s % 60 === 0 ? `${s / 60}min` : `${s}s`)).join(" ")}`,
  read: (text) => {
    const value = inUnits(text, TIME_UNITS);
    return value !== null && INTERVALS_S.includes(value / 1000) ? value / 1000 : new Refused();
  },
};

/** A whole number of seconds that divides a day, so that its multiples fall on midnight. */
export const dayFraction: AttributeKind<number> = {
  allowed: "a duration of whole seconds that divides a day, e.g. 60, 5min, 1h",
  read: (text) => {
    const value = inUnits(text, TIME_UNITS);
    return value !== null && value >= 1000 && value % 1000 === 0 && 86_400_000 % value === 0
      ? value / 1000
      : new Refused();
  },
};

/** Nanoseconds. */
const FINE_TIME_UNITS: Units = new Map([
  ["ns", 1],
  ["us", 1000],
  ["ms", 1_000_000],
  ["s", 1_000_000_000],
]);

const LONGEST_DELAY_NS = 600_000_000_000;

/** Inner bounds of delay slices, nanoseconds, rising. */
export const delayBounds: AttributeKind<readonly number[]> = {
  allowed:
    "1 to 63 durations up to 600s, rising, separated by blanks, each with one of the units ns us ms s (500us 2ms)",
  read: (text) => {
    const values: number[] = [];
    for (const word of text.split(/\s+/)) {
      const ns = inUnits(word, FINE_TIME_UNITS);
      if (ns === null || ns < 1 || ns > LONGEST_DELAY_NS) return new Refused(`${word} is wrong`);
      if (ns <= (values.at(-1) ?? 0)) return new Refused(`${word} is not more than the duration before it`);
      values.push(ns);
    }
    return values.length <= 63 ? values : new Refused();
  },
};

/** Inner bounds of size slices, bytes, rising. */
export const sliceBounds: AttributeKind<readonly number[]> = {
  allowed: "1 to 63 whole numbers from 1 to 65535, rising, separated by blanks",
  read: (text) => {
    const words = text.split(/\s+/);
    const values = words.map((word) => (/^\d{1,5}$/.test(word) ? Number(word) : 0));
    if (values.length > 63 || values.some((value) => value < 1 || value > 65535)) return new Refused();
    const falling = values.find((value, i) => i > 0 && value <= (values[i - 1] ?? 0));
    return falling === undefined ? values : new Refused(`${falling} is not more than the number before it`);
  },
};
