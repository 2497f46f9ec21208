import type { ConversationFigures } from "../ask/conversation-figures.ts";
import type { ManagerFigures } from "../ask/manager-figures.ts";
import type { ObjectiveFigures } from "../ask/objectives/objective-figures.ts";
import type { OperatorFigures } from "../ask/operator-figures.ts";
import {
  pairServicesSection,
  pairTcpSection,
  pairTimesSection,
  pairTransfersSection,
  peersSection,
} from "./conversation/sections.ts";
import { appendixSection } from "./manager/appendix.ts";
import { endsSection } from "./manager/ends-section.ts";
import type { ListLimits } from "./manager/limits.ts";
import { matrixSection } from "./manager/matrix-section.ts";
import { overTimeSection } from "./manager/over-time.ts";
import { qualitySection, servicesSection } from "./manager/services-section.ts";
import { sitesSection } from "./manager/sites-section.ts";
import { summarySection } from "./manager/summary.ts";
import { trendSection } from "./manager/trend.ts";
import type { Section } from "./model.ts";
import { objectivesSection } from "./objectives/objectives-section.ts";
import { delaysSection } from "./operator/delays-section.ts";
import { eventsSection } from "./operator/events-section.ts";
import { inOutSection } from "./operator/in-out-section.ts";
import { tcpSection } from "./operator/quality-section.ts";
import { rhythmSection } from "./operator/rhythm-section.ts";
import { conversationsSection, hostsSection } from "./operator/tops-section.ts";
import { transfersSection } from "./operator/transfers-section.ts";

/** Figures that are asked for together. */
export interface FigureSets {
  readonly manager: ManagerFigures;
  readonly operator: OperatorFigures;
  readonly conversation: ConversationFigures;
  readonly objectives: ObjectiveFigures;
}

export type FigureSet = keyof FigureSets;

type Makers = { readonly [Set in FigureSet]?: (figures: FigureSets[Set], limits: ListLimits) => Section | null };

const about: Makers = {
  manager: (of) => appendixSection(of, ["duplicates", "tcp", "roundTrips"]),
  operator: (of) => appendixSection(of, ["duplicates", "tcp", "roundTrips", "ftp", "delays", "percentiles"]),
  conversation: (of) => appendixSection(of, ["duplicates", "tcp", "ftp"]),
};

/** Every section that a report on volumes may have, made of whichever of its sets of figures is there. */
export const SECTIONS: Readonly<Record<string, Makers>> = {
  summary: { manager: summarySection },
  "volume-over-time": { manager: overTimeSection },
  activities: { manager: (of, limits) => endsSection("activity", of.activities, of.activitiesBefore, limits) },
  locations: { manager: (of, limits) => endsSection("location", of.locations, of.locationsBefore, limits) },
  countries: { manager: (of, limits) => endsSection("country", of.countries, of.countriesBefore, limits) },
  services: { manager: servicesSection, operator: servicesSection },
  "activity-matrix": { manager: (of, limits) => matrixSection(of.activities, limits) },
  "site-to-site": { manager: (of, limits) => sitesSection(of.locations, of.locationsBefore, limits) },
  trend: { manager: trendSection },
  "tcp-overview": { manager: qualitySection },
  "in-out": { operator: inOutSection },
  rhythm: { operator: rhythmSection, manager: rhythmSection, conversation: rhythmSection },
  hosts: { operator: hostsSection },
  conversations: { operator: conversationsSection, conversation: conversationsSection },
  "tcp-quality": { operator: tcpSection },
  transfers: { operator: transfersSection },
  delays: { operator: delaysSection },
  objectives: { objectives: objectivesSection },
  events: { operator: (of, limits) => eventsSection(of.events, of.question.period.zone, limits.top) },
  peers: { conversation: peersSection },
  "conversations-over-time": { conversation: pairTimesSection },
  "conversation-services": { conversation: pairServicesSection },
  "conversation-tcp": { conversation: pairTcpSection },
  "conversation-transfers": { conversation: pairTransfersSection },
  about,
};

export const SECTION_NAMES = Object.keys(SECTIONS);

/** The fewest sets of figures from which all these sections can be made, by taking what others need anyway. */
export function setsFor(names: readonly string[]): Set<FigureSet> {
  const offers = names.flatMap((name) =>
    SECTIONS[name] === undefined ? [] : [Object.keys(SECTIONS[name]) as FigureSet[]],
  );
  const sets = new Set(offers.filter((offer) => offer.length === 1).map((offer) => offer[0]!));
  for (const offer of offers) if (!offer.some((set) => sets.has(set))) sets.add(offer[0]!);
  return sets;
}

/** null: what the report is about has no such section. */
export function makeSection(name: string, figures: Partial<FigureSets>, limits: ListLimits): Section | null {
  const makers = SECTIONS[name] ?? {};
  const { manager, operator, conversation, objectives } = figures;
  if (makers.operator !== undefined && operator !== undefined) return makers.operator(operator, limits);
  if (makers.manager !== undefined && manager !== undefined) return makers.manager(manager, limits);
  if (makers.conversation !== undefined && conversation !== undefined) return makers.conversation(conversation, limits);
  if (makers.objectives !== undefined && objectives !== undefined) return makers.objectives(objectives, limits);
  return null;
}
