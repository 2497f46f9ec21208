import type { Measurements } from "../../model/measurements.ts";
import { ftpCounters } from "./ftp-counters.ts";
import { ftpTransfers } from "./ftp-transfers.ts";
import { icmpCounters } from "./icmp-counters.ts";
import { identities } from "./identities.ts";
import { ipCounters } from "./ip-counters.ts";
import { ipSizes } from "./ip-sizes.ts";
import type { MeasurementSchema } from "./measurement.ts";
import { oneWay } from "./one-way.ts";
import { tcpConnections } from "./tcp-connections.ts";
import { tcpCounters } from "./tcp-counters.ts";
import { transactions } from "./transactions.ts";
import { twoWayDelays } from "./two-way-delays.ts";
import { udpCounters } from "./udp-counters.ts";

/** Every measurement a class can ask for, in the order the DTD has them. */
export const measurementSchemas: { readonly [K in keyof Measurements]: MeasurementSchema<K> } = {
  ipCounters,
  ipSizes,
  icmpCounters,
  udpCounters,
  tcpCounters,
  tcpConnections,
  ftpCounters,
  ftpTransfers,
  twoWayDelays,
  transactions,
  oneWay,
  identities,
};
