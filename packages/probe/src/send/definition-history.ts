import { type DefinitionRequest, decoderOf, observationTypes, readDataPdu, typeByCode } from "@trafmon/observation";
import type { OutgoingPdu } from "./outgoing-pdu.ts";

const { flow, flowend } = observationTypes;

export interface Definitions {
  readonly type: number;
  readonly recordCount: number;
  readonly firstRecordNo: number;
  readonly body: Uint8Array;
}

/**
 * Definitions already sent, kept so that a collector which lost its own state can ask for them again. Bounded: the
 * oldest go first, and flows that old have mostly ended.
 */
export class DefinitionHistory {
  readonly #maxBytes: number;
  readonly #kept: Definitions[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps a PDU if it holds definitions said for the first time. */
  note(pdu: OutgoingPdu): void {
    if (typeByCode(pdu.type)?.family !== "identity") return;
    const { type, recordCount, firstRecordNo, body, isRepeat } = readDataPdu(pdu.bytes);
    if (isRepeat) return;
    this.#kept.push({ type, recordCount, firstRecordNo, body });
    this.#bytes += body.length;
    while (this.#bytes > this.#maxBytes && this.#kept.length > 1) this.#bytes -= this.#kept.shift()!.body.length;
  }

  /** What a request asks for, in the order it was said. */
  answer(request: DefinitionRequest): Definitions[] {
    return this.#kept.filter((each) => {
      if (each.type === flow.code || each.type === flowend.code) return speaksOf(each, request);
      return request.slicesAndHops;
    });
  }
}

function speaksOf({ type, body, recordCount }: Definitions, { flows }: DefinitionRequest): boolean {
  let isAsked = false;
  const look = ({ flow_id: id }: { flow_id: number }) => {
    isAsked ||= flows.some(({ from, until }) => id >= from && id < until);
  };
  if (type === flow.code) decoderOf(flow)(body, recordCount, look);
  else decoderOf(flowend)(body, recordCount, look);
  return isAsked;
}
