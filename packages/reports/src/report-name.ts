import type { VolumeQuestion } from "./ask/volume-question.ts";

const LONGEST = 200;

/** Name of a report's files, without ending: kind, days, and whatever narrows it, so that two reports never share one. */
export function reportName(report: string, question: VolumeQuestion, probes: readonly string[] | undefined): string {
  const { period, source } = question;
  const narrowed = [
    source === "netflow" ? "netflow" : "",
    period.zone.name === "UTC" ? "" : period.zone.name,
    ...(probes ?? []).map((probe) => `probe-${probe}`),
    question.flowClass === null ? "" : `class-${question.flowClass}`,
    question.activity === null ? "" : `activity-${question.activity}`,
    question.location === null ? "" : `location-${question.location}`,
    question.host === null ? "" : `host-${question.host}`,
  ].filter((part) => part !== "");
  return ["trafMon", report, period.start, period.end, ...narrowed.map(plain)].join("_").slice(0, LONGEST);
}

/** Letters and digits of any script stay; what a file name should not have becomes a hyphen. */
function plain(text: string): string {
  return text.replace(/[^\p{L}\p{N}.-]+/gu, "-");
}
