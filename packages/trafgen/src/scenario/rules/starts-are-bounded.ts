import type { Rule } from "@trafmon/settings/schema";
import { faultAt, trafficOf } from "./traffic-of.ts";

/** What may start at one instant: each takes memory until its first packet has gone. */
const MOST_AT_ONCE = 10_000;
/** Shortest time from one start to the next where there are more. */
const LEAST_EVERY_NS = 1000;

export const startsAreBounded: Rule = (root, faults) => {
  for (const each of trafficOf(root)) {
    const { count, every } = each.values as Readonly<Record<string, unknown>>;
    if (typeof count === "number" && typeof every === "number" && count > MOST_AT_ONCE && every < LEAST_EVERY_NS)
      faultAt(
        each,
        "every",
        faults,
        `${count} would start at once`,
        `1us or more, or a count of ${MOST_AT_ONCE} or less`,
      );
  }
};
