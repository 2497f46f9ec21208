import type { HealthPlace } from "@trafmon/runtime";

/** The configuration as the programs see it: checked, defaults filled in, frozen. */

export interface Configuration {
  /** Name of the site, for titles. */
  readonly site: string;
  /** First 16 hexadecimal digits of the SHA-256 of the effective settings; equal for all programs that agree. */
  readonly hash: string;
  /** When programs switch to this file; null: at once. Seconds and nanoseconds since the epoch, UTC. */
  readonly startAt: { readonly s: number; readonly nanos: number } | null;
  readonly collectors: readonly CollectorSettings[];
  readonly probes: readonly ProbeSettings[];
  readonly flowClasses: readonly FlowClassSettings[];
}

/** `security`: sealed datagrams (the default), or none, which both sides must say. */
export type Security = "sealed" | "none";

export interface CollectorSettings {
  readonly name: string;
  readonly listenAddress: string;
  /** 0: any free port, written to the log; only sensible in tests. */
  readonly listenPort: number;
  readonly logDir: string;
  /** Journal, pending files and the collector's own state. */
  readonly stateDir: string;
  readonly logIntervalS: number;
  readonly commitIntervalMs: number;
  readonly security: Security;
  readonly receiveBufferBytes: number;
  readonly alerts: readonly AlertSettings[];
  /** Programs run at every alert. */
  readonly alertCommands: readonly AlertCommandSettings[];
  /** SNMP managers told of every alert. */
  readonly trapTargets: readonly TrapTargetSettings[];
  /** Where it tells how it is; null: nowhere. */
  readonly health: HealthPlace | null;
  /** Sightings of packets that wait for those of other hops, at most. */
  readonly maxSightings: number;
  /** The collector that gets everything this one takes; null: none. */
  readonly forwardTo: ForwardToSettings | null;
}

/** What an alert can watch (schema/alert-metrics.ts). */
export type AlertMetric =
  | "bitRate"
  | "packetRate"
  | "retransmitted"
  | "unanswered"
  | "delay"
  | "silence"
  | "lag"
  | "dropped"
  | "unwritable"
  | "refused"
  | "diskFree";

/** A threshold with hysteresis. Levels are in the metric's own unit: bit/s, 1/s, s, percent, bytes. */
export interface AlertSettings {
  readonly name: string;
  readonly metric: AlertMetric;
  /** Raised above the level; else below it. */
  readonly isAbove: boolean;
  readonly level: number;
  /** Cleared at or beyond it, on the other side. */
  readonly clear: number;
  readonly forMs: number;
  readonly severity: "info" | "warning" | "error";
}

export interface AlertCommandSettings {
  /** Full path and arguments. */
  readonly program: readonly string[];
  readonly timeLimitMs: number;
  readonly user: string;
}

export interface TrapTargetSettings {
  /** An address or a host name. */
  readonly address: string;
  readonly port: number;
  readonly version: "2c" | "3";
  readonly credentialsFile: string;
}

export interface InterfaceSettings {
  readonly name: string;
  /** Capture filter in pcap syntax; empty: everything. */
  readonly filter: string;
  readonly snapLengthBytes: number;
  readonly bufferBytes: number;
  readonly promiscuous: boolean;
  readonly tapGroup: string;
  /** Whether copies of frames are told from packets of their own. */
  readonly detectsDuplicates: boolean;
}

export interface SendToSettings {
  readonly collector: string;
  /** Address and port to send to. Default: where that collector listens. */
  readonly address: string;
  readonly port: number;
  readonly rateBitsPerS: number;
}

/** How a collector forwards to another. */
export interface ForwardToSettings extends SendToSettings {
  /** Of the key shared by the two collectors. */
  readonly keyFile: string;
  readonly spoolBytes: number;
}

/** Something outside the traffic that is looked at every so often. Either `program` or `file` is there. */
export interface EventSourceSettings {
  readonly name: string;
  /** Full path and arguments. */
  readonly program: readonly string[] | null;
  readonly file: string | null;
  readonly everyMs: number;
  readonly timeLimitMs: number;
  readonly sizeLimitBytes: number;
  readonly onlyChanges: boolean;
  readonly user: string;
}

