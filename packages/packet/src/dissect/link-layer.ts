import {
  LINK_CISCO_HDLC,
  LINK_ETHERNET,
  LINK_IPV4,
  LINK_IPV6,
  LINK_LOOP,
  LINK_NULL,
  LINK_PPP,
  LINK_PPP_HDLC,
  LINK_PPPOE,
  LINK_RAW,
  LINK_RAW_LIVE,
  LINK_RAW_OPENBSD,
  LINK_SLL,
  LINK_SLL2,
} from "../link-type.ts";
import type { FrameWalk } from "./frame-walk.ts";
import {
  ETHERTYPE_IPV4,
  ETHERTYPE_IPV6,
  need,
  u16,
  walkEthernet,
  walkEthertype,
  walkLlc,
  walkPpp,
  walkPppoe,
} from "./link-tags.ts";
import { IP_VERSION, LINK_TYPE, NON_IP_DEVICE, NON_IP_FAMILY } from "./verdict.ts";

/**
 * Walks from the start of a frame to its outermost IP header.
 * Returns ETHERTYPE_IPV4 or ETHERTYPE_IPV6 with `walk.position` at the header, or the verdict why there is none.
 */
export function walkLink(walk: FrameWalk, linkType: number): number {
  switch (linkType) {
    case LINK_ETHERNET:
      return walkEthernet(walk);
    case LINK_SLL:
      return walkCooked(walk, 16, 2, 14);
    case LINK_SLL2:
      return walkCooked(walk, 20, 8, 0);
    case LINK_RAW:
    case LINK_RAW_LIVE:
    case LINK_RAW_OPENBSD:
      return walkVersion(walk);
    case LINK_IPV4:
      return ETHERTYPE_IPV4;
    case LINK_IPV6:
      return ETHERTYPE_IPV6;
    case LINK_NULL:
      return walkFamily(walk);
    case LINK_LOOP:
      return walkLoop(walk);
    case LINK_PPP:
      return walkPppFrame(walk);
    case LINK_PPP_HDLC:
      return walkHdlc(walk);
    case LINK_CISCO_HDLC:
      return walkCiscoHdlc(walk);
    case LINK_PPPOE:
      return walkPppoe(walk);
    default:
      return LINK_TYPE;
  }
}

/** Number of netlink devices, whose frames are messages and no packets. */
const ARPHRD_NETLINK = 824;
/** Protocol values of a cooked header that are no ethertypes: Novell's raw 802.3, and an LLC header next. */
const SLL_802_3 = 1;
const SLL_802_2 = 4;

/**
 * Linux cooked header, version 1 (16 bytes: packet type, ARPHRD, address length, address (8), protocol)
 * or 2 (20 bytes: protocol, reserved, interface (4), ARPHRD, packet type (1), address length (1), address (8)).
 */
function walkCooked(walk: FrameWalk, headerBytes: number, deviceAt: number, protocolAt: number): number {
  const fault = need(walk, headerBytes);
  if (fault !== 0) return fault;
  const device = u16(walk.bytes, walk.position + deviceAt);
  const protocol = u16(walk.bytes, walk.position + protocolAt);
  walk.position += headerBytes;
  if (device === ARPHRD_NETLINK) return NON_IP_DEVICE | device;
  if (protocol === SLL_802_2) return walkLlc(walk);
  if (protocol === SLL_802_3 || protocol <= 1500) return NON_IP_DEVICE | device;
  return walkEthertype(walk, protocol);
}

/** No link header: the IP version is all there is to go by. */
function walkVersion(walk: FrameWalk): number {
  const fault = need(walk, 1);
  if (fault !== 0) return fault;
  const version = walk.bytes[walk.position]! >> 4;
  if (version === 4) return ETHERTYPE_IPV4;
  return version === 6 ? ETHERTYPE_IPV6 : IP_VERSION;
}

/** AF_INET is 2 everywhere; AF_INET6 differs between systems. Some systems write an ethertype. */
function walkAddressFamily(walk: FrameWalk, family: number): number {
  walk.position += 4;
  if (family === 2 || family === ETHERTYPE_IPV4) return ETHERTYPE_IPV4;
  if (family === 10 || family === 24 || family === 28 || family === 30) return ETHERTYPE_IPV6;
  return family === ETHERTYPE_IPV6 ? ETHERTYPE_IPV6 : NON_IP_FAMILY | family;
}

/**
 * Address family, 32 bits in the byte order of whoever captured: the order in which it is a small number. IRIX has 16
 * bits in network byte order, and then zeros.
 */
function walkFamily(walk: FrameWalk): number {
  const fault = need(walk, 4);
  if (fault !== 0) return fault;
  const { bytes, position } = walk;
  const low = u16(bytes, position + 2);
  const isEthertype = low === ETHERTYPE_IPV4 || low === ETHERTYPE_IPV6;
  if (isEthertype) return walkAddressFamily(walk, low);
  if (low !== 0) return walkLoop(walk);
  return walkAddressFamily(
    walk,
    bytes[position] === 0 && bytes[position + 1]! < 8 ? bytes[position + 1]! : u16le(walk),
  );
}

function u16le({ bytes, position }: FrameWalk): number {
  return bytes[position]! | (bytes[position + 1]! << 8);
}

/** Address family, 32 bits in network byte order. */
function walkLoop(walk: FrameWalk): number {
  const fault = need(walk, 4);
  if (fault !== 0) return fault;
  const { bytes, position } = walk;
  const family = u16(bytes, position + 2);
  const isFamily = u16(bytes, position) === 0 && family < ETHERTYPE_IPV4;
  return isFamily ? walkAddressFamily(walk, family) : NON_IP_FAMILY | family;
}

/** PPP, with or without the address byte FF (and the control byte, 03) of RFC 1662. */
function walkPppFrame(walk: FrameWalk): number {
  const fault = need(walk, 2);
  if (fault !== 0) return fault;
  if (walk.bytes[walk.position] === 0xff) walk.position += 2;
  return walkPpp(walk);
}

/** RFC 1662 (address FF) or Cisco HDLC (0F unicast, 8F broadcast). */
function walkHdlc(walk: FrameWalk): number {
  const fault = need(walk, 1);
  if (fault !== 0) return fault;
  const address = walk.bytes[walk.position]!;
  return address === 0x0f || address === 0x8f ? walkCiscoHdlc(walk) : walkPppFrame(walk);
}

/** Address, control, ethertype. */
function walkCiscoHdlc(walk: FrameWalk): number {
  const fault = need(walk, 4);
  if (fault !== 0) return fault;
  const type = u16(walk.bytes, walk.position + 2);
  walk.position += 4;
  return walkEthertype(walk, type);
}
