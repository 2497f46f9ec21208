/** An IP address as a number. IPv4 and IPv6 are two families: ::ffff:192.0.2.1 is not 192.0.2.1. */
export interface Address {
  readonly bits: 32 | 128;
  /** 0 .. 2^bits - 1, network order. */
  readonly value: bigint;
}

/** Reads `192.0.2.1` or any form of RFC 4291 section 2.2; null for anything else. Octets have no leading zeros. */
export function parseAddress(text: string): Address | null {
  if (!text.includes(":")) {
    const value = parseOctets(text);
    return value === null ? null : { bits: 32, value };
  }
  const value = parseGroups(text);
  return value === null ? null : { bits: 128, value };
}

function parseOctets(text: string): bigint | null {
  const octets = text.split(".");
  if (octets.length !== 4) return null;
  let value = 0n;
  for (const octet of octets) {
    // 010 is eight to some programs and ten to others.
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = (value << 8n) | BigInt(octet);
  }
  return value;
}

function parseGroups(text: string): bigint | null {
  // An IPv4 tail stands for the last two groups.
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (tail) {
    const value = parseOctets(tail[2]!);
    if (value === null) return null;
    text = tail[1]! + (value >> 16n).toString(16) + ":" + (value & 0xffffn).toString(16);
  }
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [head, rest] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const given = head!.length + (rest?.length ?? 0);
  // "::" stands for at least one group.
  if (rest === undefined ? given !== 8 : given > 7) return null;
  const groups = [...head!, ...Array<string>(8 - given).fill("0"), ...(rest ?? [])];
  let value = 0n;
  for (const group of groups) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
    value = (value << 16n) | BigInt(`0x${group}`);
  }
  return value;
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
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
  const groups = Array.from({ length: 8 }, (_, at) => Number((value >> BigInt(112 - 16 * at)) & 0xffffn));
  const [start, length] = longestZeros(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** First of the longest runs of zero groups: [start, length]. */
function longestZeros(groups: readonly number[]): [number, number] {
  let best: [number, number] = [0, 0];
  let start = 0;
  groups.forEach((group, at) => {
    if (group !== 0) start = at + 1;
    else if (at + 1 - start > best[1]) best = [start, at + 1 - start];
  });
  return best;
}
