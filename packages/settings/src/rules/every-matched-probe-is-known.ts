import { partialValuesOf } from "../schema/element.ts";
import { onProbeElement } from "../schema/match-element.ts";
import { probeElement } from "../schema/probe-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

export const everyMatchedProbeIsKnown: Rule = (root, faults) => {
  const probes = descendantsOf(root, probeElement).map((each) => partialValuesOf(each, probeElement).name);
  // A probe whose own name is refused may be the one meant.
  if (probes.includes(undefined)) return;
  for (const rule of descendantsOf(root, onProbeElement)) {
    for (const name of partialValuesOf(rule, onProbeElement).is ?? []) {
      if (probes.includes(name)) continue;
      const line = rule.source.attributes.get("is")?.line ?? rule.source.line;
      faults.add(line, rule.source.path, "is", `"${name}" is no probe of this file`, probes.join(" ") || null);
    }
  }
};
