import type { AlertMetric, AlertSettings } from "../model/alert-settings.ts";
import { ALERT_UNITS, type AlertScope, alertMetrics } from "./alert-metrics.ts";
import { type AttributeKind, optional, Refused, required, withDefault } from "./attribute.ts";
import { childrenOf, element, type ReadElement, valuesOf } from "./element.ts";
import { durationMs } from "./number-kinds.ts";
import { choice, name } from "./text-kinds.ts";

/** A number as it stands in the file; its unit is read when the metric is known. */
export interface AlertLevel {
  readonly number: number;
  readonly unit: string;
}

const level: AttributeKind<AlertLevel> = {
  allowed:
    "a number and a unit of the metric: bit kbit Mbit Gbit (per second), /s, us ms s min h d, %, kB MB GB TB KiB MiB GiB TiB",
  read: (text) => {
    const parts = /^(\d{1,15}(?:\.\d{1,9})?)\s*([A-Za-z%/]*)$/.exec(text);
    return parts === null ? new Refused() : { number: Number(parts[1]), unit: parts[2] as string };
  },
};

const words = Object.keys(alertMetrics) as AlertMetric[];
const described = words.map((metric) => `\`${metric}\`: ${alertMetrics[metric].meaning}`).join("; ");

export const alertElement = element({
  name: "alert",
  meaning:
    "A threshold, watched by the collectors. When its metric is beyond the level for long enough the alert is raised, and it is cleared when the metric is back at `clear`: an event each time (`alert_raised`, `alert_cleared`), and whatever the collector's `onAlert` and `trapTo` say. In a flow class it is watched for each probe alone, over the intervals of the measurement and by packet time; an interval without packets counts as 0, a share or a delay of nothing changes nothing.",
  attributes: {
    name: required(name, "Name of the alert."),
    metric: required(
      choice(...words) as AttributeKind<AlertMetric>,
      `What is watched. In a flow class, a probe or a collector: ${described}.`,
    ),
    above: optional(level, "Raised when the metric is more than this.", "None: then `below` is needed."),
    below: optional(level, "Raised when the metric is less than this.", "None: then `above` is needed."),
    for: withDefault(
      durationMs("0", "7d"),
      "0",
      "How long it must be so without a break. Of an interval's metric the whole interval counts, so that twice the interval means two in a row.",
    ),
    clear: optional(
      level,
      "Where the alert ends: at or below it (with `above`), at or above it (with `below`). Some way off the level keeps an alert from coming and going.",
      "The level itself.",
    ),
    severity: withDefault(choice("info", "warning", "error"), "warning", "Severity of the event that raises it."),
  },
});

/** The value of a level in the metric's own unit; null: the unit is none of the metric's. */
export function levelOf(metric: AlertMetric, { number, unit }: AlertLevel): number | null {
  const factor = ALERT_UNITS[alertMetrics[metric].dimension][unit];
  return factor === undefined ? null : number * factor;
}

export function alertSettings(parent: ReadElement): readonly AlertSettings[] {
  return childrenOf(parent, alertElement).map((read) => {
    const { name, metric, above, below, for: forMs, clear, severity } = valuesOf(read, alertElement);
    const level = levelOf(metric, (above ?? below) as AlertLevel) as number;
    return {
      name,
      metric,
      isAbove: above !== null,
      level,
      clear: clear === null ? level : (levelOf(metric, clear) as number),
      forMs,
      severity,
    };
  });
}

/** Names of the metrics of a scope, for whoever wrote another one there. */
export function metricsOf(scope: AlertScope): readonly AlertMetric[] {
  return words.filter((metric) => alertMetrics[metric].scope === scope);
}
