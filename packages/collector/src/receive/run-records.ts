import {
  type DataPdu,
  lineDecoderOf,
  linePrefix,
  type ObservationType,
  observationTypes,
  typeByCode,
} from "@trafmon/observation";
import type { Counters } from "@trafmon/runtime";
import type { ProbeStream } from "../remember/probe-stream.ts";
import type { CommittedLogs } from "../write/committed-logs.ts";
import type { UndescribedPdus } from "./undescribed-pdus.ts";

export interface RecordParts {
  readonly logs: CommittedLogs;
  readonly counters: Counters;
  readonly undescribed: UndescribedPdus;
}

/** Definitions asked for so often without an answer are not to be had any more. */
const MAX_REQUESTS = 30;

/** Writes the records of one run into the logs. Those whose flows nobody has described yet wait until somebody has. */
export class RunRecords {
  readonly #stream: ProbeStream;
  readonly #parts: RecordParts;
  readonly #prefix: string;
  /** Requests for definitions since the last that brought any. */
  #requests = 0;

  constructor(stream: ProbeStream, parts: RecordParts) {
    this.#stream = stream;
    this.#parts = parts;
    this.#prefix = linePrefix(stream.probe, stream.run);
  }

  /** Ids of flows that records wait for. */
  get undescribedFlows(): readonly number[] {
    return this.#parts.undescribed.flowsOf(this.#stream).filter((id) => !this.#stream.isDescribed(id));
  }

  /** Notes that definitions are asked for; false when that has been in vain too often. */
  noteRequest(): boolean {
    return ++this.#requests <= MAX_REQUESTS;
  }

  /**
   * Writes the records of a PDU, or has them wait for the descriptions of their flows. False when there is no room left
   * to wait in.
   * @throws {MalformedError} before anything was written
   */
  write(pdu: DataPdu, type: ObservationType): boolean {
    if (type !== observationTypes.flow) return this.#writeLines(pdu, type);
    this.#writeFlows(pdu);
    return true;
  }

  /**
   * Writes those definitions of a repeat that are not in the logs yet.
   * @throws {MalformedError}
   */
  writeDefinitions(pdu: DataPdu): void {
    const type = typeByCode(pdu.type);
    if (type?.family !== "identity") return;
    // The end of a flow describes nothing that a record could wait for.
    if (type === observationTypes.flowend) return;
    if (type !== observationTypes.flow) {
      // Slices and hops have no ids that could be known already; the loader takes them twice as once.
      const lines = lineDecoderOf(type)(pdu.body, pdu.recordCount, this.#prefix, pdu.firstRecordNo, null);
      return this.#append(type, lines, pdu.recordCount);
    }
    const ids: number[] = [];
    const visitor = { flowId: (id: number) => void ids.push(id) };
    const decode = lineDecoderOf(observationTypes.flow);
    // All are read before one counts: of what cannot be understood to its end nothing is written.
    const bytes = decode(pdu.body, pdu.recordCount, this.#prefix, pdu.firstRecordNo, visitor);
    const lines = Buffer.from(bytes).toString("utf8").split("\n");
    const fresh = ids.flatMap((id, index) => {
      if (this.#stream.isDescribed(id)) return [];
      this.#stream.describe(id);
      return [`${lines[index]}\n`];
    });
    if (fresh.length > 0) this.#append(observationTypes.flow, fresh.join(""), fresh.length);
    this.#writeDescribed();
  }

  /** Writes what waits for these descriptions as it is: they are not to be had any more. */
  giveUpOn(flows: readonly number[]): void {
    for (const id of flows) this.#stream.describe(id);
    this.#writeDescribed();
  }

  #writeFlows(pdu: DataPdu): void {
    const described: number[] = [];
    const decode = lineDecoderOf(observationTypes.flow);
    const visitor = { flowId: (id: number) => void described.push(id) };
    const lines = decode(pdu.body, pdu.recordCount, this.#prefix, pdu.firstRecordNo, visitor);
    this.#append(observationTypes.flow, lines, pdu.recordCount);
    for (const id of described) this.#stream.describe(id);
    this.#writeDescribed();
  }

  #writeLines(pdu: DataPdu, type: ObservationType): boolean {
    const { undescribed } = this.#parts;
    const missing = new Set<number>();
    const visitor = {
      flowId: (id: number) => {
        if (!this.#stream.isDescribed(id)) missing.add(id);
      },
    };
    const lines = lineDecoderOf(type)(pdu.body, pdu.recordCount, this.#prefix, pdu.firstRecordNo, visitor);
    if (missing.size > 0 || undescribed.hasOf(this.#stream, pdu.type)) {
      const isHeld = undescribed.hold(this.#stream, pdu, [...missing]);
      if (isHeld) this.#parts.counters.counter("pdus_undescribed").add();
      return isHeld;
    }
    this.#append(type, lines, pdu.recordCount);
    return true;
  }

  /** Writes what waited for descriptions that are here now. */
  #writeDescribed(): void {
    const isDescribed = (id: number) => this.#stream.isDescribed(id);
    this.#parts.undescribed.release(this.#stream, isDescribed, ({ type: code, body, recordCount, firstRecordNo }) => {
      const type = typeByCode(code);
      if (type === undefined) return;
      const lines = lineDecoderOf(type)(body, recordCount, this.#prefix, firstRecordNo, null);
      this.#append(type, lines, recordCount);
      this.#requests = 0;
    });
  }

  /** `lines`: text, or bytes that are taken at once. */
  #append(type: ObservationType, lines: string | Uint8Array, records: number): void {
    this.#parts.logs.append(type, lines);
    this.#parts.counters.counter(`records_written_${type.name}`).add(records);
  }
}
