/** Addresses as text: dotted quads, and RFC 5952 section 4 and 5 for IPv6. */

const HEX = Array.from({ length: 65536 }, (_, i) => i.toString(16));

/**
 * Text of an address of 4 or 16 bytes. IPv6: lower case, no leading zeros, the longest run of at least two zero groups
 * (the first among equals) as `::`, and IPv4-mapped addresses (RFC 4291 section 2.5.5.2) with their IPv4 part dotted.
 */
export function addressText(bytes: Uint8Array, at = 0, length = bytes.length): string {
  return length === 4 ? dotted(bytes, at) : grouped(bytes, at);
}

function dotted(b: Uint8Array, at: number): string {
  return `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`;
}

function grouped(b: Uint8Array, at: number): string {
  let runStart = -1;
  let runLength = 1;
  for (let i = 0; i < 8; ) {
    let end = i;
    while (end < 8 && b[at + 2 * end] === 0 && b[at + 2 * end + 1] === 0) end++;
    if (end - i > runLength) {
      runStart = i;
      runLength = end - i;
    }
    i = end + 1;
  }
  if (runStart === 0 && runLength === 5 && b[at + 10] === 0xff && b[at + 11] === 0xff) {
    return `::ffff:${dotted(b, at + 12)}`;
  }
  let text = "";
  for (let i = 0; i < 8; i++) {
    if (i === runStart) {
      text += "::";
      i += runLength - 1;
      continue;
    }
    if (text !== "" && !text.endsWith(":")) text += ":";
    text += HEX[b[at + 2 * i]! * 256 + b[at + 2 * i + 1]!];
  }
  return text;
}

/** Bytes of an address written as text, or null when it is none. Any valid notation is read (RFC 4291 section 2.2). */
export function parseAddress(text: string): Uint8Array | null {
  return text.includes(":") ? parseGrouped(text) : parseDotted(text);
}

function parseDotted(text: string): Uint8Array | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return null;
  const parts = match.slice(1);
  // 010 is eight to some and ten to others, so neither is read.
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith("0")))) return null;
  return Uint8Array.from(parts, Number);
}

function parseGrouped(text: string): Uint8Array | null {
  const lastColon = text.lastIndexOf(":");
  const tail = text.slice(lastColon + 1);
  if (tail.includes(".")) {
    const quad = parseDotted(tail);
    if (quad === null) return null;
    text = `${text.slice(0, lastColon + 1)}${HEX[quad[0]! * 256 + quad[1]!]}:${HEX[quad[2]! * 256 + quad[3]!]}`;
  }
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const head = halves[0] === "" ? [] : halves[0]!.split(":");
  const rest = halves.length === 1 || halves[1] === "" ? [] : halves[1]!.split(":");
  const zeros = 8 - head.length - rest.length;
  if (halves.length === 1 ? zeros !== 0 : zeros < 1) return null;
  const groups = [...head, ...Array<string>(zeros).fill("0"), ...rest];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return Uint8Array.from(
    groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]),
  );
}

/**
 * Bytes of an address that is known to be one.
 * @throws {Error} when it is none
 */
export function addressBytes(text: string): Uint8Array {
  const bytes = parseAddress(text);
  if (bytes === null) throw new Error(`not an address: ${text}`);
  return bytes;
}
