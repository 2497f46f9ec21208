import type { Address } from "./address.ts";
import { type AddressRange, parseRange } from "./address-range.ts";
import { RangeIndex } from "./range-index.ts";

/**
 * Addresses that belong to nobody on the Internet: the IANA special-purpose registries of IPv4 and IPv6 (RFC 6890 and
 * its updates, as of 2024), and multicast. What the registries mark as globally reachable (6to4, Teredo, NAT64, AS112)
 * is left out: these are hosts somewhere.
 */
const SPECIAL: readonly (readonly [prefix: string, kind: SpecialKind])[] = [
  ["0.0.0.0/8", "this network"],
  ["10.0.0.0/8", "private"],
  ["100.64.0.0/10", "shared"],
  ["127.0.0.0/8", "loopback"],
  ["169.254.0.0/16", "link-local"],
  ["172.16.0.0/12", "private"],
  ["192.0.0.0/24", "protocol"],
  ["192.0.2.0/24", "documentation"],
  ["192.168.0.0/16", "private"],
  ["198.18.0.0/15", "benchmarking"],
  ["198.51.100.0/24", "documentation"],
  ["203.0.113.0/24", "documentation"],
  ["224.0.0.0/4", "multicast"],
  ["240.0.0.0/4", "reserved"],
  ["255.255.255.255/32", "broadcast"],
  ["::/128", "unspecified"],
  ["::1/128", "loopback"],
  ["::ffff:0:0/96", "IPv4-mapped"],
  ["64:ff9b:1::/48", "private"],
  ["100::/64", "discard"],
  ["2001:2::/48", "benchmarking"],
  ["2001:10::/28", "protocol"],
  ["2001:db8::/32", "documentation"],
  ["3fff::/20", "documentation"],
  ["5f00::/16", "protocol"],
  ["fc00::/7", "private"],
  ["fe80::/10", "link-local"],
  ["fec0::/10", "private"],
  ["ff00::/8", "multicast"],
];

export type SpecialKind =
  | "this network"
  | "private"
  | "shared"
  | "loopback"
  | "link-local"
  | "protocol"
  | "documentation"
  | "benchmarking"
  | "multicast"
  | "reserved"
  | "broadcast"
  | "unspecified"
  | "IPv4-mapped"
  | "discard";

const index = new RangeIndex(SPECIAL.map(([prefix, kind]) => ({ ...(parseRange(prefix) as AddressRange), kind })));

/** What an address is set aside for; null for ordinary ones. */
export function specialKind(address: Address): SpecialKind | null {
  return index.find(address)?.kind ?? null;
}

/** Whether somebody may have given such an address a name in DNS. */
export function mayHaveName(kind: SpecialKind | null, privateDns: boolean): boolean {
  return kind === null || (privateDns && (kind === "private" || kind === "shared"));
}
