import { RefusedValueError } from "./refused.ts";
import type { TextTableWriter } from "./text-table.ts";
import { putCount, putFlagged, putSigned } from "./varint.ts";

/** Seconds that an instant may have: 0 .. 2^32-1, which is 1970 to 2106. */
export const MAX_SECOND = 0xffffffff;

function checkInstant(s: number, nanos: number): void {
  if (!(s >= 0 && s <= MAX_SECOND && Number.isInteger(s) && nanos >= 0 && nanos < 1e9 && Number.isInteger(nanos))) {
    throw new RefusedValueError(`cannot write ${s} s ${nanos} ns as an instant`);
  }
}

/** Whole microseconds from one instant to another, each floored. */
export function putInstant(
  into: Uint8Array,
  at: number,
  s: number,
  nanos: number,
  fromS: number,
  fromNanos: number,
): number {
  checkInstant(s, nanos);
  const us = Math.floor(nanos / 1000);
  at = putSigned(into, at, (s - fromS) * 1_000_000 + us - Math.floor(fromNanos / 1000));
  const below = nanos - us * 1000;
  return below === 0 ? at : putCount(into, at, below);
}

export function putSecond(into: Uint8Array, at: number, s: number, fromS: number): number {
  checkInstant(s, 0);
  return putSigned(into, at, s - fromS);
}

export function putFollowing(into: Uint8Array, at: number, value: number, before: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RefusedValueError(`cannot write ${String(value)} as a count of 0 to 2^53-1`);
  }
  return putSigned(into, at, value - before);
}

/** An address of 4 or 16 bytes; which one is told by a bit of the bitmap. */
export function putAddress(into: Uint8Array, at: number, address: Uint8Array): number {
  const length = address.length;
  if (length !== 4 && length !== 16) throw new RefusedValueError(`cannot write ${length} bytes as an address`);
  for (let i = 0; i < length; i++) into[at + i] = address[i]!;
  return at + length;
}

/** Pairs [bucket, count, ...], buckets rising. Most buckets of a few samples have one of them. */
export function putHistogram(into: Uint8Array, at: number, pairs: readonly number[]): number {
  at = putCount(into, at, pairs.length / 2);
  let next = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    const bucket = pairs[i]!;
    if (!(bucket >= next)) throw new RefusedValueError("cannot write a histogram whose buckets do not rise");
    const count = pairs[i + 1]!;
    at = putFlagged(into, at, bucket - next, count === 1 ? 0 : 1);
    if (count !== 1) at = putCount(into, at, count);
    next = bucket + 1;
  }
  return at;
}

/** Names are sorted, so that equal tallies make equal bytes whatever came first. */
export function putTally(
  into: Uint8Array,
  at: number,
  tally: ReadonlyMap<string, number>,
  texts: TextTableWriter,
): number {
  at = putCount(into, at, tally.size);
  for (const name of [...tally.keys()].sort()) {
    at = texts.put(into, at, name);
    at = putCount(into, at, tally.get(name)!);
  }
  return at;
}

export function refuseSymbol(value: unknown): never {
  throw new RefusedValueError(`cannot write ${JSON.stringify(value)} as one of the declared names`);
}
