import {
  DESTINATION,
  FLAG_INNER,
  FLAG_IPV6,
  FLAG_OUTER,
  FLAG_PORTS,
  FLAG_TRANSPORT,
  FLAGS,
  INTERFACE,
  PORTS,
  PROTOCOL_TOS_TTL,
  SOURCE,
  VLAN,
} from "@trafmon/packet";

const TCP = 6;
const UDP = 17;

/** Bits of a tuple's kind, above protocol, ToS and VLAN. */
export const KIND_V6 = 1 << 28;
const KIND_INNER = 1 << 29;
const KIND_OUTER = 1 << 30;
const KIND_PORTS = 1 << 31;

/** What tells tuples apart besides ends and ports. The masks say what of ToS, with the protocol below it, and VLAN does. */
export function kindOf(words: Int32Array, at: number, tosMask: number, vlanMask: number): number {
  const flags = words[at + FLAGS]!;
  const protocolAndTos = words[at + PROTOCOL_TOS_TTL]!;
  const protocol = protocolAndTos & 0xff;
  let kind = (protocolAndTos & tosMask) | ((words[at + VLAN]! & vlanMask) << 16);
  if ((protocol === TCP || protocol === UDP) && (flags & (FLAG_TRANSPORT | FLAG_PORTS)) !== 0) kind |= KIND_PORTS;
  if ((flags & (FLAG_IPV6 | FLAG_INNER | FLAG_OUTER)) === 0) return kind;
  return (
    kind |
    (flags & FLAG_IPV6 ? KIND_V6 : 0) |
    (flags & FLAG_INNER ? KIND_INNER : 0) |
    (flags & FLAG_OUTER ? KIND_OUTER : 0)
  );
}

/** Whether the packet's sender is the endpoint that comes later in order. */
export function isFromB(words: Int32Array, at: number): boolean {
  const source = words[at + SOURCE]! >>> 0;
  const destination = words[at + DESTINATION]! >>> 0;
  return source === destination ? isFromBByRest(words, at) : source > destination;
}

function isFromBByRest(words: Int32Array, at: number): boolean {
  for (let word = 1; word < 4; word++) {
    const source = words[at + SOURCE + word]! >>> 0;
    const destination = words[at + DESTINATION + word]! >>> 0;
    if (source !== destination) return source > destination;
  }
  const ports = words[at + PORTS]!;
  return ports >>> 16 > (ports & 0xffff);
}

/** Port of endpoint A << 16 | port of endpoint B; 0: ports tell nothing of this kind. */
export function portsOf(words: Int32Array, at: number, kind: number, isSwapped: boolean): number {
  if (kind >= 0) return 0;
  const ports = words[at + PORTS]!;
  return isSwapped ? (ports << 16) | (ports >>> 16) : ports;
}

/** The same for both directions. */
export function hashOf(words: Int32Array, at: number, kind: number, isSwapped: boolean): number {
  const a = words[at + (isSwapped ? DESTINATION : SOURCE)]!;
  const b = words[at + (isSwapped ? SOURCE : DESTINATION)]!;
  let hash = Math.imul(a ^ Math.imul(portsOf(words, at, kind, isSwapped), 0x85ebca6b), 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ b, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13) ^ kind ^ (words[at + INTERFACE]! << 8), 0x27d4eb2f);
  if (kind & KIND_V6) hash = mixV6(hash, words, at, isSwapped);
  return hash ^ (hash >>> 15);
}

function mixV6(hash: number, words: Int32Array, at: number, isSwapped: boolean): number {
  const a = at + (isSwapped ? DESTINATION : SOURCE);
  const b = at + (isSwapped ? SOURCE : DESTINATION);
  for (let word = 1; word < 4; word++) {
    hash = Math.imul(hash ^ (hash >>> 14) ^ words[a + word]!, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 16) ^ words[b + word]!, 0x85ebca6b);
  }
  return hash;
}
