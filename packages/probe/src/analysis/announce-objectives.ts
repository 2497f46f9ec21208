import { blankRecord, type ObservationSink, observationTypes } from "@trafmon/observation";
import type { ObjectiveSettings } from "@trafmon/settings";
import type { AnalysisSettings } from "./analysis.ts";

/** An instant of the source clock. */
export interface Since {
  readonly s: number;
  readonly nanos: number;
}

/**
 * Says what each class promises from an instant on: all of a class's objectives together, and that there are none where
 * there are none, so that what was promised before is known to have ended. Objectives about hops are told by the probes
 * that watch them.
 */
export function announceObjectives(
  sink: ObservationSink,
  { probe, flowClasses }: AnalysisSettings,
  { s, nanos }: Since,
): void {
  const writer = sink.writerOf(observationTypes.objective);
  for (const { name, objectives, measure } of flowClasses) {
    const watchesHop = measure.oneWay?.hops.some((hop) => hop.probe === probe.name) ?? false;
    const ours = objectives.filter(({ hops }) => hops === null || watchesHop);
    const head = { ...blankRecord(observationTypes.objective), class: name, since_s: s, since_nanos: nanos };
    if (ours.length === 0) writer.write(head);
    for (const each of ours) writer.write({ ...head, ...recordOf(each) });
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
