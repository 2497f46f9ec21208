import type { ManagerFigures } from "../../ask/manager-figures.ts";
import type { ReportModel, Section } from "../model.ts";
import { type VolumeReportOptions, volumeReport } from "../volume-report.ts";
import { appendixSection } from "./appendix.ts";
import { endsSection } from "./ends-section.ts";
import type { ListLimits } from "./limits.ts";
import { matrixSection } from "./matrix-section.ts";
import { overTimeSection } from "./over-time.ts";
import { qualitySection, servicesSection } from "./services-section.ts";
import { sitesSection } from "./sites-section.ts";
import { summarySection } from "./summary.ts";
import { trendSection } from "./trend.ts";

/** Turns the figures into the report that a manager reads. */
export function composeManager(figures: ManagerFigures, options: VolumeReportOptions): ReportModel {
  return volumeReport("Network volume report", figures, options, (limits) => sections(figures, limits));
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
