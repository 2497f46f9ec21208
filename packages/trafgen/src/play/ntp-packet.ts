/**
 * NTP version 4 packet, RFC 5905 section 7.3. 48 bytes, big-endian, without extensions.
 *
 *     0  leap 2 | version 3 | mode 3     1  stratum     2  poll     3  precision
 *     4  root delay    8  root dispersion    12  reference id
 *    16  reference timestamp
 *    24  origin timestamp: the transmit timestamp of the request
 *    32  receive timestamp
 *    40  transmit timestamp
 */
export const NTP_BYTES = 48;

const VERSION = 4;
const MODE_CLIENT = 3;
const MODE_SERVER = 4;
const UNSYNCHRONIZED = 3;

export interface NtpReply {
  readonly version: number;
  /** 0 is a kiss-o'-death: the reference id says why. */
  readonly stratum: number;
  readonly isSynchronized: boolean;
  /** 4 ASCII characters or an address' bytes, as hexadecimal digits. */
  readonly referenceId: string;
}

/** A client's request. `identifier`: 8 bytes, by which the reply is known; they stand for the transmit timestamp. */
export function ntpRequest(identifier: Uint8Array): Buffer {
  const bytes = Buffer.alloc(NTP_BYTES);
  bytes[0] = (VERSION << 3) | MODE_CLIENT;
  bytes.set(identifier.subarray(0, 8), 40);
  return bytes;
}

/** The reply to a request with this identifier; null for any other bytes. */
export function readNtpReply(bytes: Uint8Array, identifier: Uint8Array): NtpReply | null {
  if (bytes.length < NTP_BYTES || (bytes[0]! & 7) !== MODE_SERVER) return null;
  for (let i = 0; i < 8; i++) if (bytes[24 + i] !== identifier[i]) return null;
  return {
    version: (bytes[0]! >> 3) & 7,
    stratum: bytes[1]!,
    isSynchronized: bytes[0]! >> 6 !== UNSYNCHRONIZED,
    referenceId: Buffer.from(bytes.subarray(12, 16)).toString("hex"),
  };
}
