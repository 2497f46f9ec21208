import { type Message, REPLY, REQUEST } from "./message.ts";

const HEADER_BYTES = 48;
const ORIGINATE = 24;
const TRANSMIT = 40;

const SYMMETRIC_ACTIVE = 1;
const SYMMETRIC_PASSIVE = 2;
const CLIENT = 3;
const SERVER = 4;

/**
 * NTP packet, RFC 5905 section 7.3. 48 bytes, then perhaps extensions.
 *
 *     0  leap | version | mode     1  stratum     2  poll     3  precision
 *    16  reference timestamp      24  originate timestamp
 *    32  receive timestamp        40  transmit timestamp
 *
 * A reply's originate timestamp is the transmit timestamp of the packet it answers. A client (3) asks a server (4); of
 * two peers the active one (1) asks, and answers what the other asked before; the passive one (2) answers. Broadcasts
 * and control messages are no exchanges of time.
 */
export function decodeNtp(bytes: Uint8Array, from: number, until: number, wantsText: boolean, message: Message): void {
  if (until - from < HEADER_BYTES) return;
  const mode = bytes[from]! & 7;
  const originate1 = word(bytes, from + ORIGINATE);
  const originate2 = word(bytes, from + ORIGINATE + 4);
  if (mode === CLIENT || mode === SYMMETRIC_ACTIVE) {
    message.role = mode === CLIENT ? REQUEST : REQUEST | REPLY;
    message.id1 = word(bytes, from + TRANSMIT);
    message.id2 = word(bytes, from + TRANSMIT + 4);
    message.answered1 = originate1;
    message.answered2 = originate2;
  } else if (mode === SERVER || mode === SYMMETRIC_PASSIVE) {
    message.role = REPLY;
    message.id1 = originate1;
    message.id2 = originate2;
  } else return;
  if (!wantsText) return;
  message.identifier = hexadecimal(message.id1) + hexadecimal(message.id2);
  message.operation = mode === SYMMETRIC_ACTIVE ? "symmetric" : "client";
  message.version = String((bytes[from]! >> 3) & 7);
  message.status = String(bytes[from + 1]!);
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function hexadecimal(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
