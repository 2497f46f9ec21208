import { type DataPdu, observationTypes, readGapBody, typeByCode, UNKNOWN_PDU } from "@trafmon/observation";
import type { ProbeStream } from "../remember/probe-stream.ts";
import type { OwnEvents } from "../write/own-events.ts";

/**
 * Tells what a gap notice says to be lost, as far as it has not come all the same. `last`: the last sequence it stands for.
 * @throws {MalformedError}
 */
export function tellGap(
  pdu: DataPdu,
  last: number,
  stream: ProbeStream,
  events: Pick<OwnEvents, "tell">,
): { readonly mayHoldSightings: boolean } {
  const dropped = readGapBody(pdu.body, pdu.recordCount).slice(stream.through + 1 - pdu.sequence);
  const known = dropped.filter((each) => each.type !== UNKNOWN_PDU.type);
  const byType: Record<string, number> = {};
  for (const each of known) {
    const name = typeByCode(each.type)?.name ?? `type ${each.type}`;
    byType[name] = (byType[name] ?? 0) + each.recordCount;
  }
  const watermarksS = known.map((each) => each.watermarkS);
  const isDamage = known.length < dropped.length;
  events.tell(
    "error",
    "records_lost",
    stream.probe,
    isDamage ? "a spool was damaged and records were lost" : "a spool was full and records were lost",
    {
      run: stream.run,
      from_sequence: stream.through + 1,
      to_sequence: last,
      records: byType,
      // Of these nobody knows what they held.
      unknown_pdus: dropped.length - known.length,
      ...(known.length > 0 && {
        first_watermark_s: Math.min(...watermarksS),
        last_watermark_s: Math.max(...watermarksS),
      }),
    },
  );
  return { mayHoldSightings: isDamage || known.some((each) => each.type === observationTypes.owsig.code) };
}
