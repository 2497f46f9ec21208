import * as record from "../packet-record.ts";
import { FrameWalk } from "./frame-walk.ts";
import { dissectIpv4 } from "./ipv4.ts";
import { dissectIpv6 } from "./ipv6.ts";
import {
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  need,
  u16,
  walkEthernet,
  walkEthertype,
  walkMpls,
  walkPpp,
} from "./link-tags.ts";
import { IP_PACKET } from "./verdict.ts";

const PROTOCOL_IPV4 = 4;
const PROTOCOL_UDP = 17;
const PROTOCOL_IPV6 = 41;
const PROTOCOL_GRE = 47;
const PROTOCOL_MPLS = 137;

const PORT_GTP_USER = 2152;
const PORT_VXLAN = 4789;
const PORT_GENEVE = 6081;
/** What Linux took for VXLAN before it had a number. */
const PORT_VXLAN_LINUX = 8472;

/** Protocol types of GRE beyond ethertypes that tags know. */
const GRE_PPP = 0x880b;
const GRE_ERSPAN_II = 0x88be;
const GRE_ERSPAN_III = 0x22eb;

const GTP_USER_PACKET = 0xff;
const MAX_GTP_EXTENSIONS = 16;

/** IP headers within IP headers, more than any network stacks; bounds the work on a hostile packet. */
const MAX_NESTED = 8;
/** Of a first fragment, only the whole datagram ends with the packet inside. */
const WHOLE_DATAGRAM = 0x20000;

/** No packet inside. */
const NOTHING = -1;

/**
 * Finds the innermost IP packet of one that was dissected: in IP (RFC 2003, 2473, 4213), GRE (RFC 2784, 2890; PPTP's
 * version of RFC 2637; ERSPAN), VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281) and MPLS in IP (RFC 4023).
 * The header inside must be as good as an outer one must be; else the packet around it is the innermost.
 */
export class TunnelDissector {
  /** Where the headers and the payload of the packet that was found lie. */
  readonly walk = new FrameWalk();
  /** VNI, GRE key, call or session number of the innermost tunnel that has one; 0: none. Both directions bear it. */
  #tunnel = 0;

  /**
   * Writes the innermost packet of the one at `at` in `words` to `to` in `out`; false: it has none inside. `outer`: the
   * walk that dissected it. What the capture stage knows (interface, instant, classes) is not written.
   */
  dissect(outer: FrameWalk, words: Int32Array, at: number, out: Int32Array, to: number): boolean {
    const flags = words[at + record.FLAGS]!;
    if (!mayHoldPacket(words, at, flags) || outer.malformed !== 0) return false;
    const walk = this.walk;
    walk.bytes = outer.bytes;
    walk.vlan = outer.vlan;
    // Its VLAN is that of the frame, whatever tags stand inside.
    walk.tagged = true;
    walk.depth = outer.depth;
    walk.networkAt = outer.networkAt;
    walk.networkEnd = outer.networkEnd;
    walk.payloadAt = outer.payloadAt;
    walk.malformed = 0;
    this.#tunnel = 0;
    let isFound = false;
    let [from, place] = [words, at];
    for (let nested = 0; nested < MAX_NESTED; nested++) {
      if (!this.#descend(from, place, out, to)) break;
      isFound = true;
      [from, place] = [out, to];
    }
    if (!isFound) return false;
    out[to + record.FLAGS]! |= record.FLAG_INNER;
    out[to + record.TUNNEL] = this.#tunnel;
    return true;
  }

  /** Dissects what is inside the packet at `at`, if anything is. */
  #descend(words: Int32Array, at: number, out: Int32Array, to: number): boolean {
    const flags = words[at + record.FLAGS]!;
    if (!mayHoldPacket(words, at, flags) || this.walk.malformed !== 0) return false;
    const walk = this.walk;
    walk.position = walk.payloadAt;
    walk.capturedEnd = walk.networkEnd;
    const bytes = words[at + record.IP_BYTES]! >>> 0;
    walk.wireEnd = walk.networkAt + ((flags & record.FLAG_MORE) !== 0 ? WHOLE_DATAGRAM : bytes);
    const type = this.#walkTunnel(words, at);
    if (type === ETHERTYPE_IPV4) return dissectIpv4(walk, out, to) === IP_PACKET;
    return type === ETHERTYPE_IPV6 && dissectIpv6(walk, out, to) === IP_PACKET;
  }

