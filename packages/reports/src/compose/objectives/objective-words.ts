import type { ObjectiveMetric, Promised } from "../../ask/objectives/promises.ts";
import { duration } from "../figures.ts";
import { protocolName } from "../operator/delays-section.ts";
import type { Measured } from "./judge.ts";

const NBSP = "\u00a0";

/** What is promised, as one would say it: "95 % of delays of DNS at most 80 ms". */
export function promiseWords({ metric, target, percentilePpm, protocol }: Promised): string {
  const goal = targetText({ metric, target });
  const part = percentilePpm === null ? "" : `${ppmText(percentilePpm)} of`;
  const of = protocol === null ? "" : ` of ${protocolName(protocol)}`;
  switch (metric) {
    case "delay":
      return `${part} delays${of} at most ${goal}`;
    case "answered":
      return `at least ${goal} of requests${of} answered`;
    case "latency":
      return `${part} one-way latencies at most ${goal}`;
    case "variation":
      return `${part} delay variations at most ${goal}`;
    case "loss":
      return `at most ${goal} of packets lost`;
    case "retransmitted":
      return `at most ${goal} of TCP segments sent again`;
  }
}

export function targetText({ metric, target }: Pick<Promised, "metric" | "target">): string {
  return isDuration(metric) ? exactDuration(target) : ppmText(target);
}

export function isDuration(metric: ObjectiveMetric): boolean {
  return metric === "delay" || metric === "latency" || metric === "variation";
}

/** Whose packets: the probe, or the pair of hops. */
export function placeWords({ probe, hops }: Promised): string {
  return hops === null ? probe!.name : `hop ${hops[0]} to ${hops[1]}`;
}

/** What was measured. A share is rounded towards the worse, so that what misses a target never looks as if it met it. */
export function measuredText({ metric }: Pick<Promised, "metric">, measured: Measured | null): string {
  if (measured === null) return "\u2013";
  if (measured.kind === "duration") return duration(middleNs(measured));
  return shareText(measured.part, measured.whole, metric === "answered" ? "down" : "up");
}

/** Middle of what a duration is known to lie in, nanoseconds. */
export function middleNs({ lowNs, highNs }: { readonly lowNs: bigint; readonly highNs: bigint }): number {
  return Number(lowNs + highNs) / 2;
}

/** Millionths in per cent, with the decimals they have: "99.5 %". */
export function ppmText(ppm: bigint): string {
  const digits = String(ppm).padStart(5, "0");
  const decimals = digits.slice(-4).replace(/0+$/, "");
  return `${digits.slice(0, -4)}${decimals === "" ? "" : `.${decimals}`}${NBSP}%`;
}

/** A fraction in per cent with four decimals at most. What is there is never nothing, what is missing never everything. */
export function shareText(part: bigint, whole: bigint, rounding: "up" | "down"): string {
  const exact = part * 1_000_000n;
  if (part > 0n && exact < whole) return `<${ppmText(1n)}`;
  if (part < whole && exact > whole * 999_999n) return `>${ppmText(999_999n)}`;
  return ppmText((exact + (rounding === "up" ? whole - 1n : 0n)) / whole);
}

/** Nanoseconds to the last digit, in the largest unit of which they are at least one: "1.5 ms". */
function exactDuration(ns: bigint): string {
  const [unit, name] =
    ns >= 1_000_000_000n ? [9, "s"] : ns >= 1_000_000n ? [6, "ms"] : ns >= 1000n ? [3, "µs"] : [0, "ns"];
  const digits = String(ns).padStart((unit as number) + 1, "0");
  const whole = digits.slice(0, digits.length - (unit as number));
  const decimals = digits.slice(digits.length - (unit as number)).replace(/0+$/, "");
  return `${whole}${decimals === "" ? "" : `.${decimals}`}${NBSP}${name}`;
}
