import { blankRecord, type ObservationSink, observationTypes } from "@trafmon/observation";
import type { MatchRule, ObjectiveSettings } from "@trafmon/settings";
import type { AnalysisSettings } from "./analysis.ts";

/** An instant of the source clock. */
export interface Since {
  readonly s: number;
  readonly nanos: number;
}

/**
 * Says what each class promises from an instant on: all of a class's objectives together, and that there are none where
 * there are none, so that what was promised before is known to have ended. Objectives about hops are told by the probes
 * that watch them, others by the probes at which the class can match.
 */
export function announceObjectives(
  sink: ObservationSink,
  { probe, flowClasses }: AnalysisSettings,
  { s, nanos }: Since,
): void {
  const writer = sink.writerOf(observationTypes.objective);
  for (const { name, objectives, measure, match } of flowClasses) {
    const watchesHop = measure.oneWay?.hops.some((hop) => hop.probe === probe.name) ?? false;
    const canMatch = matchesAt(probe.name, match) !== false;
    const ours = objectives.filter(({ hops }) => canMatch && (hops === null || watchesHop));
    const head = { ...blankRecord(observationTypes.objective), class: name, since_s: s, since_nanos: nanos };
    if (ours.length === 0) writer.write(head);
    for (const each of ours) writer.write({ ...head, ...recordOf(each) });
  }
}

/** Whether a rule takes packets at a probe: all, none, or (null) it depends on the packet. */
function matchesAt(probe: string, rule: MatchRule): boolean | null {
  switch (rule.kind) {
    case "any":
      return true;
    case "probe":
      return rule.names.includes(probe);
    case "not": {
      const inner = matchesAt(probe, rule.rule);
      return inner === null ? null : !inner;
    }
    case "and":
    case "or": {
      const each = rule.rules.map((one) => matchesAt(probe, one));
      const decides = rule.kind === "or";
      if (each.includes(decides)) return decides;
      return each.includes(null) ? null : !decides;
    }
    default:
      return null;
  }
}

function recordOf(objective: ObjectiveSettings) {
  return {
    objective: objective.name,
    metric: objective.metric,
    target: objective.target,
    percentile: objective.percentilePpm,
    protocol: objective.protocol,
    from_hop: objective.hops?.[0] ?? null,
    to_hop: objective.hops?.[1] ?? null,
    hours: objective.hoursPpm,
    samples: objective.samples,
    measured: objective.measuredPpm,
  };
}
