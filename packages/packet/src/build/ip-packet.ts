import { internetChecksum, sumWords } from "./checksum.ts";
import type { IpPayload } from "./transport-header.ts";

export interface Ipv4Fields {
  readonly tos?: number;
  readonly ttl?: number;
  readonly identification?: number;
  readonly dontFragment?: boolean;
  readonly moreFragments?: boolean;
  /** Bytes, a multiple of 8. */
  readonly fragmentOffset?: number;
  /** Padded to four bytes. */
  readonly options?: Uint8Array;
}

/** An IPv4 packet with right checksums. Addresses are 4 bytes each. */
export function ipv4(
  source: Uint8Array,
  destination: Uint8Array,
  payload: IpPayload,
  fields: Ipv4Fields = {},
): Uint8Array {
  const { options = new Uint8Array(0) } = fields;
  const headerBytes = 20 + ((options.length + 3) & ~3);
  const bytes = new Uint8Array(headerBytes + payload.bytes.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x40 | (headerBytes / 4);
  bytes[1] = fields.tos ?? 0;
  view.setUint16(2, bytes.length);
  view.setUint16(4, fields.identification ?? 0);
  const fragment = (fields.fragmentOffset ?? 0) >> 3;
  view.setUint16(
    6,
    fragment | (fields.moreFragments === true ? 0x2000 : 0) | (fields.dontFragment === true ? 0x4000 : 0),
  );
  bytes[8] = fields.ttl ?? 64;
  bytes[9] = payload.protocol;
  bytes.set(source, 12);
  bytes.set(destination, 16);
  bytes.set(options, 20);
  view.setUint16(10, internetChecksum(sumWords(bytes, 0, headerBytes)));
  bytes.set(payload.bytes, headerBytes);
  fillChecksum(bytes, headerBytes, payload, sumWords(bytes, 12, 20));
  return bytes;
}

export interface Ipv6Fields {
  readonly trafficClass?: number;
  readonly hopLimit?: number;
  readonly flowLabel?: number;
  /** In order: number of the header, and its bytes but for the first, which is filled in. */
  readonly extensions?: readonly (readonly [number, Uint8Array])[];
}

/** An IPv6 packet with right checksums. Addresses are 16 bytes each. */
export function ipv6(
  source: Uint8Array,
  destination: Uint8Array,
  payload: IpPayload,
  fields: Ipv6Fields = {},
): Uint8Array {
  const extensions = fields.extensions ?? [];
  const extensionBytes = extensions.reduce((sum, [, rest]) => sum + 1 + rest.length, 0);
  const bytes = new Uint8Array(40 + extensionBytes + payload.bytes.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, ((6 << 28) | ((fields.trafficClass ?? 0) << 20) | (fields.flowLabel ?? 0)) >>> 0);
  view.setUint16(4, bytes.length - 40);
  bytes[6] = extensions[0]?.[0] ?? payload.protocol;
  bytes[7] = fields.hopLimit ?? 64;
  bytes.set(source, 8);
  bytes.set(destination, 24);
  let at = 40;
  extensions.forEach(([, rest], index) => {
    bytes[at] = extensions[index + 1]?.[0] ?? payload.protocol;
    bytes.set(rest, at + 1);
    at += 1 + rest.length;
  });
  bytes.set(payload.bytes, at);
  fillChecksum(bytes, at, payload, sumWords(bytes, 8, 40));
  return bytes;
}

/** `addressSum`: the sum of both addresses' words. */
function fillChecksum(packet: Uint8Array, at: number, payload: IpPayload, addressSum: number): void {
  if (payload.checksumAt === null) return;
  const length = packet.length - at;
  const pseudoHeader = payload.withPseudoHeader ? addressSum + length + payload.protocol : 0;
  const checksum = internetChecksum(pseudoHeader + sumWords(packet, at, packet.length));
  // UDP: 0 would mean that there is none.
  new DataView(packet.buffer).setUint16(
    at + payload.checksumAt,
    checksum === 0 && payload.protocol === 17 ? 0xffff : checksum,
  );
}
