import { ByteReader } from "../codec/byte-reader.ts";
import { MalformedError } from "../codec/refused.ts";
import { putCount } from "../codec/varint.ts";

/**
 * Sealed part of a data datagram: one PDU. Observations of one type, or one of the special types below.
 *
 *     type                          1 byte
 *     flags                         1 byte, bit 0: repeat
 *     sequence                      varint, from 1 in each run, one number for all types
 *     watermark, seconds            4 bytes
 *     watermark, nanoseconds        4 bytes
 *     configuration hash            8 bytes
 *     record count                  varint, at most 65535
 *     number of the first record    varint, from 1 in each run and type
 *     body
 *
 * A probe keeps these bytes until they are acknowledged, sealed anew for each session.
 */
export interface DataPdu {
  /** Code of an observation type, or of `specialPdus`. */
  readonly type: number;
  /** Definitions said before, said again because the collector asked; without a sequence, and never acknowledged. */
  readonly isRepeat: boolean;
  readonly sequence: number;
  /** Everything captured before this instant was sent in this PDU or an earlier one. */
  readonly watermark: { readonly s: number; readonly nanos: number };
  /** 16 hexadecimal digits. */
  readonly configurationHash: string;
  readonly recordCount: number;
  readonly firstRecordNo: number;
  readonly body: Uint8Array;
}

/** PDU types that carry no observations. */
export const specialPdus = {
  /** Nothing to send; the sequence is the next one that will be given, and is not used up. */
  heartbeat: 0,
  /** The run is over: no sequence comes after this one. */
  end: 254,
  /** PDUs that were dropped for want of room in the spool; stands for the sequences from its own on. */
  gap: 255,
} as const;

/** Bytes before the body, at most. */
export const DATA_HEAD_BYTES = 2 + 8 + 8 + 8 + 3 + 8;
export const MAX_RECORDS = 65_535;
/** Longest body: with everything around it, it still fits a UDP datagram. */
export const MAX_BODY_BYTES = 60_000;

/** Writes all but the body and returns the position where it begins. */
export function putDataHead(into: Buffer, at: number, pdu: Omit<DataPdu, "body">): number {
  into[at] = pdu.type;
  into[at + 1] = pdu.isRepeat ? 1 : 0;
  at = putCount(into, at + 2, pdu.sequence);
  into.writeUInt32BE(pdu.watermark.s, at);
  into.writeUInt32BE(pdu.watermark.nanos, at + 4);
  into.write(pdu.configurationHash, at + 8, 8, "hex");
  at = putCount(into, at + 16, pdu.recordCount);
  return putCount(into, at, pdu.firstRecordNo);
}

export function writeDataPdu(pdu: DataPdu): Buffer {
  const into = Buffer.allocUnsafe(DATA_HEAD_BYTES + pdu.body.length);
  const at = putDataHead(into, 0, pdu);
  into.set(pdu.body, at);
  return into.subarray(0, at + pdu.body.length);
}

/** @throws {MalformedError} */
export function readDataPdu(bytes: Buffer): DataPdu {
  const reader = new ByteReader(bytes);
  const type = reader.u8();
  const flags = reader.u8();
  const sequence = reader.count();
  const watermark = { s: reader.u32(), nanos: reader.u32() };
  if (watermark.nanos > 999_999_999) throw new MalformedError("cannot hold a watermark of over 999999999 ns");
  const configurationHash = Buffer.from(reader.take(8)).toString("hex");
  const recordCount = reader.count();
  if (recordCount > MAX_RECORDS) throw new MalformedError("cannot hold so many records");
  const firstRecordNo = reader.count();
  const body = bytes.subarray(reader.at);
  return {
    type,
    isRepeat: (flags & 1) === 1,
    sequence,
    watermark,
    configurationHash,
    recordCount,
    firstRecordNo,
    body,
  };
}