  /** Takes the walk to the IP header inside; what else it returns than an ethertype of IP stands for nothing. */
  #walkTunnel(words: Int32Array, at: number): number {
    const walk = this.walk;
    switch (words[at + record.PROTOCOL_TOS_TTL]! & 0xff) {
      case PROTOCOL_IPV4:
        return ETHERTYPE_IPV4;
      case PROTOCOL_IPV6:
        return ETHERTYPE_IPV6;
      case PROTOCOL_GRE:
        return this.#walkGre(walk);
      case PROTOCOL_MPLS:
        return walkMpls(walk);
      default:
    }
    switch (words[at + record.PORTS]! & 0xffff) {
      case PORT_VXLAN:
      case PORT_VXLAN_LINUX:
        return this.#walkVxlan(walk);
      case PORT_GENEVE:
        return this.#walkGeneve(walk);
      case PORT_GTP_USER:
        return walkGtp(walk);
      default:
        return NOTHING;
    }
  }

  /**
   * GRE header, RFC 2784 and 2890.
   *
   *     0               1               2               3
   *    +-+-+-+-+-----------------+-----+-------------------------------+
   *    |C|R|K|S|                 | ver | protocol type                 |
   *    | checksum, reserved; with C                                    |
   *    | key; with K                                                   |
   *    | sequence number; with S                                       |
   *    +---------------------------------------------------------------+
   *
   * Version 1 (RFC 2637) carries PPP; its key is the payload's length and the call, and with bit 8 an acknowledgement
   * follows. It may carry nothing.
   */
  #walkGre(walk: FrameWalk): number {
    if (need(walk, 4) !== 0) return NOTHING;
    const flags = u16(walk.bytes, walk.position);
    const protocol = u16(walk.bytes, walk.position + 2);
    const version = flags & 7;
    // Routing (RFC 1701) is long gone.
    if (version > 1 || (flags & 0x4000) !== 0) return NOTHING;
    walk.position += 4;
    if ((flags & 0x8000) !== 0) walk.position += 4;
    if ((flags & 0x2000) !== 0) {
      if (need(walk, 4) !== 0) return NOTHING;
      const low = u16(walk.bytes, walk.position + 2);
      // A call has a number of its own in each direction.
      if (version === 0) this.#tunnel = (u16(walk.bytes, walk.position) << 16) | low;
      walk.position += 4;
    }
    const hasSequence = (flags & 0x1000) !== 0;
    if (hasSequence) walk.position += 4;
    if (version === 1) {
      if ((flags & 0x0080) !== 0) walk.position += 4;
      return protocol === GRE_PPP && hasSequence ? walkPppIn(walk) : NOTHING;
    }
    if (protocol === GRE_PPP) return walkPppIn(walk);
    if (protocol === GRE_ERSPAN_II) return hasSequence ? this.#walkErspan(walk, 8) : walkEthernet(walk);
    if (protocol === GRE_ERSPAN_III) return this.#walkErspan(walk, 12);
    return walkEthertype(walk, protocol);
  }

  /** ERSPAN types II and III: version (4 bits), VLAN (12), ten bits of session at the end of the second 16, and more. */
  #walkErspan(walk: FrameWalk, headerBytes: number): number {
    if (need(walk, headerBytes) !== 0) return NOTHING;
    this.#tunnel = u16(walk.bytes, walk.position + 2) & 0x3ff;
    const hasMore = headerBytes === 12 && (walk.bytes[walk.position + 11]! & 1) !== 0;
    walk.position += headerBytes + (hasMore ? 8 : 0);
    return walkEthernet(walk);
  }

  /** RFC 7348: flags (8 bits, I: the number is valid), reserved (24), network number (24), reserved (8); then Ethernet. */
  #walkVxlan(walk: FrameWalk): number {
    if (need(walk, 8) !== 0 || (walk.bytes[walk.position]! & 0x08) === 0) return NOTHING;
    this.#tunnel = (u16(walk.bytes, walk.position + 4) << 8) | walk.bytes[walk.position + 6]!;
    walk.position += 8;
    return walkEthernet(walk);
  }

  /** RFC 8926: version (2 bits), length of options (6, in words), flags (8), type (16), number (24), reserved (8). */
  #walkGeneve(walk: FrameWalk): number {
    if (need(walk, 8) !== 0 || walk.bytes[walk.position]! >> 6 !== 0) return NOTHING;
    const optionBytes = (walk.bytes[walk.position]! & 0x3f) << 2;
    const type = u16(walk.bytes, walk.position + 2);
    this.#tunnel = (u16(walk.bytes, walk.position + 4) << 8) | walk.bytes[walk.position + 6]!;
    walk.position += 8 + optionBytes;
    return walkEthertype(walk, type);
  }
}

