import type { Faults } from "../read/fault.ts";
import { childrenOf, partialValuesOf, type ReadElement } from "../schema/element.ts";
import { flowClassElement } from "../schema/flow-class-element.ts";
import { hopElement, routeElement } from "../schema/measurements/one-way.ts";
import { twoWayDelaysElement } from "../schema/measurements/two-way-delays.ts";
import { objectiveElement } from "../schema/objective-element.ts";
import { objectiveMetrics } from "../schema/objective-metrics.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** An objective promises what its class measures, in the metric's unit, and says of what. */
export const objectivesMakeSense: Rule = (root, faults) => {
  for (const flowClass of descendantsOf(root, flowClassElement)) {
    for (const read of childrenOf(flowClass, objectiveElement)) checkObjective(flowClass, read, faults);
  }
};

function checkObjective(flowClass: ReadElement, read: ReadElement, faults: Faults): void {
  const tell = (attribute: string, problem: string, allowed: string) =>
    faults.add(
      read.source.attributes.get(attribute)?.line ?? read.source.line,
      read.source.path,
      attribute,
      problem,
      allowed,
    );
  const { metric, target, percentile, protocol, hops } = partialValuesOf(read, objectiveElement);
  if (metric === undefined) return;
  const { measurement, dimension, sense, of } = objectiveMetrics[metric];
  const measured = flowClass.children.find(({ schema }) => schema.name === measurement);
  if (measured === undefined)
    tell("metric", `${metric} needs ${measurement}, which the class does not measure`, `an element ${measurement}`);
  if (target != null && target.dimension !== dimension) {
    const allowed = dimension === "duration" ? "a duration, e.g. 80ms" : "a share, e.g. 99.5%";
    tell("target", `${metric} is no ${target.dimension}`, allowed);
  }
  // Nothing could ever miss, or meet, what is promised then.
  if (target?.dimension === "share" && target.value === (sense === "at most" ? 1_000_000 : 0))
    tell("target", "every hour would be within it", sense === "at most" ? "less than 100%" : "more than 0%");
  if (percentile != null && dimension !== "duration") tell("percentile", `${metric} has no percentiles`, "none");
  if (of === "protocol" && protocol === null)
    tell("protocol", `${metric} is of one protocol`, protocolsOf(measured).join(" "));
  if (of !== "protocol" && protocol != null) tell("protocol", `${metric} is of no requests`, "none");
  if (of === "protocol" && protocol != null && measured !== undefined && !protocolsOf(measured).includes(protocol))
    tell("protocol", `the class does not measure ${protocol}`, protocolsOf(measured).join(" "));
  if (of !== "hops" && hops != null) tell("hops", `${metric} is of no hops`, "none");
  if (of === "hops" && hops != null && measured !== undefined) {
    const pairs = pairsOf(measured);
    if (!pairs.includes(hops.join(" "))) tell("hops", "the class does not tell of this pair", pairs.join(", "));
  }
}

function protocolsOf(twoWayDelays: ReadElement | undefined): string[] {
  if (twoWayDelays === undefined) return [];
  return [...(partialValuesOf(twoWayDelays, twoWayDelaysElement).protocols ?? [])];
}

/** Each two consecutive hops of a route, and its first and last. */
function pairsOf(oneWay: ReadElement): string[] {
  const given = childrenOf(oneWay, routeElement).map((route) => partialValuesOf(route, routeElement).hops ?? []);
  const routes = given.length > 0 ? given : [childrenOf(oneWay, hopElement).map((_, index) => index + 1)];
  return [
    ...new Set(
      routes.flatMap((hops) => [
        ...hops.slice(1).map((hop, index) => `${hops[index]} ${hop}`),
        ...(hops.length > 2 ? [`${hops[0]} ${hops.at(-1)}`] : []),
      ]),
    ),
  ];
}
