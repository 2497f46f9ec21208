/** Numbers as people read them. */

const GROUPS = /\B(?=(\d{3})+$)/g;

/** A whole number with blanks between thousands. */
export function amountText(value: number): string {
  return String(Math.round(value)).replace(GROUPS, " ");
}

const RATES: readonly [factor: number, unit: string][] = [
  [1e9, "Gbit/s"],
  [1e6, "Mbit/s"],
  [1e3, "kbit/s"],
];

/** Bits per second with four significant figures. */
export function rateText(bitsPerS: number): string {
  const [factor, unit] = RATES.find(([size]) => bitsPerS >= size) ?? [1, "bit/s"];
  return `${Number((bitsPerS / factor).toPrecision(4))} ${unit}`;
}

const TIMES: readonly [factor: number, unit: string][] = [
  [86_400e9, "d"],
  [3600e9, "h"],
  [60e9, "min"],
  [1e9, "s"],
  [1e6, "ms"],
  [1e3, "us"],
];

/** A duration in the unit that fits, with four significant figures. */
export function durationText(ns: number): string {
  // Below two of a unit, the next smaller one says more.
  const [factor, unit] = TIMES.find(([size]) => ns >= 2 * size) ?? [1, "ns"];
  return `${Number((ns / factor).toPrecision(4))} ${unit}`;
}

/** Bytes with binary prefixes. */
export function bytesText(bytes: number): string {
  if (bytes < 10_240) return `${amountText(bytes)} bytes`;
  if (bytes < 10 * 1024 ** 2) return `${Number((bytes / 1024).toPrecision(4))} KiB`;
  if (bytes < 10 * 1024 ** 3) return `${Number((bytes / 1024 ** 2).toPrecision(4))} MiB`;
  return `${Number((bytes / 1024 ** 3).toPrecision(4))} GiB`;
}
