import { RefusedValueError } from "./refused.ts";

/**
 * Writing of variable-length integers: 7 bits a byte, lowest first, the top bit says that another byte follows
 * (LEB128, as in Protocol Buffers). Bytes past the end of `into` fall on the floor: a caller sees an end beyond the
 * buffer's length and starts anew with more room, which costs nothing while there is room.
 */

const MAX_WIDE = (1n << 128n) - 1n;

/** Writes an integer 0 .. 2^53-1 and returns the position after it. */
export function putCount(into: Uint8Array, at: number, value: number): number {
  if ((value & 0x7f) === value) {
    into[at] = value;
    return at + 1;
  }
  if ((value & 0x3fff) === value) {
    into[at] = value | 0x80;
    into[at + 1] = value >> 7;
    return at + 2;
  }
  if ((value & 0x1fffff) === value) {
    into[at] = value | 0x80;
    into[at + 1] = (value >> 7) | 0x80;
    into[at + 2] = value >> 14;
    return at + 3;
  }
  if ((value & 0xfffffff) === value) return putLow28(into, at, value, 0);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RefusedValueError(`cannot write ${String(value)} as a count of 0 to 2^53-1`);
  }
  return putCount(into, putLow28(into, at, value % 0x10000000, 0x80), Math.floor(value / 0x10000000));
}

function putLow28(into: Uint8Array, at: number, value: number, last: number): number {
  into[at] = value | 0x80;
  into[at + 1] = (value >> 7) | 0x80;
  into[at + 2] = (value >> 14) | 0x80;
  into[at + 3] = (value >> 21) | last;
  return at + 4;
}

/** Writes `magnitude` (0 .. 2^53-1) with one more bit below it: 6 bits of it are in the first byte, 7 in the others. */
export function putFlagged(into: Uint8Array, at: number, magnitude: number, flag: 0 | 1): number {
  if ((magnitude & 0x3fffffff) === magnitude) return putCount(into, at, (magnitude << 1) | flag);
  if (!Number.isSafeInteger(magnitude) || magnitude < 0) {
    throw new RefusedValueError(`cannot write ${String(magnitude)} as a magnitude of 0 to 2^53-1`);
  }
  into[at] = ((magnitude % 64) << 1) | flag | 0x80;
  return putCount(into, at + 1, Math.floor(magnitude / 64));
}

/** Writes an integer within +-(2^53-1), zigzag: 0, -1, 1, -2, 2 ... become 0, 1, 2, 3, 4 ... */
export function putSigned(into: Uint8Array, at: number, value: number): number {
  return value < 0 ? putFlagged(into, at, -1 - value, 1) : putFlagged(into, at, value, 0);
}

/**
 * Writes nanoseconds from 0. Whole microseconds, all that most captures have, save 10 bits: the flag is 0. More than
 * 2^53-1 (104 days) is written as that: a timestamp far off must not cost the whole record.
 */
export function putDuration(into: Uint8Array, at: number, ns: number): number {
  if (ns > Number.MAX_SAFE_INTEGER) ns = Number.MAX_SAFE_INTEGER;
  return ns % 1000 === 0 ? putFlagged(into, at, ns / 1000, 0) : putFlagged(into, at, ns, 1);
}

/** Writes a bigint 0 .. 2^128-1. */
export function putWide(into: Uint8Array, at: number, value: bigint): number {
  if (typeof value !== "bigint" || value < 0n || value > MAX_WIDE) {
    throw new RefusedValueError(`cannot write ${String(value)} as an integer of 0 to 2^128-1`);
  }
  while (value > 0xfffffffn) {
    at = putLow28(into, at, Number(value & 0xfffffffn), 0x80);
    value >>= 28n;
  }
  return putCount(into, at, Number(value));
}
