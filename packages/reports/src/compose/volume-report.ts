import type { CommonFigures } from "../ask/common-figures.ts";
import { dayWords, periodWords, weekday } from "./calendar.ts";
import { appendixSection } from "./manager/appendix.ts";
import type { ListLimits } from "./manager/limits.ts";
import { liveShare, titleFacts } from "./manager/title.ts";
import type { Block, ReportModel, Section } from "./model.ts";
import { thresholdBytes } from "./top-list.ts";

export interface VolumeReportOptions {
  readonly site: string;
  readonly top: number;
  /** Bits per second. */
  readonly threshold: number;
  readonly generatedMs: number;
}

/** What the options leave in the lists of a report over so much time. */
export function limitsOf(
  { top, threshold }: VolumeReportOptions,
  period: CommonFigures["question"]["period"],
): ListLimits {
  const seconds = (period.untilMs - period.fromMs) / 1000;
  return { top, thresholdBitsPerS: threshold, thresholdBytes: thresholdBytes(threshold, seconds) };
}

/**
 * A report on volumes with its title block; in the place of its sections, why there are none when there is no volume, and
 * what is told without any.
 */
export function volumeReport(
  title: string,
  figures: CommonFigures,
  options: VolumeReportOptions,
  sections: (limits: ListLimits) => readonly Section[],
  whateverVolume: () => readonly Section[] = () => [],
): ReportModel {
  const { period } = figures.question;
  const days = period.days.length === 1 ? weekday(period.start) : `${period.days.length} days`;
  const generated = period.zone.local(options.generatedMs);
  const isEmpty = [...figures.days.values()].every(({ bytes }) => bytes === 0n);
  return {
    title,
    subtitle: `${periodWords(period)} (${days}, times in ${period.zone.name})`,
    site: options.site,
    facts: titleFacts(figures, options.threshold, options.top),
    sections: isEmpty ? emptySections(figures, whateverVolume()) : sections(limitsOf(options, period)),
    generated: `Generated ${dayWords(generated.slice(0, 10))}, ${generated.slice(11)} ${period.zone.name}`,
  };
}

function emptySections(figures: CommonFigures, others: readonly Section[]): Section[] {
  const notice: Block = { kind: "notice", warning: true, text: whyNothing(figures) };
  const nothing: Section = { title: others.length === 0 ? "Nothing to report" : "No volume", blocks: [notice] };
  return [nothing, ...others, appendixSection(figures)];
}

/** Why a report has no volume at all, in the order in which one would look. */
function whyNothing(figures: CommonFigures): string {
  const { question, probes, coverage, extent } = figures;
  const words = periodWords(question.period);
  if (extent === null) {
    return "The database holds no prepared volumes at all. Load data with trafMon_loader, then call Aggr_activityvolumetable_first_level or aggregate_stale_days.";
  }
  const bytes = probes.reduce((sum, probe) => sum + probe.bytes, 0n);
  if (bytes > 0n) {
    return `No traffic of ${words} meets the filters, although there is traffic in that period. Check the spelling of activity, location, host, class and probe.`;
  }
  const range =
    extent.first === extent.last
      ? `on ${dayWords(extent.first)}`
      : `from ${dayWords(extent.first)} to ${dayWords(extent.last)}`;
  if (coverage.staleDays.length > 0) {
    return `Data of ${words} are loaded but not yet prepared for reports: call aggregate_stale_days, then run this report again.`;
  }
  if (question.source === "probe" && liveShare(question.period, coverage) > 0) {
    return `Probes were live in ${words}, but no flow was counted. Volumes exist ${range} (UTC).`;
  }
  return `Nothing was measured in ${words}. Volumes exist ${range} (UTC).`;
}
