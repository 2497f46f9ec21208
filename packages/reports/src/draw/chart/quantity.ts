import { count, duration, percent, rate, volume } from "../../compose/figures.ts";
import type { Quantity, Value } from "../../compose/model.ts";

interface Unit {
  readonly name: string;
  /** What one of them is, in the quantity's own unit. */
  readonly size: number;
}

const thousands = (names: readonly string[]): Unit[] => names.map((name, at) => ({ name, size: 1000 ** at }));

/** Rising. */
const UNITS: Record<Quantity, readonly Unit[]> = {
  volume: thousands(["B", "kB", "MB", "GB", "TB", "PB", "EB"]),
  rate: thousands(["b/s", "kb/s", "Mb/s", "Gb/s", "Tb/s"]),
  duration: [...thousands(["ns", "\u00b5s", "ms", "s"])],
  percent: [{ name: "%", size: 0.01 }],
  count: thousands(["", "thousand", "million", "billion"]),
};

/** Unit of the values in a CSV. */
export const CSV_UNIT: Record<Quantity, string> = {
  volume: "bytes",
  rate: "bits per s",
  duration: "ns",
  percent: "share",
  count: "count",
};

export interface Scale {
  /** Value of the topmost grid line. */
  readonly top: number;
  readonly step: number;
  readonly unit: string;
  readonly unitSize: number;
}

/** Round grid steps (1, 2, 2.5 or 5 times a power of ten), three to six of them, from 0 to `most` and above. */
export function scaleFor(quantity: Quantity, most: number): Scale {
  const isWhole = quantity === "volume" || quantity === "count";
  const max = most > 0 ? Math.max(isWhole ? 1 : 0, most) : quantity === "percent" ? 0.01 : 1;
  const rough = max / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10;
  // No grid line lies between two whole bytes or things.
  const step = isWhole ? Math.max(1, Math.round(factor * power)) : factor * power;
  // A hair below: 3 * 0.1 is a little more than 0.3.
  const top = Math.ceil(max / step - 1e-9) * step;
  return { top, step, ...unitFor(quantity, top) };
}

export function unitFor(quantity: Quantity, value: number): { unit: string; unitSize: number } {
  const units = UNITS[quantity];
  const unit = units.findLast(({ size }) => value >= size) ?? units[0]!;
  return { unit: unit.name, unitSize: unit.size };
}

/** A value as people read it. */
export function quantityText(quantity: Quantity, value: Value): string {
  if (value === null) return "\u2013";
  switch (quantity) {
    case "volume":
      return volume(BigInt(value));
    case "count":
      return count(value);
    case "percent":
      return percent(Number(value));
    case "rate":
      return rate(Number(value));
    case "duration":
      return duration(Number(value));
  }
}

/** The largest of values; 0 when there are none. */
export function largest(values: readonly Value[]): number {
  let most = 0;
  for (const each of values) if (each !== null && Number(each) > most) most = Number(each);
  return most;
}
