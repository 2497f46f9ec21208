/** Basic encoding rules (X.690), as far as SNMP needs them. Every function gives a whole value: tag, length, content. */

export const SEQUENCE = 0x30;
const INTEGER = 0x02;
const OCTETS = 0x04;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;

/** Content of that tag; lengths as in section 8.1.3. */
export function berValue(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Uint8Array.of(tag, length), content]);
  if (length < 0x100) return Buffer.concat([Uint8Array.of(tag, 0x81, length), content]);
  return Buffer.concat([Uint8Array.of(tag, 0x82, length >> 8, length & 0xff), content]);
}

/** A whole number, not negative, up to 2^53, in as few bytes as hold it with a sign. */
export function berInteger(value: number, tag = INTEGER): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  } while (rest > 0);
  if (bytes[0]! >= 0x80) bytes.unshift(0);
  return berValue(tag, Uint8Array.from(bytes));
}

export function berOctets(bytes: Uint8Array | string): Uint8Array {
  return berValue(OCTETS, typeof bytes === "string" ? Buffer.from(bytes) : bytes);
}

export function berNull(): Uint8Array {
  return berValue(NULL);
}

/** Section 8.19: the first two numbers share a byte, the others have seven bits in each. */
export function berObjectIdentifier(text: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes: number[] = [];
  for (const number of [first * 40 + second, ...rest]) {
    const groups = [number % 128];
    for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
      groups.unshift((left % 128) | 0x80);
    bytes.push(...groups);
  }
  return berValue(OBJECT_IDENTIFIER, Uint8Array.from(bytes));
}
