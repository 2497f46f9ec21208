import type { FrameWalk } from "./frame-walk.ts";
import { HEADER_CUT, LINK_SHORT, NON_IP_ETHERTYPE, NON_IP_LLC, NON_IP_PPP, TAG_DEPTH } from "./verdict.ts";

/**
 * What may stand between a link header and the IP header: tags, labels, LLC, PPPoE, bridged Ethernet.
 * Each function takes the walk at its own header and returns ETHERTYPE_IPV4 or ETHERTYPE_IPV6 with the walk at the IP
 * header, or a verdict.
 */
export const ETHERTYPE_IPV4 = 0x0800;
export const ETHERTYPE_IPV6 = 0x86dd;

const ETHERTYPE_VLAN = 0x8100;
const ETHERTYPE_SERVICE_VLAN = 0x88a8;
const ETHERTYPE_OLD_QINQ = 0x9100;
const ETHERTYPE_MPLS = 0x8847;
const ETHERTYPE_MPLS_MULTICAST = 0x8848;
const ETHERTYPE_PPPOE_SESSION = 0x8864;
const ETHERTYPE_PROVIDER_BACKBONE = 0x88e7;
const ETHERTYPE_BRIDGED = 0x6558;
const ETHERTYPE_VN_TAG = 0x8926;
const ETHERTYPE_HSR = 0x892f;

/** RFC 5586: an associated channel follows, whatever its first nibble. */
const ASSOCIATED_CHANNEL_LABEL = 13;

/** RFC 3429: what follows is no packet of a user. */
const OAM_ALERT_LABEL = 14;

/** Up to here the field is the length of an 802.3 frame. 1501 to 1535 are neither length nor type. */
const MAX_802_3_LENGTH = 1500;

/** More than any network stacks; bounds the work on a hostile frame. */
const MAX_TAGS = 32;

export function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** 0 when the next `count` bytes were captured; else the verdict: cut by the snap length, or the frame is too short. */
export function need(walk: FrameWalk, count: number): number {
  if (walk.capturedEnd - walk.position >= count) return 0;
  return walk.wireEnd - walk.position >= count ? HEADER_CUT : LINK_SHORT;
}

/** IEEE 802.3: destination (6), source (6), ethertype or length (2). */
export function walkEthernet(walk: FrameWalk): number {
  const fault = need(walk, 14);
  if (fault !== 0) return fault;
  const type = u16(walk.bytes, walk.position + 12);
  walk.position += 14;
  return walkEthertype(walk, type);
}

/** Takes the walk from behind an ethertype. */
export function walkEthertype(walk: FrameWalk, firstType: number): number {
  let type = firstType;
  for (let tags = 0; tags < MAX_TAGS; tags++) {
    let tagBytes = 0;
    switch (type) {
      case ETHERTYPE_IPV4:
      case ETHERTYPE_IPV6:
        return type;
      case ETHERTYPE_VLAN:
      case ETHERTYPE_SERVICE_VLAN:
      case ETHERTYPE_OLD_QINQ:
        // Tag control information: priority (3 bits), drop eligible (1), VLAN id (12).
        tagBytes = 4;
        break;
      case ETHERTYPE_VN_TAG:
      case ETHERTYPE_HSR:
        tagBytes = 6;
        break;
      case ETHERTYPE_MPLS:
      case ETHERTYPE_MPLS_MULTICAST:
        return walkMpls(walk);
      case ETHERTYPE_PPPOE_SESSION:
        return walkPppoe(walk);
      case ETHERTYPE_PROVIDER_BACKBONE:
        // 802.1ah: instance tag, then a whole frame.
        walk.position += 4;
        return descend(walk);
      case ETHERTYPE_BRIDGED:
        return descend(walk);
      default:
        return type > 0 && type <= MAX_802_3_LENGTH ? walkLength(walk, type) : NON_IP_ETHERTYPE | type;
    }
    const fault = need(walk, tagBytes);
    if (fault !== 0) return fault;
    if (tagBytes === 4 && !walk.tagged) {
      walk.vlan = u16(walk.bytes, walk.position) & 0xfff;
      walk.tagged = true;
    }
    type = u16(walk.bytes, walk.position + tagBytes - 2);
    walk.position += tagBytes;
  }
  return TAG_DEPTH;
}

/** A whole Ethernet frame inside. A frame nests only in what it carries, and each level takes at least 14 bytes. */
function descend(walk: FrameWalk): number {
  if (++walk.depth > MAX_TAGS) return TAG_DEPTH;
  return walkEthernet(walk);
}

/** A length field says where the payload ends; what follows is padding. */
function endAt(walk: FrameWalk, end: number): void {
  if (end < walk.wireEnd) walk.wireEnd = end;
  if (end < walk.capturedEnd) walk.capturedEnd = end;
}

/** 802.3: the length field says where the LLC frame ends; padding follows. */
function walkLength(walk: FrameWalk, length: number): number {
  endAt(walk, walk.position + length);
  return walkLlc(walk);
}

