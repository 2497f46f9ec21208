import type { Measurements } from "../model/measurements.ts";
import type { ObjectiveMetric } from "../model/objective-settings.ts";

export interface ObjectiveMetricMeaning {
  /** The measurement that it is made of. */
  readonly measurement: keyof Measurements;
  readonly dimension: "duration" | "share";
  /** Whether the target is the most, or the least, that is promised. */
  readonly sense: "at most" | "at least";
  /** What must be said besides. */
  readonly of: "protocol" | "hops" | "class";
  readonly meaning: string;
}

/** Everything an objective can promise. */
export const objectiveMetrics: Readonly<Record<ObjectiveMetric, ObjectiveMetricMeaning>> = {
  delay: {
    measurement: "twoWayDelays",
    dimension: "duration",
    sense: "at most",
    of: "protocol",
    meaning: "percentile of the delays from the first copy of a request to its reply (RFC 2681)",
  },
  answered: {
    measurement: "twoWayDelays",
    dimension: "share",
    sense: "at least",
    of: "protocol",
    meaning: "requests replied within the time-out, of all requests (the rest is the loss of RFC 6673)",
  },
  latency: {
    measurement: "oneWay",
    dimension: "duration",
    sense: "at most",
    of: "hops",
    meaning: "percentile of the one-way latencies between two hops (RFC 7679)",
  },
  variation: {
    measurement: "oneWay",
    dimension: "duration",
    sense: "at most",
    of: "hops",
    meaning: "percentile of the one-way latencies less the least of the hour (PDV of RFC 5481)",
  },
  loss: {
    measurement: "oneWay",
    dimension: "share",
    sense: "at most",
    of: "hops",
    meaning: "packets lost between two hops, of those matched and lost (RFC 7680)",
  },
  retransmitted: {
    measurement: "tcpCounters",
    dimension: "share",
    sense: "at most",
    of: "class",
    meaning: "TCP segments sent again, of all TCP segments, both ways",
  },
};