export interface ProbeSettings {
  readonly name: string;
  /** Pre-shared key, 32 bytes as 64 hexadecimal digits; mode 0600. The collector reads the same path for this probe. */
  readonly keyFile: string;
  readonly security: Security;
  readonly spoolDir: string;
  readonly spoolBytes: number;
  readonly maxPduBytes: number;
  readonly flushIntervalS: number;
  readonly heartbeatS: number;
  readonly latenessS: number;
  /** Most the source clock may leap at a packet, unless further packets confirm it. */
  readonly maxStepS: number;
  readonly interfaces: readonly InterfaceSettings[];
  readonly sendTo: readonly SendToSettings[];
  readonly eventSources: readonly EventSourceSettings[];
  readonly maxFlows: number;
  readonly maxConnections: number;
  /** TCP connections whose payload is read. */
  readonly maxStreams: number;
  readonly maxFragments: number;
  /** Requests awaited or remembered at a time, of each class and protocol. */
  readonly maxRequests: number;
  readonly maxIdentities: number;
  /** For interfaces that do not say, and where there is none. */
  readonly detectsDuplicates: boolean;
  /** How far apart copies of a frame can be. */
  readonly duplicateWindowMs: number;
  readonly ringBytes: number;
  readonly alerts: readonly AlertSettings[];
  /** Where it tells how it is; null: nowhere. */
  readonly health: HealthPlace | null;
}

/** A rule over one packet. Addresses are prefixes: 4 or 16 bytes and a length in bits. */
export type MatchRule =
  | { readonly kind: "any" }
  | { readonly kind: "and" | "or"; readonly rules: readonly MatchRule[] }
  | { readonly kind: "not"; readonly rule: MatchRule }
  /** IP protocol numbers. */
  | { readonly kind: "protocol"; readonly protocols: readonly number[] }
  | {
      readonly kind: "address";
      readonly side: "source" | "destination" | "either";
      readonly prefixes: readonly Prefix[];
    }
  /** TCP and UDP ports, both ends of a range included. */
  | { readonly kind: "port"; readonly side: "source" | "destination" | "either"; readonly ranges: readonly Range[] }
  /** The whole ToS / traffic class octet; a DSCP in the XML becomes the four octets that carry it. */
  | { readonly kind: "tos"; readonly ranges: readonly Range[] }
  /** Outermost VLAN id; 0: untagged. */
  | { readonly kind: "vlan"; readonly ranges: readonly Range[] }
  | { readonly kind: "interface"; readonly names: readonly string[] }
  | { readonly kind: "probe"; readonly names: readonly string[] };

