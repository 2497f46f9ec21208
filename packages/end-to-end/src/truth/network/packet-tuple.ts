/** What a line or a test reads of a frame by itself, without the product's dissector. */
export interface PacketTuple {
  readonly protocol: number;
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** null where the protocol has no ports, and in a later fragment. */
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  /** IP bytes by the header. */
  readonly ipBytes: number;
  /** Names the datagram that a fragment belongs to; null for what is whole. */
  readonly fragmentOf: string | null;
  readonly isLaterFragment: boolean;
}

const ETHERNET_BYTES = 14;
const [TCP, UDP, FRAGMENT] = [6, 17, 44];
/** Hop-by-hop, routing, destination options (RFC 8200 section 4). */
const EXTENSIONS = new Set([0, 43, 60]);

/** Reads an Ethernet frame with IPv4 or IPv6; null for anything else. Frames here are whole and well made. */
export function packetTuple(frame: Uint8Array): PacketTuple | null {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const ethertype = view.getUint16(12);
  const packet = frame.subarray(ETHERNET_BYTES);
  const at = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (ethertype === 0x0800) {
    const [source, destination] = [packet.slice(12, 16), packet.slice(16, 20)];
    const fragment = at.getUint16(6) & 0x3fff;
    const isLaterFragment = (fragment & 0x1fff) !== 0;
    const protocol = packet[9]!;
    return {
      ...{ protocol, source, destination, isLaterFragment, ipBytes: at.getUint16(2) },
      ...ports(at, (packet[0]! & 15) * 4, protocol, isLaterFragment),
      fragmentOf: fragment === 0 ? null : `${source} ${destination} ${protocol} ${at.getUint16(4)}`,
    };
  }
  if (ethertype !== 0x86dd) return null;
  const [source, destination] = [packet.slice(8, 24), packet.slice(24, 40)];
  let [protocol, header, fragmentOf, isLaterFragment] = [packet[6]!, 40, null as string | null, false];
  while (EXTENSIONS.has(protocol) || protocol === FRAGMENT) {
    if (protocol === FRAGMENT) {
      fragmentOf = `${source} ${destination} ${at.getUint32(header + 4)}`;
      isLaterFragment = at.getUint16(header + 2) >> 3 !== 0;
      [protocol, header] = [packet[header]!, header + 8];
      if (isLaterFragment) break;
    } else [protocol, header] = [packet[header]!, header + 8 + packet[header + 1]! * 8];
  }
  return {
    ...{ protocol, source, destination, isLaterFragment, fragmentOf, ipBytes: 40 + at.getUint16(4) },
    ...ports(at, header, protocol, isLaterFragment),
  };
}

function ports(at: DataView, header: number, protocol: number, isLaterFragment: boolean) {
  const has = !isLaterFragment && (protocol === TCP || protocol === UDP);
  return {
    sourcePort: has ? at.getUint16(header) : null,
    destinationPort: has ? at.getUint16(header + 2) : null,
  };
}
