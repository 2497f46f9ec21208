import type { AlertMetric } from "../model/alert-settings.ts";

/** What an alert's level is measured in. */
export type AlertDimension = "bits per second" | "per second" | "seconds" | "percent" | "bytes";

/** Of what a metric is: where its alert may stand. */
export type AlertScope = "flowClass" | "probe" | "collector";

export interface AlertMetricMeaning {
  readonly scope: AlertScope;
  readonly dimension: AlertDimension;
  readonly meaning: string;
}

/** Everything an alert can watch. */
export const alertMetrics: Readonly<Record<AlertMetric, AlertMetricMeaning>> = {
  bitRate: {
    scope: "flowClass",
    dimension: "bits per second",
    meaning: "IP bytes of an interval, both ways, in bits per second (ipCounters)",
  },
  packetRate: {
    scope: "flowClass",
    dimension: "per second",
    meaning: "packets of an interval, both ways, per second (ipCounters)",
  },
  retransmitted: {
    scope: "flowClass",
    dimension: "percent",
    meaning: "TCP segments sent again, of all TCP segments (tcpCounters)",
  },
  unanswered: { scope: "flowClass", dimension: "percent", meaning: "requests without a reply in time (twoWayDelays)" },
  delay: { scope: "flowClass", dimension: "seconds", meaning: "mean delay of replies (twoWayDelays)" },
  silence: { scope: "probe", dimension: "seconds", meaning: "time since the collector heard the probe" },
  lag: {
    scope: "probe",
    dimension: "seconds",
    meaning: "age of the instant up to which everything the probe captured is at the collector",
  },
  dropped: {
    scope: "probe",
    dimension: "percent",
    meaning: "packets dropped before they could be measured, of all that came, over a minute",
  },
  unwritable: { scope: "collector", dimension: "seconds", meaning: "time since the logs could be written" },
  refused: { scope: "collector", dimension: "per second", meaning: "datagrams that fail a check, over 10 s" },
  diskFree: { scope: "collector", dimension: "bytes", meaning: "room left where the logs are" },
};

/** Units of each dimension, and how many of its own unit each is. */
export const ALERT_UNITS: Readonly<Record<AlertDimension, Readonly<Record<string, number>>>> = {
  "bits per second": { "": 1, bit: 1, kbit: 1e3, Mbit: 1e6, Gbit: 1e9 },
  "per second": { "": 1, "/s": 1 },
  seconds: { "": 1, us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 },
  percent: { "%": 1 },
  bytes: { "": 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 },
};
