import { collectorElement } from "../schema/collector-element.ts";
import { drainToElement } from "../schema/drain-to-element.ts";
import { childrenOf, partialValuesOf } from "../schema/element.ts";
import { forwardToElement } from "../schema/forward-to-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** Collectors that forward do not form a ring: everything would come back to where it was. */
export const forwardingEndsSomewhere: Rule = (root, faults) => {
  const next = new Map<string, string>();
  const collectors = descendantsOf(root, collectorElement);
  for (const each of collectors) {
    const { name } = partialValuesOf(each, collectorElement);
    const [forwardTo] = childrenOf(each, forwardToElement);
    const to = forwardTo && partialValuesOf(forwardTo, forwardToElement).collector;
    if (name !== undefined && to !== undefined) next.set(name, to);
  }
  for (const each of collectors) {
    const { name } = partialValuesOf(each, collectorElement);
    for (const { source, values } of childrenOf(each, drainToElement)) {
      if (name === undefined || values.collector !== name) continue;
      const line = source.attributes.get("collector")?.line ?? source.line;
      faults.add(line, source.path, "collector", `nothing waits at ${name} for itself`, "another collector");
    }
  }
  const told = new Set<string>();
  for (const each of collectors) {
    const { name } = partialValuesOf(each, collectorElement);
    const [forwardTo] = childrenOf(each, forwardToElement);
    if (name === undefined || told.has(name) || forwardTo === undefined) continue;
    const passed: string[] = [];
    for (let at = next.get(name); at !== undefined && !passed.includes(at); at = next.get(at)) passed.push(at);
    if (!passed.includes(name)) continue;
    for (const other of passed) told.add(other);
    const line = forwardTo.source.attributes.get("collector")?.line ?? forwardTo.source.line;
    const ring = [name, ...passed].join(" to ");
    faults.add(line, forwardTo.source.path, "collector", `what it forwards comes back to it: ${ring}`);
  }
};
