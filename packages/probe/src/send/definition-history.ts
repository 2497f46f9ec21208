import {
  type DataPdu,
  type DefinitionRequest,
  decoderOf,
  observationTypes,
  readDataPdu,
  typeByCode,
} from "@trafmon/observation";
import type { OutgoingPdu } from "@trafmon/transport";

const { flow, flowend } = observationTypes;

/** More are not sent for one request; a collector that misses more asks again. */
const MAX_ANSWERS = 128;

interface Kept {
  readonly pdu: DataPdu;
  /** Pairs of first and last flow id it describes; found out when somebody asks for the first time. */
  flowSpans: readonly number[] | null;
}

/**
 * Definitions already sent, kept so that a collector which lost its own state can ask for them again. Bounded: the
 * oldest go first, and flows that old have mostly ended. The ends of flows are not kept: no record waits for them.
 */
export class DefinitionHistory {
  readonly #maxBytes: number;
  #kept: Kept[] = [];
  /** How many at the beginning of `#kept` are gone: taking the first out of a long array moves all others. */
  #gone = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps a PDU if it holds definitions. */
  note(pdu: OutgoingPdu): void {
    if (pdu.type === flowend.code || typeByCode(pdu.type)?.family !== "identity") return;
    const definitions = readDataPdu(pdu.bytes);
    this.#kept.push({ pdu: definitions, flowSpans: null });
    this.#bytes += definitions.body.length;
    while (this.#bytes > this.#maxBytes && this.#kept.length - this.#gone > 1) {
      this.#bytes -= this.#kept[this.#gone++]!.pdu.body.length;
    }
    if (2 * this.#gone < this.#kept.length) return;
    this.#kept = this.#kept.slice(this.#gone);
    this.#gone = 0;
  }

  /**
   * PDUs with what a request asks for. They have no sequence: nobody waits for them, and they must not wait behind the
   * very records that cannot be written without them. The numbers of their records show that they are repeats.
   */
  answer(request: DefinitionRequest): DataPdu[] {
    const asked = this.#kept.slice(this.#gone).filter((each) => {
      return each.pdu.type === flow.code ? isAsked(each, request) : request.slicesAndHops;
    });
    return asked.slice(0, MAX_ANSWERS).map(({ pdu }) => ({ ...pdu, isRepeat: true, sequence: 0 }));
  }
}

function isAsked(kept: Kept, { flows }: DefinitionRequest): boolean {
  kept.flowSpans ??= spansOf(kept.pdu);
  const spans = kept.flowSpans;
  for (let i = 0; i < spans.length; i += 2) {
    if (flows.some(({ from, until }) => from <= spans[i + 1]! && spans[i]! < until)) return true;
  }
  return false;
}

/** Pairs of first and last flow id of a PDU of flows. */
function spansOf({ body, recordCount }: DataPdu): number[] {
  const spans: number[] = [];
  decoderOf(flow)(body, recordCount, ({ flow_id: id }) => {
    if (spans.at(-1) === id - 1) spans[spans.length - 1] = id;
    else spans.push(id, id);
  });
  return spans;
}
