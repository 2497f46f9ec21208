import type { Range } from "./flow-class-settings.ts";
import type { CounterSettings } from "./measurements.ts";

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
