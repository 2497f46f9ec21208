import {
  type DataPdu,
  type DroppedPdu,
  MalformedError,
  observationTypes,
  readGapBody,
  typeByCode,
  UNKNOWN_PDU,
  writeGapBody,
} from "@trafmon/observation";
import type { ProbeStream } from "../remember/probe-stream.ts";
import type { OwnEvents } from "../write/own-events.ts";

/** A gap notice and who told it: PDUs that its sender does not have any more. */
export class ToldGap {
  readonly pdu: DataPdu;
  /** Name of the sender. */
  readonly sender: string;
  readonly #dropped: readonly DroppedPdu[];
  /** What its body says cannot be understood; its sequences are sealed by the sender and count all the same. */
  readonly error: MalformedError | null;

  /** `error`: of the notice that this is a part of. */
  constructor(pdu: DataPdu, sender: string, error: MalformedError | null = null) {
    this.pdu = pdu;
    this.sender = sender;
    this.error = error;
    let dropped: readonly DroppedPdu[] = [];
    try {
      dropped = readGapBody(pdu.body, pdu.recordCount);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.error = error;
    }
    const span = Math.max(1, pdu.recordCount);
    this.#dropped = Array.from({ length: span }, (_, index) => dropped[index] ?? UNKNOWN_PDU);
  }

  /** First and last sequence that it stands for. */
  get first(): number {
    return this.pdu.sequence;
  }

  get last(): number {
    return this.first + this.#dropped.length - 1;
  }

  get #isSound(): boolean {
    return this.error === null && this.pdu.recordCount === this.#dropped.length;
  }

  covers(sequence: number): boolean {
    return sequence >= this.first && sequence <= this.last;
  }

  /** What it says of the sequences between these, both included, by itself. */
  narrowed(from: number, to: number): ToldGap {
    return from === this.first && to === this.last ? this : new ToldGap(this.part(from, to), this.sender, this.error);
  }

  /** What it says of the sequences between these, both included. */
  dropped(from: number, to: number): readonly DroppedPdu[] {
    return this.#dropped.slice(from - this.first, to + 1 - this.first);
  }

  /** A notice of the same sender for the sequences between these, both included, that can be understood in any case. */
  part(from: number, to: number): DataPdu {
    if (this.#isSound && from === this.first && to === this.last) return this.pdu;
    const dropped = this.dropped(from, to);
    return { ...this.pdu, sequence: from, recordCount: dropped.length, body: writeGapBody(dropped) };
  }
}

/** Tells that these PDUs are lost, the first of which would have been `from`. */
export function tellLost(
  dropped: readonly DroppedPdu[],
  from: number,
  stream: ProbeStream,
  events: Pick<OwnEvents, "tell">,
): void {
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
      from_sequence: from,
      to_sequence: from + dropped.length - 1,
      records: byType,
      // Of these nobody knows what they held.
      unknown_pdus: dropped.length - known.length,
      ...(known.length > 0 && {
        first_watermark_s: Math.min(...watermarksS),
        last_watermark_s: Math.max(...watermarksS),
      }),
    },
  );
}

/** Whether sightings may be among what was dropped. */
export function mayHoldSightings(dropped: readonly DroppedPdu[]): boolean {
  return dropped.some(({ type }) => type === UNKNOWN_PDU.type || type === observationTypes.owsig.code);
}
