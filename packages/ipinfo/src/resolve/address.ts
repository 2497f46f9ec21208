import * as text from "@trafmon/address";

/** An IP address as a number. IPv4 and IPv6 are two families: ::ffff:192.0.2.1 is not 192.0.2.1. */
export interface Address {
  readonly bits: 32 | 128;
  /** 0 .. 2^bits - 1, network order. */
  readonly value: bigint;
}

/** Reads `192.0.2.1` or any form of RFC 4291 section 2.2; null for anything else. Octets have no leading zeros. */
export function parseAddress(written: string): Address | null {
  const bytes = text.parseAddress(written);
  return bytes === null ? null : addressOfBytes(bytes);
}

/** An address of 4 or 16 bytes; null for any other length. */
export function addressOfBytes(bytes: Uint8Array): Address | null {
  if (bytes.length !== 4 && bytes.length !== 16) return null;
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return { bits: bytes.length === 4 ? 32 : 128, value };
}

/** RFC 5952 text. */
export function addressText({ bits, value }: Address): string {
  const bytes = Uint8Array.from({ length: bits / 8 }, (_, at) =>
    Number((value >> BigInt(bits - 8 * (at + 1))) & 0xffn),
  );
  return text.addressText(bytes);
}