/** Whether the packet may have another one inside, as far as its protocol and ports say. Later fragments have none. */
function mayHoldPacket(words: Int32Array, at: number, flags: number): boolean {
  if (words[at + record.FRAGMENT_OFFSET] !== 0) return false;
  switch (words[at + record.PROTOCOL_TOS_TTL]! & 0xff) {
    case PROTOCOL_IPV4:
    case PROTOCOL_IPV6:
    case PROTOCOL_GRE:
    case PROTOCOL_MPLS:
      return true;
    case PROTOCOL_UDP:
      return (flags & record.FLAG_TRANSPORT) !== 0;
    default:
      return false;
  }
}

/** Whether a later fragment carries the rest of a packet in a tunnel, which its first fragment stands for. */
export function isRestOfTunnel(words: Int32Array, at: number): boolean {
  if (words[at + record.FRAGMENT_OFFSET] === 0) return false;
  const protocol = words[at + record.PROTOCOL_TOS_TTL]! & 0xff;
  return (
    protocol === PROTOCOL_IPV4 || protocol === PROTOCOL_IPV6 || protocol === PROTOCOL_GRE || protocol === PROTOCOL_MPLS
  );
}

/** PPP with or without address and control (RFC 1662). */
function walkPppIn(walk: FrameWalk): number {
  if (need(walk, 2) !== 0) return NOTHING;
  if (walk.bytes[walk.position] === 0xff) walk.position += 2;
  return walkPpp(walk);
}

/**
 * GTP-U, TS 29.281 section 5.1: version (3 bits, 1), protocol type (1), extension, sequence and N-PDU bits; message type;
 * length; endpoint, which names one direction only and so no tunnel. With any of the bits four bytes follow, the last of
 * which names an extension header; each of these begins with its length in words and ends with the next one's type.
 */
function walkGtp(walk: FrameWalk): number {
  if (need(walk, 8) !== 0) return NOTHING;
  const { bytes } = walk;
  const first = bytes[walk.position]!;
  if (first >> 4 !== 3 || bytes[walk.position + 1] !== GTP_USER_PACKET) return NOTHING;
  walk.position += 8;
  if ((first & 7) !== 0) {
    if (need(walk, 4) !== 0) return NOTHING;
    let next = (first & 4) !== 0 ? bytes[walk.position + 3]! : 0;
    walk.position += 4;
    for (let extensions = 0; next !== 0; extensions++) {
      if (extensions === MAX_GTP_EXTENSIONS || need(walk, 1) !== 0) return NOTHING;
      const length = bytes[walk.position]! << 2;
      if (length === 0 || need(walk, length) !== 0) return NOTHING;
      next = bytes[walk.position + length - 1]!;
      walk.position += length;
    }
  }
  if (need(walk, 1) !== 0) return NOTHING;
  const version = bytes[walk.position]! >> 4;
  if (version === 4) return ETHERTYPE_IPV4;
  return version === 6 ? ETHERTYPE_IPV6 : NOTHING;
}
