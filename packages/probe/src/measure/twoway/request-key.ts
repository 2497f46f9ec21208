import { DESTINATION, FLAG_INNER, FLAG_IPV6, FLAGS, PORTS, PROTOCOL_TOS_TTL, SOURCE } from "@trafmon/packet";
import type { Endpoint, StreamConnection } from "../../reassemble/stream-protocol.ts";

/** Words of a key: addresses of client and server, ports (client << 16 | server), kind, what ties them, content. */
export const KEY_CLIENT = 0;
export const KEY_SERVER = 4;
export const KEY_PORTS = 8;
/** Tap group, KEY_* bits, and the IP protocol above them. */
export const KEY_KIND = 9;
const KEY_ID = 10;
export const KEY_CONTENT = 12;
export const KEY_WORDS = 14;
/** Words that find a request; content is compared, or not. */
export const KEY_FINDING_WORDS = KEY_CONTENT;

export const KEY_IS_V6 = 1 << 16;
const KEY_IS_INNER = 1 << 17;
const KEY_PROTOCOL_SHIFT = 18;

const ICMP = 1;
const TCP = 6;
const ICMPV6 = 58;

/** Who asks whom, over which ports, and what ties the reply to the request. One object is used again. */
export class RequestKey {
  /** Shape: [KEY_WORDS]. */
  readonly words = new Int32Array(KEY_WORDS);
  /** Of the finding words. */
  hash = 0;

  /** Takes the two ends from a packet record. `fromClient`: its sender is the one who asks. */
  ofPacket(words: Int32Array, at: number, fromClient: boolean, tapGroup: number): void {
    const key = this.words;
    const client = fromClient ? SOURCE : DESTINATION;
    const server = fromClient ? DESTINATION : SOURCE;
    for (let word = 0; word < 4; word++) {
      key[KEY_CLIENT + word] = words[at + client + word]!;
      key[KEY_SERVER + word] = words[at + server + word]!;
    }
    const flags = words[at + FLAGS]!;
    const protocol = words[at + PROTOCOL_TOS_TTL]! & 0xff;
    // ICMP has type and code where others have ports.
    const ports = protocol === ICMP || protocol === ICMPV6 ? 0 : words[at + PORTS]!;
    key[KEY_PORTS] = fromClient ? ports : (ports << 16) | (ports >>> 16);
    key[KEY_KIND] =
      tapGroup |
      (flags & FLAG_IPV6 ? KEY_IS_V6 : 0) |
      (flags & FLAG_INNER ? KEY_IS_INNER : 0) |
      (protocol << KEY_PROTOCOL_SHIFT);
  }

  /** Takes the two ends of a TCP connection. */
  ofConnection({ client, server, tapGroup, isInner }: StreamConnection): void {
    const key = this.words;
    putAddress(client, key, KEY_CLIENT);
    putAddress(server, key, KEY_SERVER);
    key[KEY_PORTS] = (client.port << 16) | server.port;
    const isV6 = client.address.length === 16;
    key[KEY_KIND] = tapGroup | (isV6 ? KEY_IS_V6 : 0) | (isInner ? KEY_IS_INNER : 0) | (TCP << KEY_PROTOCOL_SHIFT);
  }

  /** Says what ties request and reply. The ends must have been taken. */
  identify(id1: number, id2: number, content1: number, content2: number): void {
    const key = this.words;
    key[KEY_ID] = id1;
    key[KEY_ID + 1] = id2;
    key[KEY_CONTENT] = content1;
    key[KEY_CONTENT + 1] = content2;
    let hash = 0;
    for (let word = 0; word < KEY_FINDING_WORDS; word++) {
      hash = Math.imul(hash ^ key[word]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    this.hash = hash;
  }

  /** Bytes of the client's or the server's address, in an array of their own. */
  addressOf(side: typeof KEY_CLIENT | typeof KEY_SERVER): Uint8Array {
    const bytes = new Uint8Array(this.words[KEY_KIND]! & KEY_IS_V6 ? 16 : 4);
    for (let byte = 0; byte < bytes.length; byte++) {
      bytes[byte] = this.words[side + (byte >> 2)]! >>> (24 - 8 * (byte & 3));
    }
    return bytes;
  }

  /** Client's port << 16 | server's port; null: there are none. */
  get ports(): number | null {
    const protocol = (this.words[KEY_KIND]! >>> KEY_PROTOCOL_SHIFT) & 0xff;
    return protocol === ICMP || protocol === ICMPV6 ? null : this.words[KEY_PORTS]!;
  }
}

function putAddress({ address }: Endpoint, key: Int32Array, at: number): void {
  for (let word = 0; word < 4; word++) {
    const byte = 4 * word;
    key[at + word] =
      byte >= address.length
        ? 0
        : (address[byte]! << 24) | (address[byte + 1]! << 16) | (address[byte + 2]! << 8) | address[byte + 3]!;
  }
}
