import { FLAG_PORTS, FLAG_TRANSPORT, FLAGS, FRAGMENT_OFFSET, PROTOCOL_TOS_TTL } from "@trafmon/packet";
import { ICMP, OTHER, TCP, UDP } from "./packet-cells.ts";

/** How a packet is counted: TCP, UDP, ICMP, or OTHER, also where its own header was not captured. */
export function kindOf(words: Int32Array, at: number): number {
  if ((words[at + FLAGS]! & FLAG_TRANSPORT) === 0) return OTHER;
  switch (words[at + PROTOCOL_TOS_TTL]! & 0xff) {
    case 6:
      return TCP;
    case 17:
      return UDP;
    case 1:
    case 58:
      return ICMP;
    default:
      return OTHER;
  }
}

/** Whether of a TCP segment no more than the ports was captured, or its header is wrong. Later fragments have none. */
export function isHeadlessTcp(words: Int32Array, at: number): boolean {
  return hasTcpPorts(words, at) && words[at + FRAGMENT_OFFSET] === 0;
}

/** Whether a packet is of TCP and its ports are known. */
export function hasTcpPorts(words: Int32Array, at: number): boolean {
  return (words[at + PROTOCOL_TOS_TTL]! & 0xff) === 6 && (words[at + FLAGS]! & FLAG_PORTS) !== 0;
}
