import { optional, withDefault } from "./attribute.ts";
import { collectorElement } from "./collector-element.ts";
import { element } from "./element.ts";
import { flowClassElement } from "./flow-class-element.ts";
import { instant } from "./instant-kind.ts";
import { probeElement } from "./probe-element.ts";
import { requestProtocolsElement } from "./request-protocols-element.ts";
import { title } from "./text-kinds.ts";

export const collectorsElement = element({
  name: "collectors",
  meaning: "The collectors, in any order.",
  attributes: {},
  children: () => [{ element: collectorElement, occurs: "some" }],
});

export const probesElement = element({
  name: "probes",
  meaning: "The probes, in any order.",
  attributes: {},
  children: () => [{ element: probeElement, occurs: "some" }],
});

export const flowClassesElement = element({
  name: "flowClasses",
  meaning: "What is measured, by every probe alike. At most 32 classes.",
  attributes: {},
  children: () => [{ element: flowClassElement, occurs: "some" }],
});

export const rootElement = element({
  name: "trafMon",
  meaning: "One configuration for all probes and collectors of a site: every program reads the same file.",
  attributes: {
    site: withDefault(title, "trafMon", "Name of the site, for titles of reports."),
    startAt: optional(
      instant,
      "In a new file (tmon-new.xml, or -n): when all programs switch to it. An instant in the past means at once.",
      "At once, as soon as the file is found valid.",
    ),
  },
  children: () => [
    { element: collectorsElement, occurs: "one" },
    { element: probesElement, occurs: "one" },
    { element: requestProtocolsElement, occurs: "optional" },
    { element: flowClassesElement, occurs: "one" },
  ],
});
