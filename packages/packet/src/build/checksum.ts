/** Sum of the 16-bit words of [from, until), for an Internet checksum; an odd last byte is padded with 0. */
export function sumWords(bytes: Uint8Array, from: number, until: number): number {
  let sum = 0;
  let at = from;
  for (; at + 1 < until; at += 2) sum += (bytes[at]! << 8) | bytes[at + 1]!;
  if (at < until) sum += bytes[at]! << 8;
  return sum;
}

/** RFC 1071: the one's complement of the one's complement sum. */
export function internetChecksum(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 65536);
  return ~folded & 0xffff;
}
