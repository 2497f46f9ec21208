/**
 * What the dissection of a frame came to, as one number:
 *
 *     0                    an IP packet; the record is written
 *     1 .. 255             undecodable, by reason
 *     space << 16 | value  no IP packet; which space of numbers names what it is, and the number
 *
 * Reasons and names are fixed for ever: they are values in observations.
 */
export const IP_PACKET = 0;

/** We have no dissector for the link type. */
export const LINK_TYPE = 1;
/** The snap length cut the frame before the end of the IP header. */
export const HEADER_CUT = 2;
/** The frame itself ends before the end of the headers that lead to IP. */
export const LINK_SHORT = 3;
/** The frame itself ends before the end of the fixed IP header. */
export const IP_SHORT = 4;
/** The version is not the one the layer below promised, or neither 4 nor 6. */
export const IP_VERSION = 5;
/** IPv4 header length below 20. */
export const IPV4_HEADER_LENGTH = 6;
/** IPv4 total length below the header length. */
export const IPV4_TOTAL_SHORT = 7;
/** IPv4 total length beyond the frame. */
export const IPV4_TOTAL_LONG = 8;
/** IPv6 payload length, or jumbo payload length, beyond the frame. */
export const IPV6_PAYLOAD_LONG = 9;
/** More tags and labels before the IP header than any network stacks. */
export const TAG_DEPTH = 10;

const undecodableReasons: readonly string[] = [
  "",
  "link_type",
  "header_cut",
  "link_short",
  "ip_short",
  "ip_version",
  "ipv4_header_length",
  "ipv4_total_short",
  "ipv4_total_long",
  "ipv6_payload_long",
  "tag_depth",
];

/** Value: ethertype. */
export const NON_IP_ETHERTYPE = 1 << 16;
/** Value: destination service access point of an LLC frame. */
export const NON_IP_LLC = 2 << 16;
/** Value: PPP protocol. */
export const NON_IP_PPP = 3 << 16;
/** Value: address family of a loopback frame. */
export const NON_IP_FAMILY = 4 << 16;
/** Value: ARPHRD number of a Linux device whose frames carry no ethertype (netlink: 824). */
export const NON_IP_DEVICE = 5 << 16;

const spaceNames: readonly string[] = ["", "", "llc_", "ppp_", "family_", "device_"];

export function isUndecodable(verdict: number): boolean {
  return verdict > 0 && verdict < NON_IP_ETHERTYPE;
}

/** The reason of an undecodable frame; what a non-IP frame is: four hexadecimal digits of its ethertype, or the like. */
export function verdictName(verdict: number): string {
  if (verdict < NON_IP_ETHERTYPE) return undecodableReasons[verdict] ?? `reason_${verdict}`;
  return (spaceNames[verdict >>> 16] ?? "") + (verdict & 0xffff).toString(16).padStart(4, "0");
}

/**
 * Why the inside of an IP packet could not be decoded, though the packet itself counts.
 * 0: nothing is wrong, or the protocol is none that is looked into.
 */
export const TCP_CUT = 1;
export const TCP_SHORT = 2;
export const TCP_HEADER_LENGTH = 3;
export const UDP_CUT = 4;
export const UDP_SHORT = 5;
export const UDP_LENGTH = 6;
export const ICMP_CUT = 7;
export const ICMP_SHORT = 8;
export const IPV4_OPTIONS_CUT = 9;
export const EXTENSION_CUT = 10;
export const EXTENSION_LENGTH = 11;
export const EXTENSION_DEPTH = 12;
/** The fragment ends beyond the longest datagram there can be. */
export const FRAGMENT_BEYOND = 13;

const malformedReasons: readonly string[] = [
  "",
  "tcp_cut",
  "tcp_short",
  "tcp_header_length",
  "udp_cut",
  "udp_short",
  "udp_length",
  "icmp_cut",
  "icmp_short",
  "ipv4_options_cut",
  "ipv6_extension_cut",
  "ipv6_extension_length",
  "ipv6_extension_depth",
  "fragment_beyond_datagram",
];

export function malformedName(malformed: number): string {
  return malformedReasons[malformed] ?? `reason_${malformed}`;
}

/** Reasons there are, the empty one for 0 included. */
export const MALFORMED_REASONS = malformedReasons.length;
