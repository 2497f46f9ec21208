import { createCipheriv, createDecipheriv } from "node:crypto";

/**
 * The outside of every datagram between probe and collector. 36 bytes of header, big-endian, then what the kind says,
 * then a tag of 16 bytes.
 *
 *     0               2               4
 *    +-------+-------+-------+-------+
 *    | 't'   | 'M'   |version| kind  |
 *    +-------+-------+-------+-------+
 *    | run of the probe          (8) |  random, new at each start of the probe
 *    | session                   (8) |  random, chosen by the probe for each handshake
 *    | epoch of the collector    (8) |  new at each start of the collector; 0 in a hello
 *    | datagram counter          (8) |  never used twice by a sender within a session
 *    +-------------------------------+
 *    | clear part, if the kind has one
 *    | sealed part ...
 *    | tag                      (16) |
 *
 * Everything before the sealed part is authenticated with it (RFC 8439, ChaCha20-Poly1305; nonce: 4 zero bytes and the
 * datagram counter). Hello and challenge are clear as a whole and have a tag of zeros, and so has every datagram where
 * both sides say security="none".
 */
export const PROTOCOL_VERSION = 1;
/** Oldest version still spoken. */
export const OLDEST_VERSION = 1;

export const HEADER_BYTES = 36;
export const TAG_BYTES = 16;
/** What a datagram needs beside what it carries. */
export const OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES;

export const kinds = { hello: 1, challenge: 2, echo: 3, data: 4, ack: 5, request: 6 } as const;
export type KindName = keyof typeof kinds;

/** For people: the name of a kind, or its number when it is unknown. */
export function kindName(kind: number): string {
  return Object.entries(kinds).find(([, number]) => number === kind)?.[0] ?? String(kind);
}

/** Ids are 16 hexadecimal digits. */
export interface DatagramHeader {
  readonly version: number;
  readonly kind: number;
  readonly run: string;
  readonly session: string;
  readonly epoch: string;
  readonly counter: number;
}

export const NO_EPOCH = "0000000000000000";
const ZERO_TAG = Buffer.alloc(TAG_BYTES);

/** Null for what is not ours at all. The version is not judged: that is for whoever knows what it may be. */
export function readHeader(datagram: Buffer): DatagramHeader | null {
  if (datagram.length < OVERHEAD_BYTES || datagram[0] !== 0x74 || datagram[1] !== 0x4d) return null;
  const high = datagram.readUInt32BE(28);
  if (high >= 0x200000) return null;
  return {
    version: datagram[2]!,
    kind: datagram[3]!,
    run: datagram.toString("hex", 4, 12),
    session: datagram.toString("hex", 12, 20),
    epoch: datagram.toString("hex", 20, 28),
    counter: high * 0x1_0000_0000 + datagram.readUInt32BE(32),
  };
}

function writeHeader(into: Buffer, header: DatagramHeader): void {
  into[0] = 0x74;
  into[1] = 0x4d;
  into[2] = header.version;
  into[3] = header.kind;
  into.write(header.run, 4, 8, "hex");
  into.write(header.session, 12, 8, "hex");
  into.write(header.epoch, 20, 8, "hex");
  into.writeUInt32BE(Math.floor(header.counter / 0x1_0000_0000), 28);
  into.writeUInt32BE(header.counter % 0x1_0000_0000, 32);
}

/** A key of 32 bytes, or null for a datagram that is not sealed. */
export type SealKey = Buffer | null;

/** Makes a datagram. `clear` comes after the header and is authenticated, `sealed` is encrypted as well. */
export function sealDatagram(key: SealKey, header: DatagramHeader, clear: Uint8Array, sealed: Uint8Array): Buffer {
  const start = HEADER_BYTES + clear.length;
  const end = start + sealed.length;
  const datagram = Buffer.allocUnsafe(end + TAG_BYTES);
  writeHeader(datagram, header);
  datagram.set(clear, HEADER_BYTES);
  if (key === null) {
    datagram.set(sealed, start);
    datagram.fill(0, end);
    return datagram;
  }
  const cipher = createCipheriv("chacha20-poly1305", key, nonceOf(datagram), { authTagLength: TAG_BYTES });
  cipher.setAAD(datagram.subarray(0, start), { plaintextLength: sealed.length });
  datagram.set(cipher.update(sealed), start);
  cipher.final();
  datagram.set(cipher.getAuthTag(), end);
  return datagram;
}

/** The sealed part, or null when the datagram was not made with this key or was changed since. */
export function openDatagram(key: SealKey, datagram: Buffer, clearBytes = 0): Buffer | null {
  const start = HEADER_BYTES + clearBytes;
  const end = datagram.length - TAG_BYTES;
  if (end < start) return null;
  const tag = datagram.subarray(end);
  if (key === null) return ZERO_TAG.equals(tag) ? datagram.subarray(start, end) : null;
  const decipher = createDecipheriv("chacha20-poly1305", key, nonceOf(datagram), { authTagLength: TAG_BYTES });
  decipher.setAAD(datagram.subarray(0, start), { plaintextLength: end - start });
  decipher.setAuthTag(tag);
  const body = decipher.update(datagram.subarray(start, end));
  try {
    decipher.final();
  } catch {
    return null;
  }
  return body;
}

function nonceOf(datagram: Buffer): Buffer {
  const nonce = Buffer.alloc(12);
  datagram.copy(nonce, 4, 28, HEADER_BYTES);
  return nonce;
}
