import { type AlertLevel, alertElement, levelOf, metricsOf } from "../schema/alert-element.ts";
import { ALERT_UNITS, type AlertScope, alertMetrics } from "../schema/alert-metrics.ts";
import { collectorElement } from "../schema/collector-element.ts";
import { childrenOf, type ElementSchema, partialValuesOf, type ReadElement } from "../schema/element.ts";
import { flowClassElement } from "../schema/flow-class-element.ts";
import { probeElement } from "../schema/probe-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** The measurement that a metric of a flow class is made of. */
const MEASUREMENTS: Readonly<Record<string, string>> = {
  bitRate: "ipCounters",
  packetRate: "ipCounters",
  retransmitted: "tcpCounters",
  unanswered: "twoWayDelays",
  delay: "twoWayDelays",
};

const SCOPES: readonly (readonly [AlertScope, ElementSchema])[] = [
  ["flowClass", flowClassElement as ElementSchema],
  ["probe", probeElement as ElementSchema],
  ["collector", collectorElement as ElementSchema],
];

/** An alert watches what there is where it stands, has one level in the metric's unit, and clears on the right side of it. */
export const alertsMakeSense: Rule = (root, faults) => {
  for (const [scope, schema] of SCOPES) {
    for (const parent of descendantsOf(root, schema)) {
      for (const read of childrenOf(parent, alertElement)) {
        const tell = (attribute: string, problem: string, allowed: string) =>
          faults.add(
            read.source.attributes.get(attribute)?.line ?? read.source.line,
            read.source.path,
            attribute,
            problem,
            allowed,
          );
        checkAlert(scope, parent, read, tell);
      }
    }
  }
};

function checkAlert(
  scope: AlertScope,
  parent: ReadElement,
  read: ReadElement,
  tell: (attribute: string, problem: string, allowed: string) => void,
): void {
  const { metric, above, below, clear } = partialValuesOf(read, alertElement);
  if (above === null && below === null) tell("above", "there is no level", "above or below");
  if (above != null && below != null) tell("below", "there is `above` as well", "above or below, not both");
  if (metric === undefined) return;
  if (alertMetrics[metric].scope !== scope)
    return tell("metric", `${metric} is none of a ${scope}`, metricsOf(scope).join(" "));
  const measurement = MEASUREMENTS[metric];
  if (measurement !== undefined && !parent.children.some((each) => each.schema.name === measurement))
    tell("metric", `${metric} needs ${measurement}, which the class does not measure`, `an element ${measurement}`);
  const value = (attribute: string, level: AlertLevel | null | undefined): number | null => {
    if (level == null) return null;
    const number = levelOf(metric, level);
    const units = ALERT_UNITS[alertMetrics[metric].dimension];
    const allowed = Object.keys(units).filter((unit) => unit !== "");
    if (number === null) tell(attribute, `"${level.unit}" is no unit of ${metric}`, allowed.join(" "));
    return number;
  };
  const [high, low, end] = [value("above", above), value("below", below), value("clear", clear)];
  if (high !== null && end !== null && end > high)
    tell("clear", "it would be cleared while it is raised", "at most above");
  if (low !== null && end !== null && end < low)
    tell("clear", "it would be cleared while it is raised", "at least below");
}
