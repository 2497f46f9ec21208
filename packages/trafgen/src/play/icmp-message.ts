import { internetChecksum, sumWords } from "@trafmon/packet";

/** Echo, of ICMP (RFC 792) and ICMPv6 (RFC 4443 section 4): type, code, checksum, identifier, sequence, payload. */
export const ECHO_HEADER_BYTES = 8;

const ECHO_REQUEST = { 4: 8, 6: 128 } as const;
const ECHO_REPLY = { 4: 0, 6: 129 } as const;

/** Errors that quote the packet they are about, by type. */
const ERRORS: Readonly<Record<4 | 6, Readonly<Record<number, string>>>> = {
  4: { 3: "unreachable", 11: "time exceeded" },
  6: { 1: "unreachable", 2: "packet too big", 3: "time exceeded" },
};

const IPV6_HEADER_BYTES = 40;

export interface EchoMessage {
  readonly identifier: number;
  readonly sequence: number;
  /** null for a reply; else why there will be none. */
  readonly error: string | null;
}

/** A request. Over IPv6 the kernel fills in the checksum. */
export function echoRequest(family: 4 | 6, identifier: number, sequence: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(ECHO_HEADER_BYTES + payload.length);
  bytes[0] = ECHO_REQUEST[family];
  bytes.writeUInt16BE(identifier, 4);
  bytes.writeUInt16BE(sequence, 6);
  bytes.set(payload, ECHO_HEADER_BYTES);
  if (family === 4) bytes.writeUInt16BE(internetChecksum(sumWords(bytes, 0, bytes.length)), 2);
  return bytes;
}

/** An echo reply, or an error about an echo request; null for any other bytes. */
export function readEchoMessage(family: 4 | 6, bytes: Uint8Array): EchoMessage | null {
  if (bytes.length < ECHO_HEADER_BYTES) return null;
  if (bytes[0] === ECHO_REPLY[family]) return tie(bytes, 0, null);
  const error = ERRORS[family][bytes[0]!];
  if (error === undefined) return null;
  // The packet that caused it follows the error's own 8 bytes; of it at least 8 bytes behind its IP header.
  const quoted = ECHO_HEADER_BYTES;
  const headerBytes = family === 6 ? IPV6_HEADER_BYTES : ((bytes[quoted] ?? 0) & 0x0f) * 4;
  if (family === 4 && headerBytes < 20) return null;
  const echo = quoted + headerBytes;
  return bytes[echo] === ECHO_REQUEST[family] ? tie(bytes, echo, error) : null;
}

function tie(bytes: Uint8Array, at: number, error: string | null): EchoMessage | null {
  if (at + ECHO_HEADER_BYTES > bytes.length) return null;
  return {
    identifier: (bytes[at + 4]! << 8) | bytes[at + 5]!,
    sequence: (bytes[at + 6]! << 8) | bytes[at + 7]!,
    error,
  };
}
