import type { Range } from "../model/flow-class-settings.ts";
import { partialValuesOf, type ReadElement } from "../schema/element.ts";
import { requestProtocolsElement, signatureElement } from "../schema/request-protocols-element.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** Over which transport the ports of the attributes are used. udp and tcp take what is left. */
const TRANSPORTS = {
  udp: ["dns", "ntp", "snmp"],
  tcp: ["dns", "http", "tls"],
} as const;

interface Claim {
  readonly by: string;
  readonly element: ReadElement;
  readonly attribute: string;
  readonly range: Range;
}

export const aPortSpeaksOneProtocol: Rule = (root, faults) => {
  const [protocols] = descendantsOf(root, requestProtocolsElement);
  if (protocols === undefined) return;
  for (const transport of ["udp", "tcp"] as const) {
    const claims = [
      ...TRANSPORTS[transport].flatMap((attribute) =>
        (partialValuesOf(protocols, requestProtocolsElement)[attribute] ?? [])
          .flat()
          .map((range): Claim => ({ by: attribute, element: protocols, attribute, range })),
      ),
      ...descendantsOf(protocols, signatureElement).flatMap((element) => {
        const values = partialValuesOf(element, signatureElement);
        if (values.transport !== transport) return [];
        const by = `signature ${values.name ?? ""}`.trim();
        return (values.ports ?? []).flat().map((range): Claim => ({ by, element, attribute: "ports", range }));
      }),
    ];
    claims.forEach(({ by, element, attribute, range }, index) => {
      const before = claims
        .slice(0, index)
        .find((each) =>
          each.element !== element || each.attribute !== attribute ? overlap(each.range, range) : false,
        );
      if (before === undefined) return;
      const line = element.source.attributes.get(attribute)?.line ?? element.source.line;
      const port = Math.max(before.range.from, range.from);
      faults.add(
        line,
        element.source.path,
        attribute,
        `${transport} port ${port} is ${before.by}'s already, not ${by}'s`,
      );
    });
  }
};

function overlap(one: Range, other: Range): boolean {
  return one.from <= other.to && other.from <= one.to;
}
