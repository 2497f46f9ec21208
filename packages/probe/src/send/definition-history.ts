import {
  type DataPdu,
  type DefinitionRequest,
  decoderOf,
  observationTypes,
  readDataPdu,
  typeByCode,
} from "@trafmon/observation";
import type { OutgoingPdu } from "./outgoing-pdu.ts";

const { flow, flowend } = observationTypes;

/** More are not sent for one request; a collector that misses more asks again. */
const MAX_ANSWERS = 128;

/**
 * Definitions already sent, kept so that a collector which lost its own state can ask for them again. Bounded: the
 * oldest go first, and flows that old have mostly ended.
 */
export class DefinitionHistory {
  readonly #maxBytes: number;
  readonly #kept: DataPdu[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps a PDU if it holds definitions. */
  note(pdu: OutgoingPdu): void {
    if (typeByCode(pdu.type)?.family !== "identity") return;
    const definitions = readDataPdu(pdu.bytes);
    this.#kept.push(definitions);
    this.#bytes += definitions.body.length;
    while (this.#bytes > this.#maxBytes && this.#kept.length > 1) this.#bytes -= this.#kept.shift()!.body.length;
  }

  /**
   * PDUs with what a request asks for. They have no sequence: nobody waits for them, and they must not wait behind the
   * very records that cannot be written without them. The numbers of their records show that they are repeats.
   */
  answer(request: DefinitionRequest): DataPdu[] {
    const asked = this.#kept.filter((each) => {
      if (each.type === flow.code || each.type === flowend.code) return speaksOf(each, request);
      return request.slicesAndHops;
    });
    return asked.slice(0, MAX_ANSWERS).map((each) => ({ ...each, isRepeat: true, sequence: 0 }));
  }
}

function speaksOf({ type, body, recordCount }: DataPdu, { flows }: DefinitionRequest): boolean {
  let isAsked = false;
  const look = ({ flow_id: id }: { flow_id: number }) => {
    isAsked ||= flows.some(({ from, until }) => id >= from && id < until);
  };
  if (type === flow.code) decoderOf(flow)(body, recordCount, look);
  else decoderOf(flowend)(body, recordCount, look);
  return isAsked;
}
