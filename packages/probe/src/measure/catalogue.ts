import type { FlowClassSettings, Measurements } from "@trafmon/settings";
import { MAX_PAYLOAD_BYTES, type PayloadWish, type PortRange } from "../capture/payload-plan.ts";
import type { ProtocolOnPorts } from "../reassemble/asked-ports.ts";
import type { StreamProtocol } from "../reassemble/stream-protocol.ts";
import { FtpCounters } from "./ftp/ftp-counters.ts";
import { FtpProtocol } from "./ftp/ftp-protocol.ts";
import { IcmpCounters } from "./icmp-counters.ts";
import { identityWishes } from "./identities/identities.ts";
import type { Measurement, MeasurementParts, Sees, StreamProtocolParts } from "./measurement.ts";
import { signatureWishes } from "./one-way-signatures.ts";
import { datagramWishes } from "./twoway/payload-wishes.ts";
import { requestStreams } from "./twoway/request-streams.ts";
import { TwoWayDelays } from "./twoway/two-way-delays.ts";

interface CatalogueEntry {
  readonly sees: Sees;
  /** Captured payload it wants to see of a class's packets. Absent: none. */
  payload?(asked: Measurements): readonly PayloadWish[];
  /** null when the class does not ask for it. */
  make(asked: Measurements, parts: MeasurementParts): Measurement | null;
}

/**
 * Every measurement that counts packets of flow instances in cells of its own; those that most packets go through share
 * theirs (packet-cells.ts). Adding one is an entry here and its file.
 */
export const catalogue: readonly CatalogueEntry[] = [
  {
    sees: "icmp",
    make: ({ icmpCounters }, parts) => icmpCounters && new IcmpCounters(parts, icmpCounters.intervalS),
  },
  {
    sees: "streams",
    make: ({ ftpCounters }, parts) => ftpCounters && new FtpCounters(parts, ftpCounters.intervalS),
  },
  {
    sees: "requests",
    payload: ({ twoWayDelays, transactions }) =>
      twoWayDelays === null ? [] : datagramWishes(twoWayDelays, transactions),
    make: ({ twoWayDelays, transactions }, parts) =>
      twoWayDelays && new TwoWayDelays(parts, twoWayDelays, transactions),
  },
];

export interface StreamCatalogueEntry {
  /**
   * Name that services.tsv gives it: its ports are it, unless services.tsv knows them as something else. null: it has
   * none, so its ports stay what they are.
   */
  readonly service: string | null;
  /** TCP service ports on which a class asks for it; none: it does not ask. */
  ports(asked: Measurements): readonly PortRange[];
  /** Bytes of each segment's payload it wants to see; what is beyond comes as a gap. */
  readonly bytes: number;
  /** Bytes of each direction, from its beginning on, that it wants to see. Absent: all. */
  readonly withinBytes?: number;
  /** Whether it looks for further connections among all TCP segments. */
  readonly followsTcp?: boolean;
  make(parts: StreamProtocolParts): StreamProtocol;
}

/** Every protocol that is read out of the bytes of TCP connections. Adding one is an entry here and its file. */
export const streamCatalogue: readonly StreamCatalogueEntry[] = [
  {
    service: "ftp",
    ports: ({ ftpCounters, ftpTransfers }) => [...(ftpCounters?.ports ?? []), ...(ftpTransfers?.ports ?? [])],
    bytes: MAX_PAYLOAD_BYTES,
    followsTcp: true,
    make: (parts) => new FtpProtocol(parts),
  },
  ...requestStreams,
];

/** Whether the connections of all TCP segments are to be followed, those of no class included. */
export function followsTcp(classes: readonly Pick<FlowClassSettings, "measure">[]): boolean {
  return streamCatalogue.some(
    (entry) => entry.followsTcp && classes.some(({ measure }) => entry.ports(measure).length > 0),
  );
}

/** Services on the TCP ports that some class asks for a protocol on. */
export function askedServices(
  classes: readonly Pick<FlowClassSettings, "measure">[],
): readonly { readonly service: string; readonly ports: readonly PortRange[] }[] {
  return streamCatalogue.flatMap(({ service, ports: portsOf }) => {
    const ports = classes.flatMap(({ measure }) => portsOf(measure));
    return service === null || ports.length === 0 ? [] : [{ service, ports }];
  });
}
/** The protocols that some class asks for, and on which ports each class does. */
export function streamProtocols(
  classes: readonly FlowClassSettings[],
  parts: StreamProtocolParts,
): readonly ProtocolOnPorts[] {
  return streamCatalogue.flatMap((entry) => {
    const ports = classes.map(({ measure }) => entry.ports(measure));
    return ports.some(({ length }) => length > 0) ? [{ protocol: entry.make(parts), ports }] : [];
  });
}

/** Captured payload that the measurements of a class want to see. */
export function payloadWishes(asked: Measurements): readonly PayloadWish[] {
  return [
    ...catalogue.flatMap(({ payload }) => payload?.(asked) ?? []),
    ...signatureWishes(asked.oneWay),
    ...identityWishes(asked.identities),
    ...streamCatalogue.flatMap(({ ports, bytes, withinBytes }): PayloadWish[] => {
      const asking = ports(asked);
      const within = withinBytes === undefined ? {} : { withinBytes };
      return asking.length === 0 ? [] : [{ protocol: "tcp", ports: asking, bytes, ...within }];
    }),
  ];
}
