import type { OneWaySettings } from "../model/measurements.ts";
import type { ObjectiveMetric, ObjectiveSettings } from "../model/objective-settings.ts";
import { type AttributeKind, optional, Refused, required, withDefault } from "./attribute.ts";
import { childrenOf, element, type ReadElement, valuesOf } from "./element.ts";
import { MOST_HOPS } from "./measurements/one-way.ts";
import { requestProtocolNames } from "./measurements/two-way-delays.ts";
import { inUnits, type Units, wholeNumber } from "./number-kinds.ts";
import { objectiveMetrics } from "./objective-metrics.ts";
import { choice, listOf, name } from "./text-kinds.ts";

/** Millionths of a number in per cent. */
const PERCENT: Units = new Map([["", 10_000]]);

/** Nanoseconds. */
const DURATION_UNITS: Units = new Map([
  ["us", 1000],
  ["ms", 1_000_000],
  ["s", 1_000_000_000],
]);

const LONGEST_NS = 600_000_000_000;

/** A target as it stands in the file; which of the two it must be is known with the metric. */
export interface ObjectiveTarget {
  readonly dimension: "duration" | "share";
  /** Nanoseconds or millionths. */
  readonly value: number;
}

const target: AttributeKind<ObjectiveTarget> = {
  allowed:
    "a duration up to 600s with one of the units us ms s (80ms), or a share from 0% to 100% with at most four decimals (99.5%), as the metric asks",
  read: (text) => {
    const ppm = share(text);
    if (ppm !== null) return { dimension: "share", value: ppm };
    const ns = inUnits(text, DURATION_UNITS);
    return ns !== null && ns > 0 && ns <= LONGEST_NS ? { dimension: "duration", value: ns } : new Refused();
  },
};

/** Millionths of a text in per cent; null: it is none, or no whole number of millionths. */
function share(text: string): number | null {
  const spelt = /^(\d{1,3}(?:\.\d{1,4})?)\s*%$/.exec(text);
  const ppm = spelt === null ? null : inUnits(spelt[1]!, PERCENT);
  return ppm !== null && ppm <= 1_000_000 ? ppm : null;
}

/** Millionths. */
function shareAbove(least: number): AttributeKind<number> {
  return {
    allowed: `a share above ${least}% up to 100%, with at most four decimals (99.5%)`,
    read: (text) => {
      const ppm = share(text);
      return ppm !== null && ppm > least * 10_000 ? ppm : new Refused();
    },
  };
}

/** Millionths. The 100th percentile would be the maximum: one packet decides. */
const percentile: AttributeKind<number> = {
  allowed: "a number from 1 to 100, with at most four decimals (95, 99.9)",
  read: (text) => {
    const ppm = share(`${text}%`);
    return ppm !== null && ppm >= 10_000 ? ppm : new Refused();
  },
};

export const DEFAULT_PERCENTILE_PPM = 950_000;

const words = Object.keys(objectiveMetrics) as ObjectiveMetric[];
const described = words
  .map((metric) => `\`${metric}\`, ${objectiveMetrics[metric].sense}: ${objectiveMetrics[metric].meaning}`)
  .join("; ");

export const objectiveElement = element({
  name: "objective",
  meaning:
    "A promise about a class, judged hour by hour (UTC) and told in reports: met, missed, or not enough data. Probes announce it with the instant since when it holds, so that a period of the past is judged by what was promised then. A new target holds from the switch to the file that has it.",
  attributes: {
    name: required(name, "Name of the objective."),
    metric: required(
      choice(...words) as AttributeKind<ObjectiveMetric>,
      `What is promised, and whether the target is the most or the least of it. ${described}.`,
    ),
    target: required(target, "The most, or the least, of the metric in an hour that is within the objective."),
    percentile: optional(
      percentile,
      "Of delay, latency and variation: which percentile of an hour's samples is held against the target.",
      "95.",
    ),
    protocol: optional(
      choice(...requestProtocolNames),
      "Of delay and answered, and needed there: the protocol of twoWayDelays that is meant.",
      "None: only delay and answered have one.",
    ),
    hops: optional(
      listOf(wholeNumber(1, MOST_HOPS), 2),
      "Of latency, variation and loss: the pair of hops, by number, which must be one that the class tells of.",
      "The first and the last hop of the first route.",
    ),
    hours: withDefault(
      shareAbove(0),
      "100%",
      "Least share of the judged hours of a period within the target, for the objective to be met.",
    ),
    samples: withDefault(
      wholeNumber(1, 1_000_000_000),
      "20",
      "Least number of samples (replies, requests, packets or segments) of an hour that is judged. An hour with fewer counts neither way.",
    ),
    measured: withDefault(
      shareAbove(0),
      "95%",
      "Least share of an hour that must have been measured for it to be judged: seconds with a live probe, times packets captured of those that came. As large a share of a period's hours must have been measured, else there is not enough data.",
    ),
  },
});

/** `oneWay`: what the class says of its hops; null: it has none. */
export function objectiveSettings(parent: ReadElement, oneWay: OneWaySettings | null): readonly ObjectiveSettings[] {
  return childrenOf(parent, objectiveElement).map((read) => {
    const { name, metric, target, percentile, protocol, hops, hours, samples, measured } = valuesOf(
      read,
      objectiveElement,
    );
    const { dimension, of } = objectiveMetrics[metric];
    return {
      name,
      metric,
      target: target.value,
      percentilePpm: dimension === "duration" ? (percentile ?? DEFAULT_PERCENTILE_PPM) : null,
      protocol,
      hops: of === "hops" && oneWay !== null ? pairOf(hops, oneWay) : null,
      hoursPpm: hours,
      samples,
      measuredPpm: measured,
    };
  });
}

function pairOf(hops: readonly number[] | null, { routes }: OneWaySettings): readonly [number, number] {
  const route = hops ?? routes[0]!.hops;
  return [route[0]!, route.at(-1)!];
}
