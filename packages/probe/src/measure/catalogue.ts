import type { Measurements } from "@trafmon/settings";
import { IcmpCounters } from "./icmp-counters.ts";
import { IpCounters } from "./ip-counters.ts";
import { IpSizes } from "./ip-sizes.ts";
import type { Measurement, MeasurementParts, Sees } from "./measurement.ts";
import { TcpCounters } from "./tcp-counters.ts";
import { UdpCounters } from "./udp-counters.ts";

interface CatalogueEntry {
  readonly sees: Sees;
  /** null when the class does not ask for it. */
  make(asked: Measurements, parts: MeasurementParts): Measurement | null;
}

/** Every measurement that counts the packets of flow instances. Adding one is an entry here and its file. */
export const catalogue: readonly CatalogueEntry[] = [
  {
    sees: "ip",
    make: ({ ipCounters }, parts) => ipCounters && new IpCounters(parts, ipCounters.intervalS),
  },
  {
    sees: "ip",
    make: ({ ipSizes }, parts) => ipSizes && new IpSizes(parts, ipSizes.intervalS, ipSizes.bounds),
  },
  {
    sees: "icmp",
    make: ({ icmpCounters }, parts) => icmpCounters && new IcmpCounters(parts, icmpCounters.intervalS),
  },
  {
    sees: "udp",
    make: ({ udpCounters }, parts) => udpCounters && new UdpCounters(parts, udpCounters.intervalS),
  },
  {
    sees: "tcp",
    make: ({ tcpCounters }, parts) => tcpCounters && new TcpCounters(parts, tcpCounters.intervalS),
  },
];
