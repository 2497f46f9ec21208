import type {
  FlowClassSettings,
  Measurements,
  PartitionRule,
  ProbeSettings,
  Range,
  RequestProtocolPorts,
} from "@trafmon/settings";
import type { AnalysisSettings } from "../analysis/analysis.ts";

const NO_MEASUREMENTS: Measurements = {
  ipCounters: null,
  ipSizes: null,
  icmpCounters: null,
  udpCounters: null,
  tcpCounters: null,
  tcpConnections: null,
  ftpCounters: null,
  ftpTransfers: null,
  twoWayDelays: null,
  transactions: null,
  oneWay: null,
  identities: null,
};

/** What the shipped file says. */
export const USUAL_PORTS: RequestProtocolPorts = {
  dns: ports(53),
  ntp: ports(123),
  snmp: ports(161, 162),
  http: ports(80, 8080),
  tls: ports(443, 465, 636, 853, 989, 990, 993, 995, 5061, 8443),
  udp: [],
  tcp: [],
  signatures: [],
};

function ports(...numbers: readonly number[]): readonly Range[] {
  return numbers.map((port) => ({ from: port, to: port }));
}

/** Every measurement of what one probe sees, with the usual settings. */
export const ALL_MEASUREMENTS: Measurements = {
  ipCounters: { intervalS: 60 },
  ipSizes: { intervalS: 60, bounds: [64, 128, 256, 512, 1024, 1519] },
  icmpCounters: { intervalS: 60 },
  udpCounters: { intervalS: 60 },
  tcpCounters: { intervalS: 60 },
  tcpConnections: { idleS: 3600, synIdleS: 60, halfClosedIdleS: 120, closedLingerS: 5 },
  ftpCounters: { intervalS: 60, ports: [{ from: 21, to: 21 }] },
  ftpTransfers: { ports: [{ from: 21, to: 21 }], windowS: 5 },
  twoWayDelays: {
    intervalS: 60,
    protocols: ["icmp", "dns", "ntp", "snmp", "http", "tls", "tcp-handshake", "udp", "tcp", "user"],
    timeoutMs: 5000,
    lateMs: 30_000,
    boundsNs: [1e6, 2e6, 5e6, 1e7, 2e7, 5e7, 1e8, 2e8, 5e8, 1e9, 2e9],
    ports: USUAL_PORTS,
  },
  transactions: {
    protocols: ["icmp", "dns", "ntp", "snmp", "http", "tls", "tcp-handshake", "udp", "tcp", "user"],
    query: false,
  },
  // It wants hops.
  oneWay: null,
  identities: {
    sources: ["dns", "mdns", "dhcp", "tls"],
    holdS: 3600,
    refreshS: 600,
    dnsPorts: USUAL_PORTS.dns,
    tlsPorts: USUAL_PORTS.tls,
  },
};

export const FIVE_TUPLE: PartitionRule = {
  addresses: { v4Bits: 32, v6Bits: 128 },
  protocol: true,
  ports: true,
  service: false,
  tos: false,
  vlan: false,
  interface: false,
  twoWay: true,
};

export const HOST_PAIR: PartitionRule = { ...FIVE_TUPLE, ports: false };

/** A flow class that takes everything, with IP counters, by host pair and ports. */
export function flowClass(
  changes: Partial<Omit<FlowClassSettings, "measure">> & { measure?: Partial<Measurements> } = {},
): FlowClassSettings {
  return {
    name: "all",
    account: true,
    header: "outer",
    match: { kind: "any" },
    from: [],
    partition: FIVE_TUPLE,
    idleS: 300,
    alerts: [],
    objectives: [],
    ...changes,
    measure: { ...NO_MEASUREMENTS, ...(changes.measure ?? { ipCounters: { intervalS: 60 } }) },
  };
}

/** Settings of an analysis with these classes. */
export function analysisSettings(
  flowClasses: readonly FlowClassSettings[],
  limits: Partial<
    Pick<
      ProbeSettings,
      | "maxFlows"
      | "maxConnections"
      | "maxStreams"
      | "maxFragments"
      | "maxRequests"
      | "maxIdentities"
      | "latenessS"
      | "maxStepS"
      | "duplicateWindowMs"
    >
  > = {},
): AnalysisSettings {
  return {
    probe: {
      name: "north",
      keyFile: "",
      security: "none",
      spoolDir: "",
      spoolBytes: 0,
      maxPduBytes: 1400,
      flushIntervalS: 2,
      heartbeatS: 5,
      latenessS: 2,
      maxStepS: 60,
      interfaces: [],
      sendTo: [],
      eventSources: [],
      maxFlows: 10_000,
      maxConnections: 10_000,
      maxStreams: 1000,
      maxFragments: 1000,
      maxRequests: 10_000,
      maxIdentities: 10_000,
      detectsDuplicates: true,
      duplicateWindowMs: 10,
      ringBytes: 0,
      alerts: [],
      health: null,
      ...limits,
    },
    flowClasses,
    interfaces: [
      { name: "eth0", tapGroup: "eth0" },
      { name: "eth1", tapGroup: "eth1" },
    ],
  };
}
