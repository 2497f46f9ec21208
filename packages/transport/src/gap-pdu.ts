import { type DroppedPdu, readDataPdu, specialPdus, writeDataPdu, writeGapBody } from "@trafmon/observation";
import { type OutgoingPdu, outgoingPdu } from "./outgoing-pdu.ts";

const NO_WATERMARK = { watermark: { s: 0, nanos: 0 }, configurationHash: "00".repeat(8) };

/**
 * The gap notice of these dropped PDUs. `like`: one of the same run and not later, whose watermark it has: a watermark
 * may come late, never early.
 */
export function gapPdu(sequence: number, dropped: readonly DroppedPdu[], like: OutgoingPdu | undefined): OutgoingPdu {
  const { watermark, configurationHash } = like === undefined ? NO_WATERMARK : readDataPdu(like.bytes);
  const bytes = writeDataPdu({
    type: specialPdus.gap,
    isRepeat: false,
    sequence,
    watermark,
    configurationHash,
    recordCount: dropped.length,
    firstRecordNo: 1,
    body: writeGapBody(dropped),
  });
  return outgoingPdu(bytes);
}
