import type { ByteReader } from "./byte-reader.ts";
import { MAX_SECOND } from "./put-values.ts";
import { MalformedError } from "./refused.ts";
import type { TextTableReader } from "./text-table.ts";

/** A second read as a difference. */
export function getSecond(reader: ByteReader, fromS: number): number {
  const s = fromS + reader.signed();
  if (!(s >= 0 && s <= MAX_SECOND)) throw new MalformedError("cannot hold a second outside 0 .. 2^32-1");
  return s;
}

let instantNanos = 0;

/** Seconds of an instant read as a difference in microseconds. `below`: whether 0..999 ns follow. */
export function getInstant(reader: ByteReader, below: boolean, fromS: number, fromNanos: number): number {
  const us = reader.signed() + Math.floor(fromNanos / 1000);
  const steps = Math.floor(us / 1_000_000);
  const s = fromS + steps;
  if (!(s >= 0 && s <= MAX_SECOND)) throw new MalformedError("cannot hold an instant outside 0 .. 2^32 s");
  const nanos = below ? reader.count() : 0;
  if (nanos > 999) throw new MalformedError("cannot hold more than 999 ns below a microsecond");
  instantNanos = (us - steps * 1_000_000) * 1000 + nanos;
  return s;
}

/** Nanoseconds of the instant that `getInstant` read last. */
export function nanosOfInstant(): number {
  return instantNanos;
}

export function getFollowing(reader: ByteReader, before: number): number {
  const value = before + reader.signed();
  if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER)) {
    throw new MalformedError("cannot hold a count outside 0 .. 2^53-1");
  }
  return value;
}

export function getSymbol(reader: ByteReader, symbols: readonly string[]): string {
  const symbol = symbols[reader.u8()];
  if (symbol === undefined) throw new MalformedError("cannot find a symbol of this number");
  return symbol;
}

/** Pairs [bucket, count, ...], buckets rising. */
export function getHistogram(reader: ByteReader): number[] {
  const pairs: number[] = [];
  let next = 0;
  for (let left = reader.length(); left > 0; left--) {
    const bucket = next + reader.flagged();
    if (bucket > Number.MAX_SAFE_INTEGER) throw new MalformedError("cannot hold a bucket above 2^53-1");
    pairs.push(bucket, reader.flag === 0 ? 1 : reader.count());
    next = bucket + 1;
  }
  return pairs;
}

export function getTally(reader: ByteReader, texts: TextTableReader): Map<string, number> {
  const tally = new Map<string, number>();
  for (let left = reader.length(2); left > 0; left--) {
    const name = texts.read(reader);
    tally.set(name, reader.count());
  }
  return tally;
}
