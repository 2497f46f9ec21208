import type { Range } from "../model/flow-class-settings.ts";
import type { RequestProtocolPorts, SignatureSettings } from "../model/request-settings.ts";
import { optional, type ReadingContext, required, withDefault } from "./attribute.ts";
import { childrenOf, defaultValuesOf, element, type ReadElement, valuesOf } from "./element.ts";
import { mergedRanges } from "./merged-ranges.ts";
import { port, portsOrNone } from "./network-kinds.ts";
import { payloadPattern } from "./pattern-kind.ts";
import { choice, listOf, name } from "./text-kinds.ts";

export const signatureElement = element({
  name: "signature",
  meaning:
    "A service of your own: what its requests and replies look like, so that their delays are measured under the protocol `user`. A request goes to one of the ports, a reply comes from it. What brackets enclose in the request must be the same bytes in its reply; without brackets replies follow requests in order.",
  attributes: {
    name: required(name, "Name of the service. It stands in transaction records as the operation."),
    transport: required(choice("udp", "tcp"), "Whether it is spoken over UDP or over TCP."),
    ports: required(listOf(port), "Ports of the servers."),
    request: optional(
      payloadPattern,
      "How the payload of a request begins. Over TCP it is compared with each segment's new bytes.",
      "Everything that goes to the port is a request.",
    ),
    reply: optional(
      payloadPattern,
      "How the payload of a reply begins.",
      "Everything that comes from the port is a reply.",
    ),
  },
});

export const requestProtocolsElement = element({
  name: "requestProtocols",
  meaning:
    "Which ports speak which request/response protocol, for twoWayDelays and transactions. A port of one transport speaks one protocol; udp and tcp take what no other has. Absent: all attributes at their defaults.",
  attributes: {
    dns: withDefault(portsOrNone, "53", "Ports of DNS, over UDP and TCP."),
    ntp: withDefault(portsOrNone, "123", "Ports of NTP."),
    snmp: withDefault(portsOrNone, "161 162", "Ports of SNMP agents, and of managers that are informed."),
    http: withDefault(portsOrNone, "80 8080", "Ports of HTTP/1 without encryption."),
    tls: withDefault(
      portsOrNone,
      "443 465 636 853 989 990 993 995 5061 8443",
      "Ports where a connection begins with a TLS handshake.",
    ),
    udp: withDefault(
      portsOrNone,
      "none",
      "Ports of UDP services whose messages are not understood: a datagram is a request, the next one back is its reply.",
    ),
    tcp: withDefault(
      portsOrNone,
      "none",
      "Ports of TCP services whose messages are not understood: what a client sends is a request, what comes back next is its reply.",
    ),
  },
  children: () => [{ element: signatureElement, occurs: "any" }],
});

/** `read`: undefined when the file does not have the element. */
export function requestProtocolPorts(read: ReadElement | undefined, context: ReadingContext): RequestProtocolPorts {
  const values =
    read === undefined ? defaultValuesOf(requestProtocolsElement, context) : valuesOf(read, requestProtocolsElement);
  const signatures = read === undefined ? [] : childrenOf(read, signatureElement).map(signatureSettings);
  const ports = (of: readonly (readonly Range[])[]) => mergedRanges(of.flat());
  return {
    dns: ports(values.dns),
    ntp: ports(values.ntp),
    snmp: ports(values.snmp),
    http: ports(values.http),
    tls: ports(values.tls),
    udp: ports(values.udp),
    tcp: ports(values.tcp),
    signatures,
  };
}

function signatureSettings(read: ReadElement): SignatureSettings {
  const { ports, ...values } = valuesOf(read, signatureElement);
  return { ...values, ports: mergedRanges(ports.flat()) };
}
