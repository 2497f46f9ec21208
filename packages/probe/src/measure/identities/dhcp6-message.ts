import { dnsText, hex } from "./dhcp-message.ts";

/** An address that a DHCPv6 message has, and how long it is valid. */
export interface Dhcp6Address {
  /** A view. */
  readonly address: Uint8Array;
  /** 0: no longer. */
  readonly validS: number;
}

/** What a DHCPv6 message says, as far as leases go. */
export interface Dhcp6Message {
  readonly type: number;
  readonly transaction: number;
  /** Identifier of the client, hexadecimal; null: none. */
  readonly duid: string | null;
  readonly addresses: readonly Dhcp6Address[];
  /** Name of the client (option 39); null: none. */
  readonly name: string | null;
}

export const DHCP6_REPLY = 7;
export const DHCP6_RELEASE = 8;
export const DHCP6_DECLINE = 9;

const RELAY_FORWARD = 12;
const RELAY_REPLY = 13;
/** Type, hop count, link address, peer address. */
const RELAY_HEADER_BYTES = 34;
/** Relays that a message may come through (RFC 8415 section 7.6). */
const MOST_RELAYS = 8;

const OPTION_CLIENT_ID = 1;
const OPTION_IA_NA = 3;
const OPTION_IA_TA = 4;
const OPTION_IA_ADDRESS = 5;
const OPTION_RELAYED = 9;
const OPTION_CLIENT_FQDN = 39;
/** RFC 8415 section 11.1. */
const LONGEST_DUID = 130;

/**
 * DHCPv6 message, RFC 8415 section 8: type (1), transaction (3), options: code (2), length (2), content. A message that came
 * through relays lies within theirs. Null for what is no such message; what is cut off is left out.
 */
export function readDhcp6(bytes: Uint8Array): Dhcp6Message | null {
  let message = bytes;
  for (let relays = 0; message[0] === RELAY_FORWARD || message[0] === RELAY_REPLY; relays++) {
    if (relays === MOST_RELAYS) return null;
    let relayed: Uint8Array | null = null;
    eachOption(message, RELAY_HEADER_BYTES, (code, content) => {
      if (code === OPTION_RELAYED) relayed ??= content;
    });
    if (relayed === null) return null;
    message = relayed;
  }
  if (message.length < 4) return null;
  let duid: string | null = null;
  let name: string | null = null;
  const addresses: Dhcp6Address[] = [];
  eachOption(message, 4, (code, content) => {
    if (code === OPTION_CLIENT_ID && content.length > 0 && content.length <= LONGEST_DUID) duid ??= hex(content);
    else if (code === OPTION_CLIENT_FQDN && content.length > 1) name ??= dnsText(content.subarray(1));
    // An identity association: its number, and for lasting addresses two times, before its options.
    else if (code === OPTION_IA_NA) eachOption(content, 12, takeAddress);
    else if (code === OPTION_IA_TA) eachOption(content, 4, takeAddress);
  });
  return {
    type: message[0]!,
    transaction: (message[1]! << 16) | (message[2]! << 8) | message[3]!,
    duid,
    addresses,
    name,
  };

  function takeAddress(code: number, content: Uint8Array): void {
    if (code !== OPTION_IA_ADDRESS || content.length < 24) return;
    const validS = ((content[20]! << 24) | (content[21]! << 16) | (content[22]! << 8) | content[23]!) >>> 0;
    addresses.push({ address: content.subarray(0, 16), validS });
  }
}

function eachOption(bytes: Uint8Array, from: number, take: (code: number, content: Uint8Array) => void): void {
  for (let at = from; at + 4 <= bytes.length; ) {
    const end = at + 4 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (end > bytes.length) return;
    take((bytes[at]! << 8) | bytes[at + 1]!, bytes.subarray(at + 4, end));
    at = end;
  }
}
