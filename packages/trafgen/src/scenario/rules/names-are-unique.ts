import type { ReadElement, Rule } from "@trafmon/settings/schema";
import { faultAt, hopsOf, trafficOf } from "./traffic-of.ts";

/** Names are compared without case: those of hops become file names. */
export const namesAreUnique: Rule = (root, faults) => {
  const check = (elements: readonly ReadElement[]) => {
    const lineOf = new Map<string, number>();
    for (const each of elements) {
      const { name } = each.values;
      if (typeof name !== "string") continue;
      const before = lineOf.get(name.toLowerCase());
      if (before === undefined) lineOf.set(name.toLowerCase(), each.source.line);
      else faultAt(each, "name", faults, `"${name}" stands in line ${before} already`, "a name of its own");
    }
  };
  check(trafficOf(root));
  check(hopsOf(root));
  for (const hop of hopsOf(root)) {
    const { name } = hop.values;
    if (name === "sender" || name === "receiver")
      faultAt(hop, "name", faults, `"${name}" means a place on every path`, "another name");
  }
};
