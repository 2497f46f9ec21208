import { FINGERPRINT } from "@trafmon/packet";

const FIRST_FACTOR = 0x9e3779b1 | 0;
const SECOND_FACTOR = 0x85ebca6b | 0;

/**
 * Writes the fingerprint of the captured bytes of an IP packet, [from, until) of `view`: 64 bits in two halves, of which
 * each takes every other word, and the other half after it. TTL or hop limit, DSCP and the IPv4 header checksum count as
 * 0, for routers change them. `until - from` is at least 20.
 *
 * Not proof against somebody who makes collisions on purpose; whoever uses it has further conditions.
 */
export function writeFingerprint(view: DataView, from: number, until: number, out: Int32Array, at: number): void {
  const isV6 = view.getUint8(from) >> 4 === 6;
  let first = until - from;
  let second = 0;
  let left = view.getInt32(from, true) & (isV6 ? V6_FIRST : V4_FIRST);
  let right = view.getInt32(from + 4, true) & (isV6 ? V6_SECOND : -1);
  let position = from + 8;
  for (let mask = isV6 ? -1 : V4_THIRD; ; mask = -1) {
    const product = Math.imul(first ^ left, FIRST_FACTOR);
    const other = Math.imul(second ^ right, SECOND_FACTOR);
    first = (((product << 13) | (product >>> 19)) + second) | 0;
    second = (((other << 15) | (other >>> 17)) + first) | 0;
    if (position + 8 > until) break;
    left = view.getInt32(position, true) & mask;
    right = view.getInt32(position + 4, true);
    position += 8;
  }
  for (; position < until; position++) second = Math.imul(second ^ view.getUint8(position), SECOND_FACTOR);
  first = (finish((first + second) | 0) + second) | 0;
  out[at + FINGERPRINT] = first;
  out[at + FINGERPRINT + 1] = (finish(second) + first) | 0;
}

/** What counts of the words that hold changing fields, as they are read: lowest byte first. */
const V4_FIRST = 0xffff03ff | 0;
const V4_THIRD = 0x0000ff00;
const V6_FIRST = 0xffff3ff0 | 0;
const V6_SECOND = 0x00ffffff;

/** MurmurHash3's last step: every bit of the input reaches every bit of the output. */
function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
