/** How numbers are written for people. English, decimal units (1 kB is 1000 bytes), no-break spaces before units. */

const NBSP = "\u00a0";
const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];

/** Three significant digits and a decimal prefix: 999 B, 1.23 kB, 45.6 MB. */
export function volume(bytes: bigint): string {
  return scaled(Number(bytes), "B");
}

/** Bits per second, as `volume` writes bytes. */
export function rate(bitsPerS: number): string {
  return scaled(bitsPerS, "b/s");
}

function scaled(value: number, unit: string): string {
  if (value < 0) return "\u2212" + scaled(-value, unit);
  let step = 0;
  // 999.5 and more would be written as 1000 of the smaller unit.
  while (value >= 999.5 && step < PREFIXES.length - 1) {
    value /= 1000;
    step++;
  }
  const digits = step === 0 && Number.isInteger(value) ? String(value) : significant(value);
  return digits + NBSP + PREFIXES[step] + unit;
}

function significant(value: number): string {
  // What is there is never written as nothing.
  if (value > 0 && value < 0.005) return "<0.01";
  if (value >= 99.95) return value.toFixed(0);
  if (value >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

/** All digits, in groups of three: 1,234,567. */
export function count(value: bigint | number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** Bytes to the last digit. */
export function exactBytes(bytes: bigint): string {
  return count(bytes) + NBSP + (bytes === 1n ? "byte" : "bytes");
}

/**
 * A part of a whole: 12.3 %, near nothing and near everything in two digits of what is there or missing: 0.020 %, 99.98 %.
 * What is there is never written as nothing, what is missing never as everything.
 */
export function percent(part: number): string {
  if (part > 0 && part < 0.00095) return `${part < 0.000_000_5 ? "<0.0001" : twoDigits(part * 100)}${NBSP}%`;
  if (part < 1 && part > 0.9995) return `${1 - part < 0.000_000_5 ? ">99.9999" : missing(1 - part)}${NBSP}%`;
  return (part * 100).toFixed(part === 0 || part === 1 ? 0 : 1) + NBSP + "%";
}

function twoDigits(percents: number): string {
  return percents.toFixed(decimalsOf(percents));
}

/** 100 less the percents that are missing, to two digits of these. */
function missing(part: number): string {
  return (100 - part * 100).toFixed(decimalsOf(part * 100));
}

/** Decimals that show two digits of a number below 1, four at most. */
function decimalsOf(percents: number): number {
  return Math.min(4, 1 - Math.floor(Math.log10(percents)));
}

/** A relative change with its sign. */
export function change(part: number): string {
  const tenths = Math.round(Math.abs(part) * 1000) / 10;
  if (tenths === 0) return "\u00b10" + NBSP + "%";
  // A percentage of four digits tells less than the factor.
  if (part >= 9.995) return "\u00d7" + NBSP + significant(part + 1);
  return (part > 0 ? "+" : "\u2212") + tenths.toFixed(1) + NBSP + "%";
}

/** Nanoseconds in the unit that fits. */
export function duration(ns: number): string {
  if (ns < 0) return "\u2212" + duration(-ns);
  if (ns < 1e3) return Math.round(ns) + NBSP + "ns";
  if (ns < 999.5e3) return significant(ns / 1e3) + NBSP + "\u00b5s";
  if (ns < 999.5e6) return significant(ns / 1e6) + NBSP + "ms";
  return significant(ns / 1e9) + NBSP + "s";
}

/** A part of a whole in numbers of any size; null when there is no whole. */
export function shareOf(part: bigint, whole: bigint): number | null {
  if (whole === 0n) return null;
  // Twelve digits of the quotient are formed exactly, so that huge sums lose nothing that is shown.
  return Number((part * 1_000_000_000_000n) / whole) / 1e12;
}

/** Relative change from one volume to another; null when there was nothing before. */
export function changeOf(now: bigint, before: bigint): number | null {
  if (before === 0n) return null;
  return Number(((now - before) * 1_000_000_000_000n) / before) / 1e12;
}

/** "a, b and c". */
export function listing(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? "";
  return words.slice(0, -1).join(", ") + " and " + words.at(-1);
}

/** A number of things with the word for them. */
export function plural(howMany: number | bigint, one: string, many = one + "s"): string {
  return count(howMany) + NBSP + (Number(howMany) === 1 ? one : many);
}
