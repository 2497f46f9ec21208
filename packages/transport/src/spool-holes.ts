import { type DroppedPdu, gapEntriesIn, UNKNOWN_PDU } from "@trafmon/observation";
import { gapPdu } from "./gap-pdu.ts";
import type { OutgoingPdu } from "./outgoing-pdu.ts";

/**
 * Puts gap notices where sequences from `firstSequence` (included) to `nextSequence` (not included) are missing, so that
 * a collector does not wait for them. What they held nobody can say any more. `pdus` rise.
 */
export function fillHoles(
  pdus: readonly OutgoingPdu[],
  firstSequence: number,
  nextSequence: number,
  maxBodyBytes: number,
): readonly OutgoingPdu[] {
  const filled: OutgoingPdu[] = [];
  let next = firstSequence;
  const fillTo = (sequence: number) => {
    while (next < sequence) {
      const count = Math.min(sequence - next, gapEntriesIn(maxBodyBytes));
      const unknown = Array.from({ length: count }, (): DroppedPdu => UNKNOWN_PDU);
      filled.push(gapPdu(next, unknown, filled.at(-1)));
      next += count;
    }
  };
  for (const pdu of pdus) {
    if (pdu.sequence < next || pdu.sequence + pdu.span > nextSequence) continue;
    fillTo(pdu.sequence);
    filled.push(pdu);
    next = pdu.sequence + pdu.span;
  }
  fillTo(nextSequence);
  return filled;
}
