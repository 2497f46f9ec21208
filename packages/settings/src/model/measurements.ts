import type { Range } from "./flow-class-settings.ts";
import type { TransactionSettings, TwoWayDelaySettings } from "./request-settings.ts";

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

export interface CounterSettings {
  readonly intervalS: number;
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
