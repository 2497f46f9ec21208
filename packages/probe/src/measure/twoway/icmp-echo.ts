import { ICMP_REST, PORTS, PROTOCOL_TOS_TTL } from "@trafmon/packet";
import { type Message, REPLY, REQUEST } from "./message.ts";

const ICMPV6 = 58;

/** Types (RFC 792, RFC 4443 section 4). */
const ECHO_REPLY = 0;
const ECHO_REQUEST = 8;
const ECHO_REQUEST_V6 = 128;
const ECHO_REPLY_V6 = 129;

/** Reads an ICMP or ICMPv6 message from the words of its packet record: echo is tied by identifier and sequence number. */
export function readEcho(words: Int32Array, at: number, wantsText: boolean, message: Message): void {
  const type = words[at + PORTS]! >> 8;
  const isV6 = (words[at + PROTOCOL_TOS_TTL]! & 0xff) === ICMPV6;
  if (type === (isV6 ? ECHO_REQUEST_V6 : ECHO_REQUEST)) message.role = REQUEST;
  else if (type === (isV6 ? ECHO_REPLY_V6 : ECHO_REPLY)) message.role = REPLY;
  else return;
  const rest = words[at + ICMP_REST]!;
  message.id1 = rest;
  if (wantsText) message.identifier = `${rest >>> 16}/${rest & 0xffff}`;
}
