/** What an objective can promise (schema/objective-metrics.ts). */
export type ObjectiveMetric = "delay" | "answered" | "latency" | "variation" | "loss" | "retransmitted";

/** What a class promises, hour by hour. Shares are in millionths: 995000 is 99.5 %. */
export interface ObjectiveSettings {
  readonly name: string;
  readonly metric: ObjectiveMetric;
  /** Nanoseconds of a metric that is a duration, else millionths. */
  readonly target: number;
  /** Which percentile of an hour's samples is held against the target; null: the metric is a share. */
  readonly percentilePpm: number | null;
  /** Request/response protocol, as observations name it; null: the metric is of no requests. */
  readonly protocol: string | null;
  /** The pair of hops, by number; null: the metric is of no hops. */
  readonly hops: readonly [from: number, to: number] | null;
  /** Least share of the judged hours within the target. */
  readonly hoursPpm: number;
  /** Least samples of an hour that is judged. */
  readonly samples: number;
  /** Least share of an hour, and of the hours of a period, that must have been measured. */
  readonly measuredPpm: number;
}
