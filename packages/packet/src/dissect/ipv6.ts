import * as record from "../packet-record.ts";
import type { FrameWalk } from "./frame-walk.ts";
import { dissectTransport } from "./transport.ts";
import {
  EXTENSION_CUT,
  EXTENSION_DEPTH,
  EXTENSION_LENGTH,
  FRAGMENT_BEYOND,
  HEADER_CUT,
  IP_PACKET,
  IP_SHORT,
  IP_VERSION,
  IPV6_PAYLOAD_LONG,
} from "./verdict.ts";

const HEADER_BYTES = 40;
const LONGEST_PAYLOAD = 65535;

const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const SHIM6 = 140;

const JUMBO_OPTION = 0xc2;

/** More than any sender stacks; bounds the work on a hostile packet. */
const MAX_EXTENSIONS = 64;

/**
 * IPv6 header, RFC 8200 section 3. 40 bytes, big-endian.
 *
 *     0               1               2               3
 *    +-------+---------------+-------+-------------------------------+
 *    |version| traffic class | flow label                            |
 *    | payload length                | next header   | hop limit     |
 *    | source address, 16 bytes                                      |
 *    | destination address, 16 bytes                                 |
 *    +---------------------------------------------------------------+
 *
 * Valid is what tshark shows without `ipv6.bogus_ipv6_version` and `ipv6.plen_exceeds_framing`: version 6 and a
 * payload that does not end beyond the frame on the wire. The 40 bytes must have been captured.
 *
 * A payload length of 0 with the jumbo option (RFC 2675) takes the option's length. Without it the packet has no payload
 * and counts 40 bytes, unless more than 65535 bytes follow in the frame: then the length did not fit in its field,
 * because the card is to cut the packet into segments after the capture, and the payload is the rest of the frame.
 */
