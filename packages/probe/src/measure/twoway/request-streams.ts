import { MAX_PAYLOAD_BYTES } from "../../capture/payload-plan.ts";
import type { StreamCatalogueEntry } from "../catalogue.ts";
import { identityPorts } from "../identities/identities.ts";
import type { StreamProtocolParts } from "../measurement.ts";
import { DnsStreams } from "./dns-stream.ts";
import { HttpExchanges } from "./http-exchanges.ts";
import { portsOf, servicesOf } from "./payload-wishes.ts";
import { ServiceMessages } from "./service-messages.ts";
import { ServiceStreams } from "./service-streams.ts";
import type { PairingOf } from "./stream-pairings.ts";
import { TcpExchanges } from "./tcp-exchanges.ts";
import { TlsHandshakes } from "./tls-handshakes.ts";
import { MOST_HELLO_BYTES } from "./tls-reader.ts";
import { TwoWayDelays } from "./two-way-delays.ts";

/** Two hellos of the longest kind that is read, for the second that a HelloRetryRequest asks for, with their records. */
const HANDSHAKE_BYTES = 3 * MOST_HELLO_BYTES;

function pairingsOf({ measurementOf }: StreamProtocolParts): PairingOf {
  return (flowClass, protocol) => measurementOf(flowClass, TwoWayDelays)?.pairing(protocol) ?? null;
}

/** Request protocols that are read out of TCP connections. */
export const requestStreams: readonly StreamCatalogueEntry[] = [
  {
    service: "dns",
    ports: ({ twoWayDelays, identities }) => [...portsOf(twoWayDelays, "dns"), ...identityPorts(identities, "dns")],
    bytes: MAX_PAYLOAD_BYTES,
    make: (parts) => new DnsStreams(pairingsOf(parts), parts.identities),
  },
  {
    service: "http",
    ports: ({ twoWayDelays }) => portsOf(twoWayDelays, "http"),
    bytes: MAX_PAYLOAD_BYTES,
    make: (parts) => new HttpExchanges(pairingsOf(parts)),
  },
  {
    service: null,
    ports: ({ twoWayDelays, identities }) => [...portsOf(twoWayDelays, "tls"), ...identityPorts(identities, "tls")],
    bytes: MAX_PAYLOAD_BYTES,
    withinBytes: HANDSHAKE_BYTES,
    make: (parts) => new TlsHandshakes(pairingsOf(parts), parts.identities),
  },
  {
    service: null,
    ports: ({ twoWayDelays }) => servicesOf(twoWayDelays, "tcp").flatMap(({ ports }) => ports),
    // The beginning of each segment, as far as the signatures look: payload-wishes.ts says it.
    bytes: 0,
    make: (parts) => {
      const asked = parts.classes.map(({ settings }) => servicesOf(settings.measure.twoWayDelays, "tcp"));
      // Signatures are the file's, so all classes that ask have the same.
      const services = asked.find(({ length }) => length > 0) ?? [];
      return new ServiceStreams(
        services.map((each) => new ServiceMessages(each)),
        pairingsOf(parts),
      );
    },
  },
  {
    service: null,
    ports: ({ twoWayDelays }) => portsOf(twoWayDelays, "tcp"),
    bytes: 0,
    make: (parts) => new TcpExchanges(pairingsOf(parts)),
  },
];