export interface Prefix {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What tells two flow instances of a class apart. */
export interface PartitionRule {
  /** null: addresses do not tell apart. Else bits kept; 32/128 is the host. */
  readonly addresses: { readonly v4Bits: number; readonly v6Bits: number } | null;
  readonly protocol: boolean;
  /** Both ports tell apart (and `service` is then only a label). */
  readonly ports: boolean;
  /** The service tells apart: the name the precedence of both ports gives. */
  readonly service: boolean;
  readonly tos: boolean;
  readonly vlan: boolean;
  readonly interface: boolean;
  /** Both directions in one instance. */
  readonly twoWay: boolean;
}

export interface CounterSettings {
  readonly intervalS: number;
}

export interface FlowClassSettings {
  readonly name: string;
  readonly account: boolean;
  readonly header: "outer" | "inner";
  readonly match: MatchRule;
  /** Prefixes whose side is forward when the partition leaves the ports out; empty: the numerically lower address. */
  readonly from: readonly Prefix[];
  readonly partition: PartitionRule;
  readonly idleS: number;
  readonly measure: Measurements;
  readonly alerts: readonly AlertSettings[];
}

/** Measurements asked for; null: not asked for. */
export interface Measurements {
  readonly ipCounters: CounterSettings | null;
  /** `bounds`: inner slice bounds in bytes, rising; n bounds make n + 1 slices, the first from 0. */
  readonly ipSizes: (CounterSettings & { readonly bounds: readonly number[] }) | null;
  readonly icmpCounters: CounterSettings | null;
  readonly udpCounters: CounterSettings | null;
  readonly tcpCounters: CounterSettings | null;
  readonly tcpConnections: TcpConnectionSettings | null;
  readonly ftpCounters: (CounterSettings & { readonly ports: readonly Range[] }) | null;
  readonly ftpTransfers: FtpTransferSettings | null;
  readonly twoWayDelays: TwoWayDelaySettings | null;
  readonly transactions: TransactionSettings | null;
  readonly oneWay: OneWaySettings | null;
  readonly identities: IdentitySettings | null;
}

/** What tells of addresses, as observations name it. */
export type IdentitySource = "dns" | "mdns" | "dhcp" | "tls";

export interface IdentitySettings {
  readonly sources: readonly IdentitySource[];
  /** How long what tells no time itself is taken to hold. */
  readonly holdS: number;
  /** How often it is told that something still holds. */
  readonly refreshS: number;
  readonly dnsPorts: readonly Range[];
  readonly tlsPorts: readonly Range[];
}

/** What a packet's signature can be made of, in the order of the message (probe, one-way-signatures.ts). */
export type SignatureField =
  | "version"
  | "protocol"
  | "addresses"
  | "identification"
  | "ports"
  | "icmp"
  | "sequence"
  | "acknowledgement"
  | "flags"
  | "payload";

export interface OneWaySettings extends CounterSettings {
  /** Longest time between the first hop and the last. */
  readonly timeoutMs: number;
  /** How long the probe of a hop is waited for. */
  readonly silentLimitMs: number;
  /** Records per packet: none, one per hop pair (`owlat`), or one with all instants (`owts`). */
  readonly details: "none" | "latency" | "timestamps";
  /** All in `owct`; or lost, missed and dropped in `owlost`, `owmiss` and `owdrop`, the rest in `owct`. */
  readonly verdicts: "together" | "apart";
  readonly fields: readonly SignatureField[];
  /** Bytes of payload in a signature. */
  readonly payloadBytes: number;
  /** Numbered from 1. `interface`: null for all interfaces of the probe. */
  readonly hops: readonly { readonly probe: string; readonly interface: string | null }[];
  /** Numbers of hops in the order of travel; where the file says none, one route along all hops. */
  readonly routes: readonly { readonly hops: readonly number[] }[];
}

export interface FtpTransferSettings {
  /** TCP ports of control connections. */
  readonly ports: readonly Range[];
  /** How long a data connection and what is said of it may come in the wrong order. */
  readonly windowS: number;
}

export interface TcpConnectionSettings {
  readonly idleS: number;
  readonly synIdleS: number;
  readonly halfClosedIdleS: number;
  /** Least time after both FINs are acknowledged before the record is written. */
  readonly closedLingerS: number;
}

/** Request/response protocols, as observations name them. */
export type RequestProtocol =
  | "icmp"
  | "dns"
  | "ntp"
  | "snmp"
  | "http"
  | "tls"
  | "tcp-handshake"
  | "udp"
  | "tcp"
  | "user";

export interface TwoWayDelaySettings extends CounterSettings {
  readonly protocols: readonly RequestProtocol[];
  /** How long after a request's first copy a reply counts as one. */
  readonly timeoutMs: number;
  /** How long after the time-out a reply is still known as late. */
  readonly lateMs: number;
  /** Inner slice bounds in nanoseconds, rising; n bounds make n + 1 slices, the first from 0. */
  readonly boundsNs: readonly number[];
  /** The same for all classes. */
  readonly ports: RequestProtocolPorts;
}

export interface TransactionSettings {
  readonly protocols: readonly RequestProtocol[];
  /** Whether the object of an HTTP transaction has its query. */
  readonly query: boolean;
}

/** Which ports speak what. Ranges rising and apart. */
export interface RequestProtocolPorts {
  readonly dns: readonly Range[];
  readonly ntp: readonly Range[];
  readonly snmp: readonly Range[];
  readonly http: readonly Range[];
  readonly tls: readonly Range[];
  readonly udp: readonly Range[];
  readonly tcp: readonly Range[];
  readonly signatures: readonly SignatureSettings[];
}

/** What the requests and replies of a service look like; null: everything is one. */
export interface SignatureSettings {
  readonly name: string;
  readonly transport: "udp" | "tcp";
  readonly ports: readonly Range[];
  readonly request: PayloadPattern | null;
  readonly reply: PayloadPattern | null;
}

/** How payload begins. */
export interface PayloadPattern {
  /** As written in the file. */
  readonly text: string;
  readonly steps: readonly PatternStep[];
}

/** What comes next in the payload. */
export type PatternStep =
  /** These bytes, compared in the bits of the mask. */
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly mask: Uint8Array }
  /** So many bytes, whatever they are. */
  | { readonly kind: "pass"; readonly bytes: number }
  /** As few bytes as possible until the bytes of the next step. */
  | { readonly kind: "seek"; readonly mostBytes: number }
  /** What lies between `open` and `close` is equal in request and reply. */
  | { readonly kind: "open" }
  | { readonly kind: "close" };
