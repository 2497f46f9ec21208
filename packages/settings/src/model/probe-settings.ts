import type { HealthPlace } from "@trafmon/runtime";
import type { AlertSettings } from "./alert-settings.ts";

/** `security`: sealed datagrams (the default), or none, which both sides must say. */
export type Security = "sealed" | "none";

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
