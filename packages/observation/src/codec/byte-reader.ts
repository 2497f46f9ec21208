import { MalformedError, TruncatedError } from "./refused.ts";

const MAX_WIDE = (1n << 128n) - 1n;

/**
 * Reads forward through bytes from outside. No read passes `end`: it throws TruncatedError instead, so that a short
 * datagram can never show bytes that are not its own. Integers of fixed width are big-endian.
 */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, from = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  u8(): number {
    if (this.at >= this.end) throw new TruncatedError("cannot read past the end");
    return this.bytes[this.at++]!;
  }

  u16(): number {
    return this.u8() * 256 + this.u8();
  }

  u32(): number {
    return this.u16() * 65536 + this.u16();
  }

  /** The bytes themselves, not a copy. */
  take(length: number): Uint8Array {
    if (length > this.left) throw new TruncatedError("cannot read past the end");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** A variable-length integer 0 .. 2^53-1. */
  count(): number {
    const first = this.u8();
    return first < 128 ? first : this.#rest(first & 0x7f, 128);
  }

  /** What `putFlagged` wrote: calls back nothing, returns the magnitude; the bit stands in `flag`. */
  flagged(): number {
    const first = this.u8();
    this.flag = first & 1;
    const low = (first & 0x7f) >> 1;
    return first < 128 ? low : this.#rest(low, 64);
  }

  /** Lowest bit of the last `flagged` read. */
  flag = 0;

  /** A zigzag integer within +-2^53. */
  signed(): number {
    const magnitude = this.flagged();
    return this.flag === 1 ? -1 - magnitude : magnitude;
  }

  /** Nanoseconds, 0 .. 2^53-1. */
  duration(): number {
    const magnitude = this.flagged();
    if (this.flag === 1) return magnitude;
    const ns = magnitude * 1000;
    if (ns > Number.MAX_SAFE_INTEGER) throw new MalformedError("cannot hold a duration above 2^53-1 ns");
    return ns;
  }

  /** An integer 0 .. 2^128-1. */
  wide(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << shift;
      if (value > MAX_WIDE || shift > 126n) throw new MalformedError("cannot hold an integer above 2^128-1");
      if (byte < 128) return value;
    }
  }

  /** A length or number of things that each need at least `leastBytes` more bytes. */
  length(leastBytes = 1): number {
    const length = this.count();
    if (length * leastBytes > this.left) throw new TruncatedError("cannot read past the end");
    return length;
  }

  #rest(value: number, scale: number): number {
    for (;;) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new MalformedError("cannot hold an integer above 2^53-1");
      if (byte < 128) return value;
      scale *= 128;
      // Without this, zero bytes could go on for ever.
      if (scale > 2 ** 63) throw new MalformedError("cannot hold an integer above 2^53-1");
    }
  }
}
