import { ByteReader } from "../codec/byte-reader.ts";
import { MalformedError } from "../codec/refused.ts";
import { putCount } from "../codec/varint.ts";

/** Widest span of sequences that the bitmap speaks of: 1024 bits. */
const MAX_BITMAP_BYTES = 128;
/** PDUs a probe may have on the way beyond the last acknowledged one. */
export const WINDOW_PDUS = MAX_BITMAP_BYTES * 8;

/**
 * Sealed part of an acknowledgement: next (varint), then a bitmap, lowest bit of the first byte first.
 *
 * Every sequence below `next` is on stable storage: the probe may forget it. Bit i says that `next + i` is in memory,
 * on its way to the disk or waiting for what comes before it: the probe keeps it, but need not send it again in this
 * session.
 */
export interface Acknowledgement {
  readonly next: number;
  /** Sequences held, rising, all within WINDOW_PDUS from `next` on. */
  readonly held: readonly number[];
}

export function writeAcknowledgement(ack: Acknowledgement): Buffer {
  const into = Buffer.alloc(8 + MAX_BITMAP_BYTES);
  const start = putCount(into, 0, ack.next);
  let end = start;
  for (const sequence of ack.held) {
    const bit = sequence - ack.next;
    if (bit < 0 || bit >= WINDOW_PDUS) continue;
    into[start + (bit >> 3)]! |= 1 << (bit & 7);
    end = Math.max(end, start + (bit >> 3) + 1);
  }
  return into.subarray(0, end);
}

/** @throws {MalformedError} */
export function readAcknowledgement(bytes: Uint8Array): Acknowledgement {
  const reader = new ByteReader(bytes);
  const next = reader.count();
  if (reader.left > MAX_BITMAP_BYTES) throw new MalformedError("cannot hold a bitmap this long");
  const held: number[] = [];
  for (let first = next; reader.left > 0; first += 8) {
    const byte = reader.u8();
    for (let bit = 0; bit < 8; bit++) if (((byte >> bit) & 1) === 1) held.push(first + bit);
  }
  return { next, held };
}
