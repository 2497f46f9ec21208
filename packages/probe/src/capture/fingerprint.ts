const FIRST_FACTOR = 0x9e3779b1 | 0;
const SECOND_FACTOR = 0x85ebca6b | 0;

/**
 * 64 bits that equal IP packets have in common, wherever they were captured: TTL or hop limit, DSCP and the IPv4 header
 * checksum count as 0, for routers change them. One object is used again.
 *
 * Not proof against somebody who makes collisions on purpose; whoever uses it has further conditions.
 */
export class Fingerprint {
  first = 0;
  second = 0;

  /**
   * Makes that of the packet that begins at `from` of `view`: of the bytes [from, headEnd), at least 20, and
   * [tailFrom, end). `salt` keeps apart what must not be equal though its bytes are.
   */
  make(view: DataView, from: number, headEnd: number, tailFrom: number, end: number, salt: number): void {
    const isV6 = view.getUint8(from) >> 4 === 6;
    // Four lanes, for each has to wait for its own product only.
    let a = Math.imul((view.getInt32(from, true) & (isV6 ? V6_FIRST : V4_FIRST)) ^ salt, FIRST_FACTOR);
    let b = Math.imul(view.getInt32(from + 4, true) & (isV6 ? V6_SECOND : -1), SECOND_FACTOR);
    let c = Math.imul(view.getInt32(from + 8, true) & (isV6 ? -1 : V4_THIRD), FIRST_FACTOR);
    let d = Math.imul(view.getInt32(from + 12, true) ^ (headEnd - from + (end - tailFrom)), SECOND_FACTOR);
    let position = from + 16;
    for (; position + 16 <= headEnd; position += 16) {
      a = Math.imul(a ^ (a >>> 15) ^ view.getInt32(position, true), SECOND_FACTOR);
      b = Math.imul(b ^ (b >>> 15) ^ view.getInt32(position + 4, true), FIRST_FACTOR);
      c = Math.imul(c ^ (c >>> 15) ^ view.getInt32(position + 8, true), SECOND_FACTOR);
      d = Math.imul(d ^ (d >>> 15) ^ view.getInt32(position + 12, true), FIRST_FACTOR);
    }
    const left = headEnd - position;
    // The last word overlaps the one before where the length is no multiple of four.
    if (left > 0) a = Math.imul(a ^ (a >>> 15) ^ view.getInt32(headEnd - 4, true), SECOND_FACTOR);
    if (left > 4) b = Math.imul(b ^ (b >>> 15) ^ view.getInt32(position, true), FIRST_FACTOR);
    if (left > 8) c = Math.imul(c ^ (c >>> 15) ^ view.getInt32(position + 4, true), SECOND_FACTOR);
    if (left > 12) d = Math.imul(d ^ (d >>> 15) ^ view.getInt32(position + 8, true), FIRST_FACTOR);
    for (position = tailFrom; position + 4 <= end; position += 4) {
      a = Math.imul(a ^ (a >>> 15) ^ view.getInt32(position, true), SECOND_FACTOR);
    }
    for (; position < end; position++) a = Math.imul(a ^ (a >>> 15) ^ view.getUint8(position), SECOND_FACTOR);
    // Both halves hang on all four lanes, in different ways.
    let first = Math.imul(a ^ (a >>> 16) ^ b, FIRST_FACTOR) + (c ^ ((d << 16) | (d >>> 16)));
    first = Math.imul(first ^ (first >>> 15), SECOND_FACTOR);
    const second = Math.imul(c ^ (c >>> 16) ^ d, SECOND_FACTOR) + (((a << 11) | (a >>> 21)) ^ b);
    this.first = first ^ (first >>> 13);
    this.second = Math.imul(second ^ (second >>> 15), FIRST_FACTOR);
  }
}

/** What counts of the words that hold changing fields, as they are read: lowest byte first. */
const V4_FIRST = 0xffff03ff | 0;
const V4_THIRD = 0x0000ff00;
const V6_FIRST = 0xffff3ff0 | 0;
const V6_SECOND = 0x00ffffff;
