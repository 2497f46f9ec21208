import * as record from "../packet-record.ts";
import type { FrameWalk } from "./frame-walk.ts";
import { dissectTransport } from "./transport.ts";
import {
  FRAGMENT_BEYOND,
  HEADER_CUT,
  IP_PACKET,
  IP_SHORT,
  IP_VERSION,
  IPV4_HEADER_LENGTH,
  IPV4_OPTIONS_CUT,
  IPV4_TOTAL_LONG,
  IPV4_TOTAL_SHORT,
} from "./verdict.ts";

const MORE_FRAGMENTS = 0x2000;
const OFFSET_MASK = 0x1fff;
const LONGEST_DATAGRAM = 65535;

/**
 * IPv4 header, RFC 791 section 3.1. 20 to 60 bytes, big-endian.
 *
 *     0               1               2               3
 *    +-------+-------+---------------+-------------------------------+
 *    |version| IHL   | ToS           | total length                  |
 *    | identification                | flags 3 | fragment offset 13  |
 *    | TTL           | protocol      | header checksum               |
 *    | source address                                                |
 *    | destination address                                           |
 *    | options, 0 to 40 bytes                                        |
 *    +---------------------------------------------------------------+
 *
 * Valid is what tshark shows without `ip.bogus_ip_version`, `ip.bogus_header_length` and `ip.bogus_ip_length`: version
 * 4, header length at least 20, total length at least the header length and not beyond the frame on the wire (or beyond
 * the end that an 802.3 or PPPoE length sets). Total length 0 means the rest of the frame: the card cuts it into
 * segments after the capture. The 20 fixed bytes must have been captured, since without addresses there is no flow.
 * Checksums are not looked at: offload leaves them wrong in captures of one's own traffic.
 */
export function dissectIpv4(walk: FrameWalk, out: Int32Array, at: number): number {
  const bytes = walk.bytes;
  const start = walk.position;
  const captured = walk.capturedEnd - start;
  const remaining = walk.wireEnd - start;
  if (captured < 20) return captured < remaining && remaining >= 20 ? HEADER_CUT : IP_SHORT;
  const first = bytes[start]!;
  if (first >> 4 !== 4) return IP_VERSION;
  const headerBytes = (first & 0x0f) << 2;
  if (headerBytes < 20) return IPV4_HEADER_LENGTH;
  let total = (bytes[start + 2]! << 8) | bytes[start + 3]!;
  if (total === 0) total = remaining;
  if (total < headerBytes) return IPV4_TOTAL_SHORT;
  if (total > remaining) return IPV4_TOTAL_LONG;

  const protocol = bytes[start + 9]!;
  const fragment = (bytes[start + 6]! << 8) | bytes[start + 7]!;
  const fragmentOffset = (fragment & OFFSET_MASK) << 3;
  const payloadBytes = total - headerBytes;
  let flags = 0;
  if ((fragment & MORE_FRAGMENTS) !== 0) flags = record.FLAG_FRAGMENT | record.FLAG_MORE;
  else if (fragmentOffset !== 0) flags = record.FLAG_FRAGMENT;
  if (flags !== 0) out[at + record.FRAGMENT_BYTES] = payloadBytes;
  if (captured < total) flags |= record.FLAG_CUT;

  out[at + record.LENGTH] = record.PAYLOAD;
  out[at + record.IP_BYTES] = total;
  out[at + record.PROTOCOL_TOS_TTL] = protocol | (bytes[start + 1]! << 8) | (bytes[start + 8]! << 16);
  out[at + record.VLAN] = walk.vlan;
  out[at + record.SOURCE] =
    (bytes[start + 12]! << 24) | (bytes[start + 13]! << 16) | (bytes[start + 14]! << 8) | bytes[start + 15]!;
  out[at + record.SOURCE + 1] = 0;
  out[at + record.SOURCE + 2] = 0;
  out[at + record.SOURCE + 3] = 0;
  out[at + record.DESTINATION] =
    (bytes[start + 16]! << 24) | (bytes[start + 17]! << 16) | (bytes[start + 18]! << 8) | bytes[start + 19]!;
  out[at + record.DESTINATION + 1] = 0;
  out[at + record.DESTINATION + 2] = 0;
  out[at + record.DESTINATION + 3] = 0;
  out[at + record.IDENTIFICATION] = (bytes[start + 4]! << 8) | bytes[start + 5]!;
  out[at + record.FRAGMENT_OFFSET] = fragmentOffset;

  walk.networkAt = start;
  walk.networkEnd = captured < total ? walk.capturedEnd : start + total;
  walk.transportAt = start + headerBytes;
  walk.payloadAt = walk.transportAt;
  walk.malformed = 0;
  out[at + record.PORTS] = 0;
  out[at + record.PAYLOAD_BYTES] = payloadBytes;
  if (fragmentOffset + payloadBytes > LONGEST_DATAGRAM && fragmentOffset !== 0) walk.malformed = FRAGMENT_BEYOND;
  else if (captured < headerBytes) walk.malformed = IPV4_OPTIONS_CUT;
  else if (fragmentOffset === 0) flags = dissectTransport(walk, out, at, protocol, payloadBytes, flags);
  out[at + record.FLAGS] = flags;
  return IP_PACKET;
}
