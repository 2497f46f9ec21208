import type { ObjectiveMetric } from "../../ask/objectives/promises.ts";
import type { JudgedPromise } from "./judge.ts";

const METRICS: Readonly<Record<ObjectiveMetric, string>> = {
  delay:
    "Delay: from the first copy of a request to its reply, at the probe (round-trip delay of RFC\u00a02681, from the probe onward). A request without a reply in time has none; “answered” promises those.",
  answered:
    "Answered: requests replied within the time-out of their class, of all requests. The others are the round-trip loss of RFC\u00a06673, late replies among them.",
  latency:
    "Latency: instant at the later hop less instant at the earlier one (one-way delay of RFC\u00a07679), by the clocks of two probes. Negative ones count as they are.",
  variation:
    "Variation: latency less the least latency of the hour (packet delay variation, PDV, of RFC\u00a05481). Clocks that differ by a constant do not change it.",
  loss: "Lost: seen at the earlier hop, and at no later one within the time-out (one-way loss of RFC\u00a07680), of packets matched and lost. “Missed”: a hop behind saw it, so it arrived. “Unknown”: a probe that would know did not look.",
  retransmitted:
    "Sent again: TCP segments with payload whose range was seen before, or that fill a hole later than reordering explains (docs/tcp-definitions.md), of all TCP segments, both ways.",
};

/** What the words of the section mean, as far as this report uses them. */
export function definitionsOf(judged: readonly JudgedPromise[]): string[] {
  const metrics = new Set(judged.map(({ promised }) => promised.metric));
  const hasPercentiles = judged.some(({ promised }) => promised.percentilePpm !== null);
  return [
    "An hour is within when its figure meets the target, and beyond when it does not. It is unclear when the target lies within what is not known exactly: the bucket of the histogram (3\u00a0% wide), the bound of the clocks' errors, replies or packets that a probe may have dropped or that are unknown.",
    "An hour with fewer samples than the objective asks, or with less of it measured (seconds with a live probe, times packets captured of those that came), is not judged.",
    "An objective is met when the share of hours within, of those judged, is at least what is required, whichever way the unclear hours would have gone; missed when it is less, whichever way; else unclear. There is not enough data when no hour can be judged or too few of the period's hours were measured.",
    ...(hasPercentiles
      ? [
          "A percentile p of n samples is the sample at rank p\u00b7n, rounded up, in rising order (RFC\u00a02330, section 11.3). It is told as the middle of what the histogram leaves open, within 1.6\u00a0%.",
        ]
      : []),
    ...(Object.keys(METRICS) as ObjectiveMetric[]).filter((each) => metrics.has(each)).map((each) => METRICS[each]),
  ];
}
