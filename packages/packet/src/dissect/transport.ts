import * as record from "../packet-record.ts";
import type { FrameWalk } from "./frame-walk.ts";
import { dissectTcp } from "./tcp.ts";
import { ICMP_CUT, ICMP_SHORT, UDP_CUT, UDP_LENGTH, UDP_SHORT } from "./verdict.ts";

export const PROTOCOL_ICMP = 1;
export const PROTOCOL_TCP = 6;
export const PROTOCOL_UDP = 17;
export const PROTOCOL_ICMPV6 = 58;

/**
 * Reads the transport header at `walk.payloadAt`, of a packet that is no later fragment. `payloadBytes` is the length of
 * the IP payload on the wire. Writes what the protocol's words hold, moves `walk.payloadAt` behind the header, and
 * returns the record's flags.
 */
export function dissectTransport(
  walk: FrameWalk,
  out: Int32Array,
  at: number,
  protocol: number,
  payloadBytes: number,
  flags: number,
): number {
  switch (protocol) {
    case PROTOCOL_TCP:
      return dissectTcp(walk, out, at, payloadBytes, flags);
    case PROTOCOL_UDP:
      return dissectUdp(walk, out, at, payloadBytes, flags);
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMPV6:
      return dissectIcmp(walk, out, at, payloadBytes, flags);
    default:
      return flags;
  }
}

/**
 * UDP header, RFC 768. 8 bytes, big-endian: source port, destination port, length, checksum.
 *
 * The length counts the header. Of a first fragment it is that of the whole datagram. 0 stands for a length that does
 * not fit (RFC 2675). Where it contradicts the IP payload, that one is believed.
 */
function dissectUdp(walk: FrameWalk, out: Int32Array, at: number, payloadBytes: number, flags: number): number {
  const bytes = walk.bytes;
  const header = walk.payloadAt;
  const available = walk.networkEnd - header;
  if (available < 8) {
    walk.malformed = payloadBytes < 8 ? UDP_SHORT : UDP_CUT;
    return available < 4 ? flags : flags | readPorts(bytes, header, out, at);
  }
  readPorts(bytes, header, out, at);
  const length = (bytes[header + 4]! << 8) | bytes[header + 5]!;
  let carried = payloadBytes - 8;
  if (length >= 8 && length <= payloadBytes) carried = length - 8;
  else if (length !== 0 && (length < 8 || (flags & record.FLAG_MORE) === 0)) walk.malformed = UDP_LENGTH;
  out[at + record.PAYLOAD_BYTES] = carried;
  out[at + record.CHECKSUM] = (bytes[header + 6]! << 8) | bytes[header + 7]!;
  walk.payloadAt = header + 8;
  return flags | record.FLAG_PORTS | record.FLAG_TRANSPORT;
}

/** ICMP (RFC 792) and ICMPv6 (RFC 4443). 8 bytes: type, code, checksum (2), and four that depend on the type. */
function dissectIcmp(walk: FrameWalk, out: Int32Array, at: number, payloadBytes: number, flags: number): number {
  const bytes = walk.bytes;
  const header = walk.payloadAt;
  const available = walk.networkEnd - header;
  if (available < 8) {
    walk.malformed = payloadBytes < 8 ? ICMP_SHORT : ICMP_CUT;
    return flags;
  }
  out[at + record.PORTS] = (bytes[header]! << 8) | bytes[header + 1]!;
  out[at + record.CHECKSUM] = (bytes[header + 2]! << 8) | bytes[header + 3]!;
  out[at + record.ICMP_REST] =
    (bytes[header + 4]! << 24) | (bytes[header + 5]! << 16) | (bytes[header + 6]! << 8) | bytes[header + 7]!;
  out[at + record.PAYLOAD_BYTES] = payloadBytes - 8;
  walk.payloadAt = header + 8;
  return flags | record.FLAG_TRANSPORT;
}

/** Copies both ports, four bytes at `header`, as they are. Returns FLAG_PORTS. */
export function readPorts(bytes: Uint8Array, header: number, out: Int32Array, at: number): number {
  out[at + record.PORTS] =
    (bytes[header]! << 24) | (bytes[header + 1]! << 16) | (bytes[header + 2]! << 8) | bytes[header + 3]!;
  return record.FLAG_PORTS;
}
