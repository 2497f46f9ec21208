import type { FlowClassSettings } from "../model/flow-class-settings.ts";
import type { Measurements } from "../model/measurements.ts";
import type { RequestProtocolPorts } from "../model/request-settings.ts";
import { alertElement, alertSettings } from "./alert-element.ts";
import { optional, type ReadingContext, required, withDefault } from "./attribute.ts";
import { childrenOf, defaultValuesOf, element, type ReadElement, valuesOf } from "./element.ts";
import { matchElement, matchRule } from "./match-element.ts";
import { measurementSchemas } from "./measurements/catalogue.ts";
import { prefix } from "./network-kinds.ts";
import { durationS } from "./number-kinds.ts";
import { objectiveElement, objectiveSettings } from "./objective-element.ts";
import { partitionElement, partitionRule } from "./partition-element.ts";
import { choice, listOf, name, yesNo } from "./text-kinds.ts";

export const flowClassElement = element({
  name: "flowClass",
  meaning:
    "Packets that are measured in one manner: which they are (match), what tells flow instances apart (partition), and one element per measurement. A packet can belong to several classes.",
  attributes: {
    name: required(name, "Name of the class, in every flow record and in reports."),
    account: withDefault(
      yesNo,
      "no",
      "Whether volumes are accounted by this class. Exactly one class says yes; only it feeds the volume tables, so nothing is counted twice. It must have ipCounters and the outer header, and should match everything.",
    ),
    header: withDefault(
      choice("outer", "inner"),
      "outer",
      "Which IP header counts where packets are tunnelled: the outermost or the innermost. Looked into are IP in IP (4in6, 6in4), GRE (also ERSPAN, PPTP, NVGRE), VXLAN, Geneve, GTP-U and MPLS in IP. A packet that is in no tunnel is its own innermost. Inner bytes leave tunnel headers out, so the account class has the outer header.",
    ),
    from: optional(
      listOf(prefix),
      "Prefixes of the near side. Where the partition leaves the ports out, forward is from the address that lies in one of them.",
      "Forward is from the numerically lower address.",
    ),
    idle: withDefault(
      durationS("1s", "1d"),
      "5min",
      "Silence after which a flow instance ends and its memory is free.",
    ),
  },
  children: () => [
    { element: matchElement, occurs: "optional" },
    { element: partitionElement, occurs: "optional" },
    ...Object.values(measurementSchemas).map((schema) => ({ element: schema.element, occurs: "optional" as const })),
    { element: alertElement, occurs: "any" },
    { element: objectiveElement, occurs: "any" },
  ],
});

/** `ports`: what the whole file says of request/response protocols. */
export function flowClassSettings(
  read: ReadElement,
  context: ReadingContext,
  ports: RequestProtocolPorts,
): FlowClassSettings {
  const values = valuesOf(read, flowClassElement);
  const [match] = childrenOf(read, matchElement);
  const [partition] = childrenOf(read, partitionElement);
  const measure = measurements(read, ports);
  return {
    name: values.name,
    account: values.account,
    header: values.header,
    match: match === undefined ? { kind: "any" } : matchRule(match),
    from: values.from ?? [],
    partition: partitionRule(
      partition === undefined ? defaultValuesOf(partitionElement, context) : valuesOf(partition, partitionElement),
    ),
    idleS: values.idle,
    measure,
    alerts: alertSettings(read),
    objectives: objectiveSettings(read, measure.oneWay),
  };
}

function measurements(read: ReadElement, ports: RequestProtocolPorts): Measurements {
  return Object.fromEntries(
    Object.values(measurementSchemas).map((schema) => {
      const [asked] = childrenOf(read, schema.element);
      return [schema.key, asked === undefined ? null : schema.settings(asked, ports)];
    }),
  ) as unknown as Measurements;
}
