import { type DroppedPdu, gapEntriesIn, readDataPdu, readGapBody, specialPdus, typeByCode } from "@trafmon/observation";
import { gapPdu } from "./gap-pdu.ts";
import type { OutgoingPdu } from "./outgoing-pdu.ts";
import type { Thinned } from "./spool-segment.ts";

export interface Thinning {
  readonly pdus: readonly OutgoingPdu[];
  /** What went, without what had gone before. */
  readonly dropped: readonly DroppedPdu[];
}

/**
 * Leaves counters out, or, in the last resort, items as well; never definitions. Gap notices stand in for the
 * sequences of what went, so that a collector neither waits for them nor mistakes the loss for none.
 */
export function thinOut(pdus: readonly OutgoingPdu[], to: Thinned, maxBodyBytes: number): Thinning {
  const kept: OutgoingPdu[] = [];
  const dropped: DroppedPdu[] = [];
  let gap: DroppedPdu[] = [];
  let gapSequence = 0;
  const closeGap = () => {
    if (gap.length > 0) kept.push(gapPdu(gapSequence, gap, pdus[0]));
    gap = [];
  };
  for (const pdu of pdus) {
    const entries = droppedEntries(pdu, to);
    if (entries === null) {
      closeGap();
      kept.push(pdu);
      continue;
    }
    if (gap.length === 0) gapSequence = pdu.sequence;
    gap.push(...entries);
    if (pdu.type !== specialPdus.gap) dropped.push(...entries);
    if (gap.length >= gapEntriesIn(maxBodyBytes)) closeGap();
  }
  closeGap();
  return { pdus: kept, dropped };
}

/** What stands for a PDU in a gap notice, or null when it stays. */
function droppedEntries(pdu: OutgoingPdu, to: Thinned): DroppedPdu[] | null {
  const { type, recordCount, firstRecordNo, watermark, body } = readDataPdu(pdu.bytes);
  if (type === specialPdus.gap) return readGapBody(body, recordCount);
  const family = typeByCode(type)?.family;
  const goes = family === "counter" || (family === "item" && to === "definitions only");
  return goes ? [{ type, recordCount, firstRecordNo, watermarkS: watermark.s }] : null;
}

/** Name of a PDU's type, for what is counted by it. */
export function nameOf(type: number): string {
  return typeByCode(type)?.name ?? Object.entries(specialPdus).find(([, code]) => code === type)?.[0] ?? "unknown";
}
