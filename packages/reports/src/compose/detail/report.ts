import type { Coverage } from "../../ask/coverage.ts";
import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import type { Period } from "../../period.ts";
import { dayWords, periodWords, weekday } from "../calendar.ts";
import { definitionsOfTopics } from "../definitions.ts";
import { count, plural } from "../figures.ts";
import { measuredFacts } from "../manager/title.ts";
import type { Fact, ReportModel, Section } from "../model.ts";
import type { DetailProtocol } from "./protocol.ts";

export interface DetailReportOptions {
  readonly site: string;
  /** Name of the pattern file. */
  readonly patternsName: string;
  /** weekly, monthly, or what the operator called the span. */
  readonly timespan: string;
  readonly generatedMs: number;
}

/** A pattern file may be long; so many of its patterns stand in the title block. */
const MOST_PATTERNS = 6;

/** One protocol's report. */
export async function detailReport(
  protocol: DetailProtocol,
  asking: DetailAsking,
  coverage: Coverage,
  options: DetailReportOptions,
): Promise<ReportModel> {
  const { period } = asking.scope;
  const { overview, instances, wholeHours = [] } = await protocol.make(asking);
  const days = period.days.length === 1 ? weekday(period.start) : `${period.days.length} days`;
  const generated = period.zone.local(options.generatedMs);
  return {
    title: protocol.title,
    subtitle: `${periodWords(period)} (${days}, times in ${period.zone.name})`,
    site: options.site,
    facts: [
      ...scopeFacts(asking, options),
      ...cutHourFacts(protocol, period, wholeHours),
      ...measuredFacts(coverage, period, new Set()),
    ],
    sections: [
      { id: "overview", title: "Overview", intro: protocol.intro, blocks: [overview] },
      ...instances.map(({ id, title, intro, blocks }) => ({ id, title, intro, level: 2 as const, blocks })),
      ...wordsSection(protocol),
    ],
    generated: `Generated ${dayWords(generated.slice(0, 10))}, ${generated.slice(11)} ${period.zone.name}`,
  };
}

function scopeFacts({ scope }: DetailAsking, { patternsName, timespan }: DetailReportOptions): Fact[] {
  const { patterns, most, flowClass } = scope;
  const shown = patterns.slice(0, MOST_PATTERNS).map(({ text }) => text);
  const more = patterns.length - shown.length;
  return [
    {
      label: "Hosts",
      text: `${patternsName}: ${shown.join("; ")}${more > 0 ? `; and ${plural(more, "more", "more")}` : ""}`,
    },
    { label: "Report", text: timespan },
    ...(flowClass === null ? [] : [{ label: "Flow class", text: flowClass }]),
    {
      label: "Lists",
      text: `The ${count(most)} largest flows have pages of their own; everything else stands in “others”, so totals are complete`,
    },
  ];
}

/** What is not parted at the midnights of a zone off the whole hour. */
function cutHourFacts({ hasHistograms }: DetailProtocol, period: Period, wholeHours: readonly string[]): Fact[] {
  const facts: string[] = [];
  if (wholeHours.length > 0) {
    const verb = wholeHours.length === 1 ? "counts" : "count";
    facts.push(
      `${plural(wholeHours.length, "hour")} that a midnight cuts ${verb} on the day in which it begins, for its minutes are not kept`,
    );
  }
  if (hasHistograms && period.zone.offsetMinutes(period.fromMs) % 60 !== 0) {
    facts.push("Medians and percentiles take an hour that a midnight cuts with the day in which it begins");
  }
  return facts.map((text) => ({ label: "Cut hours", text, warning: wholeHours.length > 0 }));
}

function wordsSection({ topics }: DetailProtocol): Section[] {
  const items = definitionsOfTopics(topics);
  return items.length === 0
    ? []
    : [{ id: "words", title: "What the words mean", blocks: [{ kind: "sentences", fine: true, items }] }];
}
