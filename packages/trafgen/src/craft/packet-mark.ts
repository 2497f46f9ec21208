import type { Instant } from "@trafmon/runtime";

/**
 * What stands at the head of the payload of crafted packets, so that receivers and probes recognise them. 28 bytes,
 * big-endian; a payload that is shorter holds as much of it as fits. The pattern behind it is byte i = (131 i + i / 8)
 * mod 256, counted from the beginning of the payload.
 *
 *     0               2               4
 *    +---------------+---------------+
 *    | magic "tMgn" = 0x744d676e     |
 *    +-------+-------+---------------+
 *    | ver=1 |   0   | stream        |
 *    +-------+-------+---------------+
 *    | number within the stream,     |
 *    | from 1, 64 bits               |
 *    +-------------------------------+
 *    | sent: seconds since the epoch |
 *    +-------------------------------+
 *    | nanoseconds                   |
 *    +-------------------------------+
 *    | run: 32 bits of the start     |
 *    +-------------------------------+
 */
export interface PacketMark {
  /** From 1, in the order of the scenario. */
  readonly stream: number;
  readonly number: number;
  /** When the packet was due; the ledger has the instant at which it went. */
  readonly sent: Instant;
  /** Tells packets of this run from those of another: the same for all packets of one. */
  readonly run: number;
}

export const MARK_BYTES = 28;
export const MARK_MAGIC = 0x744d676e;
const MARK_VERSION = 1;

/** Writes as much of a mark as `length` has room for. */
export function writeMark(
  view: DataView,
  at: number,
  length: number,
  stream: number,
  number: number,
  seconds: number,
  nanos: number,
  run: number,
): void {
  const words = length >> 2;
  if (words > 0) view.setUint32(at, MARK_MAGIC);
  if (words > 1) view.setUint32(at + 4, (MARK_VERSION << 24) | stream);
  if (words > 2) view.setUint32(at + 8, Math.floor(number / 4294967296));
  if (words > 3) view.setUint32(at + 12, number >>> 0);
  if (words > 4) view.setUint32(at + 16, seconds);
  if (words > 5) view.setUint32(at + 20, nanos);
  if (words > 6) view.setUint32(at + 24, run);
}

/** The mark at the head of a payload; null when there is none, or not all of it. */
export function readMark(payload: Uint8Array): PacketMark | null {
  if (payload.length < MARK_BYTES) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  if (view.getUint32(0) !== MARK_MAGIC || view.getUint16(4) !== MARK_VERSION << 8) return null;
  return {
    stream: view.getUint16(6),
    number: view.getUint32(8) * 4294967296 + view.getUint32(12),
    sent: { s: view.getUint32(16), nanos: view.getUint32(20) },
    run: view.getUint32(24),
  };
}

/** Bits that tell one run from another. */
export function runOf({ s, nanos }: Instant): number {
  return (Math.imul(s, 0x9e3779b1) ^ nanos) >>> 0;
}
