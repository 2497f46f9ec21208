import { ByteReader } from "../codec/byte-reader.ts";
import { MalformedError } from "../codec/refused.ts";
import { putCount } from "../codec/varint.ts";
import { MAX_RECORDS } from "./data-pdu.ts";

/** A PDU that was dropped: what a gap notice says of each sequence it stands for. */
export interface DroppedPdu {
  readonly type: number;
  readonly recordCount: number;
  readonly firstRecordNo: number;
  /** Seconds of its watermark. */
  readonly watermarkS: number;
}

/** One of which nothing is known any more but that it was sent: what a damaged spool lost. */
export const UNKNOWN_PDU: DroppedPdu = { type: 0, recordCount: 0, firstRecordNo: 0, watermarkS: 0 };

/** A watermark has four bytes for them. */
const MAX_WATERMARK_S = 2 ** 32 - 1;
/** Longest an entry can be. */
const ENTRY_BYTES = 1 + 3 + 8 + 5;

/**
 * Body of a gap notice: for each dropped PDU in order of sequence its type (1 byte), record count, number of the first
 * record, and its watermark in seconds, all varints.
 */
export function writeGapBody(dropped: readonly DroppedPdu[]): Buffer {
  const into = Buffer.allocUnsafe(dropped.length * ENTRY_BYTES);
  let at = 0;
  for (const pdu of dropped) {
    into[at++] = pdu.type;
    at = putCount(into, at, pdu.recordCount);
    at = putCount(into, at, pdu.firstRecordNo);
    at = putCount(into, at, pdu.watermarkS);
  }
  return into.subarray(0, at);
}

/** Most dropped PDUs that a body of so many bytes is sure to hold. */
export function gapEntriesIn(bytes: number): number {
  return Math.max(1, Math.floor(bytes / ENTRY_BYTES));
}

/** Reads a body of `count` entries. @throws {MalformedError} */
export function readGapBody(body: Uint8Array, count: number): DroppedPdu[] {
  const reader = new ByteReader(body);
  const dropped: DroppedPdu[] = [];
  for (let i = 0; i < count; i++) {
    const entry = {
      type: reader.u8(),
      recordCount: reader.count(),
      firstRecordNo: reader.count(),
      watermarkS: reader.count(),
    };
    // No PDU says so much; written again it would take more than the bytes an entry is sure to take.
    if (entry.recordCount > MAX_RECORDS || entry.watermarkS > MAX_WATERMARK_S)
      throw new MalformedError("a gap notice says more of a PDU than one can hold");
    dropped.push(entry);
  }
  return dropped;
}
