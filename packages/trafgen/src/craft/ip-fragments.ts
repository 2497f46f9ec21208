import { internetChecksum, sumWords } from "@trafmon/packet";

/** A piece of a datagram, as an IP packet of its own. */
export interface Fragment {
  readonly packet: Uint8Array;
  /** Bytes behind the transport header that are in this piece. */
  readonly payloadBytes: number;
}

const FRAGMENT_HEADER = 44;
const FRAGMENT_HEADER_BYTES = 8;

/**
 * An IP packet that is longer than the MTU in pieces that are not (RFC 791 section 3.2, RFC 8200 section 4.5). There are
 * no IPv4 options and no IPv6 extension headers in it.
 * @param transportBytes length of the transport header
 * @param identification of the IPv6 fragment header; IPv4 packets have theirs
 */
export function fragmentsOf(
  packet: Uint8Array,
  mtuBytes: number,
  transportBytes: number,
  identification: number,
): Fragment[] {
  const isV6 = packet[0]! >> 4 === 6;
  const headerBytes = isV6 ? 40 : 20;
  const most = (mtuBytes - headerBytes - (isV6 ? FRAGMENT_HEADER_BYTES : 0)) & ~7;
  const fragments: Fragment[] = [];
  for (let offset = 0; headerBytes + offset < packet.length; offset += most) {
    const piece = packet.subarray(headerBytes + offset, Math.min(headerBytes + offset + most, packet.length));
    const isLast = headerBytes + offset + most >= packet.length;
    fragments.push({
      packet: isV6
        ? pieceV6(packet, piece, offset, isLast, identification)
        : pieceV4(packet.subarray(0, headerBytes), piece, offset, isLast),
      payloadBytes: piece.length - (offset === 0 ? transportBytes : 0),
    });
  }
  return fragments;
}

function pieceV4(header: Uint8Array, piece: Uint8Array, offset: number, isLast: boolean): Uint8Array {
  const packet = new Uint8Array(20 + piece.length);
  const view = new DataView(packet.buffer);
  packet.set(header);
  packet.set(piece, 20);
  view.setUint16(2, packet.length);
  view.setUint16(6, (isLast ? 0 : 0x2000) | (offset >> 3));
  view.setUint16(10, 0);
  view.setUint16(10, internetChecksum(sumWords(packet, 0, 20)));
  return packet;
}

function pieceV6(
  whole: Uint8Array,
  piece: Uint8Array,
  offset: number,
  isLast: boolean,
  identification: number,
): Uint8Array {
  const packet = new Uint8Array(40 + FRAGMENT_HEADER_BYTES + piece.length);
  const view = new DataView(packet.buffer);
  packet.set(whole.subarray(0, 40));
  view.setUint16(4, FRAGMENT_HEADER_BYTES + piece.length);
  packet[6] = FRAGMENT_HEADER;
  packet[40] = whole[6]!;
  view.setUint16(42, offset | (isLast ? 0 : 1));
  view.setUint32(44, identification);
  packet.set(piece, 40 + FRAGMENT_HEADER_BYTES);
  return packet;
}
