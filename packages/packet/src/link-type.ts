/** Link types by the numbers capture files and libpcap give them (tcpdump.org/linktypes.html), those that are dissected. */

/** BSD loopback: address family in the byte order of the capturing machine. */
export const LINK_NULL = 0;
export const LINK_ETHERNET = 1;
export const LINK_PPP = 9;
/** Raw IP as most systems number it live, and as OpenBSD does. */
export const LINK_RAW_LIVE = 12;
export const LINK_RAW_OPENBSD = 14;
/** PPP in HDLC framing, or Cisco HDLC, told apart by the first byte. */
export const LINK_PPP_HDLC = 50;
/** PPPoE session frames without their Ethernet header. */
export const LINK_PPPOE = 51;
export const LINK_RAW = 101;
export const LINK_CISCO_HDLC = 104;
/** OpenBSD loopback: address family in network byte order. */
export const LINK_LOOP = 108;
/** Linux cooked capture, version 1 and 2. */
export const LINK_SLL = 113;
export const LINK_IPV4 = 228;
export const LINK_IPV6 = 229;
export const LINK_SLL2 = 276;
