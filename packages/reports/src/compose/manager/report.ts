import type { ManagerFigures } from "../../ask/manager-figures.ts";
import { dayWords, periodWords, weekday } from "../calendar.ts";
import { totalBytes } from "../ends.ts";
import type { Block, ReportModel, Section } from "../model.ts";
import { thresholdBytes } from "../top-list.ts";
import { appendixSection } from "./appendix.ts";
import { endsSection } from "./ends-section.ts";
import type { ListLimits } from "./limits.ts";
import { matrixSection } from "./matrix-section.ts";
import { overTimeSection } from "./over-time.ts";
import { qualitySection, servicesSection } from "./services-section.ts";
import { sitesSection } from "./sites-section.ts";
import { summarySection } from "./summary.ts";
import { liveShare, titleFacts } from "./title.ts";
import { trendSection } from "./trend.ts";

export interface ManagerOptions {
  readonly site: string;
  readonly top: number;
  /** Bits per second. */
  readonly threshold: number;
  readonly generatedMs: number;
}

/** Turns the figures into the report that a manager reads. */
export function composeManager(figures: ManagerFigures, options: ManagerOptions): ReportModel {
  const { period } = figures.question;
  const seconds = (period.untilMs - period.fromMs) / 1000;
  const limits: ListLimits = {
    top: options.top,
    thresholdBitsPerS: options.threshold,
    thresholdBytes: thresholdBytes(options.threshold, seconds),
  };
  const days = period.days.length === 1 ? weekday(period.start) : `${period.days.length} days`;
  const generated = period.zone.local(options.generatedMs);
  return {
    title: "Network volume report",
    subtitle: `${periodWords(period)} (${days}, times in ${period.zone.name})`,
    site: options.site,
    facts: titleFacts(figures, options.threshold, options.top),
    sections: totalBytes(figures.activities) === 0n ? emptySections(figures) : sections(figures, limits),
    generated: `Generated ${dayWords(generated.slice(0, 10))}, ${generated.slice(11)} ${period.zone.name}`,
  };
}

function sections(figures: ManagerFigures, limits: ListLimits): Section[] {
  const quality = qualitySection(figures, limits);
  return [
    summarySection(figures),
    overTimeSection(figures, limits),
    endsSection("activity", figures.activities, figures.activitiesBefore, limits),
    endsSection("location", figures.locations, figures.locationsBefore, limits),
    endsSection("country", figures.countries, figures.countriesBefore, limits),
    servicesSection(figures, limits),
    matrixSection(figures.activities, limits),
    sitesSection(figures.locations, figures.locationsBefore, limits),
    trendSection(figures),
    ...(quality === null ? [] : [quality]),
    appendixSection(figures),
  ];
}

function emptySections(figures: ManagerFigures): Section[] {
  const notice: Block = { kind: "notice", warning: true, text: whyNothing(figures) };
  return [{ title: "Nothing to report", blocks: [notice] }, appendixSection(figures)];
}

/** Why a report has no volume at all, in the order in which one would look. */
function whyNothing(figures: ManagerFigures): string {
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
