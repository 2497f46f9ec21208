import type { AlertSettings } from "./alert-settings.ts";
import type { Measurements } from "./measurements.ts";
import type { ObjectiveSettings } from "./objective-settings.ts";

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
  readonly objectives: readonly ObjectiveSettings[];
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

export interface Prefix {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}
