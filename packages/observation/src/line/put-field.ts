import { addressText } from "@trafmon/address";

/** Writing of a log line's fields as bytes, without a string between. Nothing here looks whether there is room. */

/** "00", "01" .. "99". */
const PAIRS = Uint8Array.from({ length: 200 }, (_, i) => 48 + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10));
const BILLION = 1e9;
const ZERO = 48;
const DOT = 46;
const MINUS = 45;
const COMMA = 44;
const COLON = 58;

/** An integer 0 .. 2^53. */
export function putNumber(into: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    into[at] = ZERO + value;
    return at + 1;
  }
  if (value < BILLION) return putWord(into, at, value | 0);
  const high = Math.floor(value / BILLION);
  return putNine(into, putNumber(into, at, high), value - high * BILLION);
}

/** An integer within +-2^53. */
export function putSignedNumber(into: Uint8Array, at: number, value: number): number {
  if (value >= 0) return putNumber(into, at, value);
  into[at] = MINUS;
  return putNumber(into, at + 1, -value);
}

/** Digits of an integer below 10^9, as many as it has. */
function putWord(into: Uint8Array, at: number, value: number): number {
  const end = at + digitsOf(value);
  let place = end;
  while (value >= 100) {
    const hundreds = (value / 100) | 0;
    const pair = (value - hundreds * 100) * 2;
    into[--place] = PAIRS[pair + 1]!;
    into[--place] = PAIRS[pair]!;
    value = hundreds;
  }
  if (value >= 10) {
    into[--place] = PAIRS[value * 2 + 1]!;
    into[--place] = PAIRS[value * 2]!;
  } else into[--place] = ZERO + value;
  return end;
}

function digitsOf(value: number): number {
  if (value < 10_000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  return value < 100_000_000 ? (value < 10_000_000 ? 7 : 8) : 9;
}

/** Nine digits of an integer below 10^9. */
function putNine(into: Uint8Array, at: number, value: number): number {
  for (let place = at + 7; place > at; place -= 2) {
    const hundreds = (value / 100) | 0;
    const pair = (value - hundreds * 100) * 2;
    into[place] = PAIRS[pair]!;
    into[place + 1] = PAIRS[pair + 1]!;
    value = hundreds;
  }
  into[at] = ZERO + value;
  return at + 9;
}

/** Nanoseconds since the epoch. */
export function putInstantText(into: Uint8Array, at: number, s: number, nanos: number): number {
  return s === 0 ? putNumber(into, at, nanos) : putNine(into, putNumber(into, at, s), nanos);
}

/** Text of 7-bit characters. */
export function putAscii(into: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) into[at++] = text.charCodeAt(i);
  return at;
}

export function putBytes(into: Uint8Array, at: number, bytes: Uint8Array): number {
  const { length } = bytes;
  // A call costs as much as a few dozen bytes of a loop.
  if (length > 48) into.set(bytes, at);
  else for (let i = 0; i < length; i++) into[at + i] = bytes[i]!;
  return at + length;
}

export function putAddressText(into: Uint8Array, at: number, address: Uint8Array): number {
  if (address.length !== 4) return putAscii(into, at, addressText(address));
  at = putNumber(into, at, address[0]!);
  for (let i = 1; i < 4; i++) {
    into[at++] = DOT;
    at = putNumber(into, at, address[i]!);
  }
  return at;
}

/** `bucket:count,bucket:count` of pairs [bucket, count, ...]. */
export function putHistogramText(into: Uint8Array, at: number, pairs: readonly number[]): number {
  for (let i = 0; i < pairs.length; i += 2) {
    if (i > 0) into[at++] = COMMA;
    at = putNumber(into, at, pairs[i]!);
    into[at++] = COLON;
    at = putNumber(into, at, pairs[i + 1]!);
  }
  return at;
}
