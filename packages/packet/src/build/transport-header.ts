/** What an IP packet carries. The IP header's builder fills in the checksum, which covers the addresses. */
export interface IpPayload {
  readonly protocol: number;
  readonly bytes: Uint8Array;
  /** Where its checksum stands; null for none. */
  readonly checksumAt: number | null;
  /** Whether addresses, length and protocol count in the checksum (all but ICMP over IPv4). */
  readonly withPseudoHeader: boolean;
}

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_RST = 0x04;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;

const NOTHING = new Uint8Array(0);

export interface TcpFields {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly flags?: number;
  readonly window?: number;
  /** Padded to four bytes with end-of-options. */
  readonly options?: Uint8Array;
  readonly payload?: Uint8Array;
}

/** A TCP segment. */
export function tcp(fields: TcpFields): IpPayload {
  const { options = NOTHING, payload = NOTHING } = fields;
  const headerBytes = 20 + ((options.length + 3) & ~3);
  const bytes = new Uint8Array(headerBytes + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, fields.sourcePort);
  view.setUint16(2, fields.destinationPort);
  view.setUint32(4, fields.sequence ?? 0);
  view.setUint32(8, fields.acknowledgement ?? 0);
  view.setUint16(12, ((headerBytes / 4) << 12) | (fields.flags ?? TCP_ACK));
  view.setUint16(14, fields.window ?? 65_535);
  bytes.set(options, 20);
  bytes.set(payload, headerBytes);
  return { protocol: 6, bytes, checksumAt: 16, withPseudoHeader: true };
}

/** A UDP datagram; without checksum when told so (IPv4 only). */
export function udp(
  sourcePort: number,
  destinationPort: number,
  payload: Uint8Array = NOTHING,
  withChecksum = true,
): IpPayload {
  const bytes = new Uint8Array(8 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, sourcePort);
  view.setUint16(2, destinationPort);
  view.setUint16(4, bytes.length);
  bytes.set(payload, 8);
  return { protocol: 17, bytes, checksumAt: withChecksum ? 6 : null, withPseudoHeader: true };
}

/** An ICMP message; `rest` are the last four bytes of its header. */
export function icmp(type: number, code: number, rest: number, payload: Uint8Array = NOTHING): IpPayload {
  return { protocol: 1, bytes: icmpBytes(type, code, rest, payload), checksumAt: 2, withPseudoHeader: false };
}

/** An ICMPv6 message. */
export function icmpv6(type: number, code: number, rest: number, payload: Uint8Array = NOTHING): IpPayload {
  return { protocol: 58, bytes: icmpBytes(type, code, rest, payload), checksumAt: 2, withPseudoHeader: true };
}

function icmpBytes(type: number, code: number, rest: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + payload.length);
  bytes[0] = type;
  bytes[1] = code;
  new DataView(bytes.buffer).setUint32(4, rest);
  bytes.set(payload, 8);
  return bytes;
}
