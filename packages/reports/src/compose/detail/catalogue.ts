import { events } from "./events.ts";
import { ftpCounters } from "./ftp-counters.ts";
import { ftpTransfers } from "./ftp-transfers.ts";
import { icmpCounters } from "./icmp-counters.ts";
import { ipSizes } from "./ip-sizes.ts";
import { ipVolumes } from "./ip-volumes.ts";
import { oneWayCounters } from "./one-way-counters.ts";
import { oneWayLatency } from "./one-way-latency.ts";
import type { DetailProtocol } from "./protocol.ts";
import { tcpConnections } from "./tcp-connections.ts";
import { tcpCounters } from "./tcp-counters.ts";
import { twoWayDelays } from "./two-way-delays.ts";
import { udpCounters } from "./udp-counters.ts";

/** The reports of a set, in their order. */
export const DETAIL_PROTOCOLS: readonly DetailProtocol[] = [
  ipVolumes,
  ipSizes,
  icmpCounters,
  udpCounters,
  tcpCounters,
  tcpConnections,
  ftpCounters,
  ftpTransfers,
  twoWayDelays,
  oneWayLatency,
  oneWayCounters,
  events,
];
