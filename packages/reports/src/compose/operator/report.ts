import type { OperatorFigures } from "../../ask/operator-figures.ts";
import { appendixSection } from "../manager/appendix.ts";
import type { ListLimits } from "../manager/limits.ts";
import { servicesSection } from "../manager/services-section.ts";
import type { Section } from "../model.ts";
import { delaysSection } from "./delays-section.ts";
import { eventsSection } from "./events-section.ts";
import { inOutSection } from "./in-out-section.ts";
import { tcpSection } from "./quality-section.ts";
import { rhythmSection } from "./rhythm-section.ts";
import { conversationsSection, hostsSection } from "./tops-section.ts";
import { transfersSection } from "./transfers-section.ts";

/** What whoever runs the network reads. */
export function operatorSections(figures: OperatorFigures, limits: ListLimits): Section[] {
  return [
    inOutSection(figures),
    rhythmSection(figures),
    hostsSection(figures),
    servicesSection(figures, limits),
    conversationsSection(figures),
    tcpSection(figures, limits),
    transfersSection(figures, limits),
    delaysSection(figures),
    eventsSection(figures.events, figures.question.period.zone, limits.top),
    appendixSection(figures),
  ];
}
