import { FINGERPRINT } from "@trafmon/packet";

const FIRST_FACTOR = 0x9e3779b1 | 0;
const SECOND_FACTOR = 0x85ebca6b | 0;

/**
 * Writes the fingerprint of the captured bytes of an IP packet, [from, until) of `view`: two runs of 32 bits over the
 * little-endian words in turn, mixed at the end. TTL or hop limit, DSCP and the IPv4 header checksum count as 0, for
 * routers change them. `until - from` is at least 20.
 *
 * Not proof against somebody who makes collisions on purpose; whoever uses it has further conditions.
 */
export function writeFingerprint(view: DataView, from: number, until: number, out: Int32Array, at: number): void {
  const isV6 = view.getUint8(from) >> 4 === 6;
  let first = until - from;
  let second = view.getInt32(from, true) & (isV6 ? V6_FIRST : V4_FIRST);
  first = step(first, view.getInt32(from + 4, true) & (isV6 ? V6_SECOND : -1), FIRST_FACTOR);
  second = step(second, view.getInt32(from + 8, true) & (isV6 ? -1 : V4_THIRD), SECOND_FACTOR);
  let position = from + 12;
  const lastPair = until - 8;
  for (; position <= lastPair; position += 8) {
    const left = Math.imul(first ^ view.getInt32(position, true), FIRST_FACTOR);
    const right = Math.imul(second ^ view.getInt32(position + 4, true), SECOND_FACTOR);
    first = (left << 13) | (left >>> 19);
    second = (right << 15) | (right >>> 17);
  }
  for (; position < until; position++) first = step(first, view.getUint8(position), FIRST_FACTOR);
  out[at + FINGERPRINT] = finish(first ^ Math.imul(second, FIRST_FACTOR));
  out[at + FINGERPRINT + 1] = finish(second ^ Math.imul(first, SECOND_FACTOR));
}

/** What counts of the words that hold changing fields, as they are read: lowest byte first. */
const V4_FIRST = 0xffff03ff | 0;
const V4_THIRD = 0x0000ff00;
const V6_FIRST = 0xffff3ff0 | 0;
const V6_SECOND = 0x00ffffff;

function step(hash: number, word: number, factor: number): number {
  const product = Math.imul(hash ^ word, factor);
  return (product << 13) | (product >>> 19);
}

/** MurmurHash3's last step: every bit of the input reaches every bit of the output. */
function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