export function dissectIpv6(walk: FrameWalk, out: Int32Array, at: number): number {
  const bytes = walk.bytes;
  const start = walk.position;
  const captured = walk.capturedEnd - start;
  const remaining = walk.wireEnd - start;
  if (captured < HEADER_BYTES) return captured < remaining && remaining >= HEADER_BYTES ? HEADER_CUT : IP_SHORT;
  const first = bytes[start]!;
  if (first >> 4 !== 6) return IP_VERSION;
  let total = ((bytes[start + 4]! << 8) | bytes[start + 5]!) + HEADER_BYTES;
  if (total === HEADER_BYTES) total += lengthBeyondField(walk, start, remaining - HEADER_BYTES);
  if (total > remaining) return IPV6_PAYLOAD_LONG;

  out[at + record.LENGTH] = record.PAYLOAD;
  out[at + record.IP_BYTES] = total;
  out[at + record.VLAN] = walk.vlan;
  let from = start + 8;
  for (let word = at + record.SOURCE; word < at + record.SOURCE + 8; word++) {
    out[word] = (bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!;
    from += 4;
  }
  out[at + record.IDENTIFICATION] = 0;
  out[at + record.FRAGMENT_OFFSET] = 0;
  out[at + record.PORTS] = 0;

  walk.networkAt = start;
  walk.networkEnd = captured < total ? walk.capturedEnd : start + total;
  walk.malformed = 0;
  walk.position = start + HEADER_BYTES;
  let flags = walkExtensions(walk, out, at, bytes[start + 6]!, start + total);
  const protocol = walk.protocol;
  if (captured < total) flags |= record.FLAG_CUT;

  const trafficClass = ((first & 0x0f) << 4) | (bytes[start + 1]! >> 4);
  out[at + record.PROTOCOL_TOS_TTL] = protocol | (trafficClass << 8) | (bytes[start + 7]! << 16);
  const payloadBytes = start + total - walk.position;
  const fragmentOffset = out[at + record.FRAGMENT_OFFSET]!;
  out[at + record.PAYLOAD_BYTES] = payloadBytes;
  // Of a first fragment without the extension headers in it.
  if ((flags & record.FLAG_FRAGMENT) !== 0) out[at + record.FRAGMENT_BYTES] = payloadBytes;
  walk.transportAt = walk.position;
  walk.payloadAt = walk.position;
  if (fragmentOffset !== 0) {
    if (fragmentOffset + payloadBytes > LONGEST_PAYLOAD && walk.malformed === 0) walk.malformed = FRAGMENT_BEYOND;
  } else if (walk.malformed === 0) {
    flags = dissectTransport(walk, out, at, protocol, payloadBytes, flags);
  }
  out[at + record.FLAGS] = flags | record.FLAG_IPV6;
  return IP_PACKET;
}

/**
 * Walks the extension headers up to the transport header, to the payload of a later fragment, or to the first header that
 * is cut or wrong. Leaves `walk.position` there and the last next-header value read in `walk.protocol`; returns the
 * record's flags so far.
 *
 * All but the fragment header begin with next header (1) and length (1), in units of 8 bytes behind the first 8, for
 * the authentication header in units of 4 behind the first 8. `end` is where the packet ends on the wire.
 */
function walkExtensions(walk: FrameWalk, out: Int32Array, at: number, firstHeader: number, end: number): number {
  const bytes = walk.bytes;
  let flags = 0;
  let next = firstHeader;
  for (let headers = 0; ; headers++) {
    walk.protocol = next;
    if (!isExtension(next)) return flags;
    const position = walk.position;
    if (headers === MAX_EXTENSIONS) walk.malformed = EXTENSION_DEPTH;
    else if (position + 8 > end) walk.malformed = EXTENSION_LENGTH;
    else if (position + 8 > walk.networkEnd) walk.malformed = EXTENSION_CUT;
    if (walk.malformed !== 0) return flags;

    let headerBytes = 8;
    if (next === AUTHENTICATION) headerBytes += bytes[position + 1]! << 2;
    else if (next !== FRAGMENT) headerBytes += bytes[position + 1]! << 3;
    if (position + headerBytes > end) {
      walk.malformed = EXTENSION_LENGTH;
      return flags;
    }
    const header = next;
    next = bytes[position]!;
    walk.position = position + headerBytes;
    if (header !== FRAGMENT) continue;
    // RFC 8200 section 4.5: next header, reserved, offset (13 bits) and more (1), identification (4 bytes).
    const offset = (bytes[position + 2]! << 8) | bytes[position + 3]!;
    out[at + record.IDENTIFICATION] =
      (bytes[position + 4]! << 24) | (bytes[position + 5]! << 16) | (bytes[position + 6]! << 8) | bytes[position + 7]!;
    out[at + record.FRAGMENT_OFFSET] = offset & 0xfff8;
    // Neither offset nor more: an atomic fragment, a whole datagram (RFC 6946).
    if ((offset & 0xfff9) !== 0) flags = record.FLAG_FRAGMENT;
    if ((offset & 1) !== 0) flags |= record.FLAG_MORE;
    if ((offset & 0xfff8) !== 0) {
      walk.protocol = next;
      return flags;
    }
  }
}

function isExtension(header: number): boolean {
  switch (header) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION_OPTIONS:
    case MOBILITY:
    case SHIM6:
      return true;
    default:
      return false;
  }
}

/** Bytes of payload when the length field is 0. */
function lengthBeyondField(walk: FrameWalk, start: number, following: number): number {
  const { bytes, capturedEnd } = walk;
  if (bytes[start + 6] === HOP_BY_HOP) {
    let position = start + HEADER_BYTES;
    const end = position + 8 + ((bytes[position + 1] ?? 0) << 3);
    position += 2;
    while (position + 6 <= capturedEnd && position + 6 <= end) {
      const option = bytes[position]!;
      if (option === JUMBO_OPTION && bytes[position + 1] === 4) {
        const length =
          bytes[position + 2]! * 0x1000000 +
          ((bytes[position + 3]! << 16) | (bytes[position + 4]! << 8) | bytes[position + 5]!);
        if (length > LONGEST_PAYLOAD) return length;
        break;
      }
      // Option 0 is a single byte of padding; any other has a length of its own.
      position += option === 0 ? 1 : bytes[position + 1]! + 2;
    }
  }
  return following > LONGEST_PAYLOAD ? following : 0;
}