/** IEEE 802.2: destination and source service access point, control; with SNAP, organisation (3) and type (2). */
export function walkLlc(walk: FrameWalk): number {
  const fault = need(walk, 3);
  if (fault !== 0) return fault;
  const { bytes, position } = walk;
  const points = u16(bytes, position);
  const control = bytes[position + 2]!;
  if (points === 0x0606 && control === 0x03) {
    walk.position += 3;
    return ETHERTYPE_IPV4;
  }
  if (points !== 0xaaaa || control !== 0x03) return NON_IP_LLC | bytes[position]!;
  const snapFault = need(walk, 8);
  if (snapFault !== 0) return snapFault;
  const organisation = (u16(bytes, position + 3) << 8) | bytes[position + 5]!;
  // 0: ethertype follows (RFC 1042); 0000F8: the same, bridged (802.1H).
  if (organisation !== 0 && organisation !== 0x0000f8) return NON_IP_LLC | 0xaa;
  const type = u16(bytes, position + 6);
  walk.position += 8;
  if (type <= MAX_802_3_LENGTH) return NON_IP_LLC | 0xaa;
  if (++walk.depth > MAX_TAGS) return TAG_DEPTH;
  return walkEthertype(walk, type);
}

/** RFC 2516: version and type (1), code (1), session (2), length (2), then PPP. */
export function walkPppoe(walk: FrameWalk): number {
  const fault = need(walk, 6);
  if (fault !== 0) return fault;
  const length = u16(walk.bytes, walk.position + 4);
  walk.position += 6;
  endAt(walk, walk.position + length);
  return walkPpp(walk);
}

/** PPP protocol: two bytes, or one when its lowest bit is set (RFC 1661 protocol field compression). */
export function walkPpp(walk: FrameWalk): number {
  const fault = need(walk, 1);
  if (fault !== 0) return fault;
  let protocol = walk.bytes[walk.position]!;
  if ((protocol & 1) === 1) {
    walk.position += 1;
  } else {
    const secondFault = need(walk, 2);
    if (secondFault !== 0) return secondFault;
    protocol = u16(walk.bytes, walk.position);
    walk.position += 2;
  }
  // Ethertypes are no PPP protocols, but occur.
  if (protocol === 0x0021 || protocol === ETHERTYPE_IPV4) return ETHERTYPE_IPV4;
  if (protocol === 0x0057 || protocol === ETHERTYPE_IPV6) return ETHERTYPE_IPV6;
  if (protocol === 0x0281 || protocol === 0x0283) return walkMpls(walk);
  return NON_IP_PPP | protocol;
}

/**
 * RFC 3032 label stack: label (20 bits), traffic class (3), bottom of stack (1), TTL (8). Nothing says what the labels
 * carry; the first nibble behind them tells (RFC 4928): 4 and 6 are IP, 1 an associated channel (RFC 4385) which may
 * name IP, 0 the control word of a pseudowire. Anything else can only be Ethernet without control word.
 */
export function walkMpls(walk: FrameWalk): number {
  for (let labels = 0; ; labels++) {
    if (labels === MAX_TAGS) return TAG_DEPTH;
    const fault = need(walk, 4);
    if (fault !== 0) return fault;
    const { bytes, position } = walk;
    walk.position += 4;
    if ((bytes[position + 2]! & 1) === 0) continue;
    const label = (u16(bytes, position) << 4) | (bytes[position + 2]! >> 4);
    if (label === OAM_ALERT_LABEL) return NON_IP_ETHERTYPE | ETHERTYPE_MPLS;
    if (label === ASSOCIATED_CHANNEL_LABEL) return walkAssociatedChannel(walk);
    break;
  }
  const fault = need(walk, 1);
  if (fault !== 0) return fault;
  switch (walk.bytes[walk.position]! >> 4) {
    case 4:
      return ETHERTYPE_IPV4;
    case 6:
      return ETHERTYPE_IPV6;
    case 1:
      return walkAssociatedChannel(walk);
    case 0:
      if (carriesIp(walk, 4) || !carriesIp(walk, 0)) walk.position += 4;
      return descend(walk);
    default:
      return carriesIp(walk, 0) ? descend(walk) : NON_IP_ETHERTYPE | ETHERTYPE_MPLS;
  }
}

/** RFC 4385: 1, version, reserved, channel type; the PPP numbers stand for IP. */
function walkAssociatedChannel(walk: FrameWalk): number {
  const fault = need(walk, 4);
  if (fault !== 0) return fault;
  const channel = u16(walk.bytes, walk.position + 2);
  walk.position += 4;
  if (channel === 0x0021) return ETHERTYPE_IPV4;
  if (channel === 0x0057) return ETHERTYPE_IPV6;
  return NON_IP_ETHERTYPE | ETHERTYPE_MPLS;
}

/** Whether an Ethernet frame that began so many bytes on would have the type of IP, or of a VLAN tag. */
function carriesIp(walk: FrameWalk, ahead: number): boolean {
  const typeAt = walk.position + ahead + 12;
  if (typeAt + 2 > walk.capturedEnd) return false;
  const type = u16(walk.bytes, typeAt);
  return (
    type === ETHERTYPE_IPV4 ||
    type === ETHERTYPE_IPV6 ||
    type === ETHERTYPE_VLAN ||
    type === ETHERTYPE_SERVICE_VLAN ||
    type === ETHERTYPE_OLD_QINQ
  );
}
