import {
  type DataPdu,
  decoderOf,
  formatLine,
  type LineDecoder,
  lineDecoderOf,
  linePrefix,
  MalformedError,
  type ObservationType,
  observationTypes,
  specialPdus,
  typeByCode,
} from "@trafmon/observation";
import type { Counters } from "@trafmon/runtime";
import type { OneWay } from "../consolidate/one-way.ts";
import type { ProbeStream } from "../remember/probe-stream.ts";
import type { CommittedLogs } from "../write/committed-logs.ts";
import type { OwnEvents } from "../write/own-events.ts";
import { tellGap } from "./tell-gap.ts";
import type { UndescribedPdus } from "./undescribed-pdus.ts";

/** Where sightings go, and what says how complete they are. */
export type OneWayIntake = Pick<OneWay, "takeSightings" | "takeMark" | "takeGap" | "takeEnd">;

export interface IntakeParts {
  readonly logs: CommittedLogs;
  readonly events: OwnEvents;
  readonly counters: Counters;
  readonly oneWay: OneWayIntake;
  readonly undescribed: UndescribedPdus;
  /** Told of each PDU as it is written, in order, and of definitions that are said again. */
  onTaken?(pdu: DataPdu): void;
  /** Told of a heartbeat when everything before it has been taken. */
  onHeartbeat?(pdu: DataPdu): void;
  /** PDUs beyond the next expected one that are kept in memory. */
  readonly windowPdus: number;
}

/** Definitions asked for so often without an answer are not to be had any more. */
const MAX_REQUESTS = 30;

/**
 * Takes the PDUs of one probe run and writes each exactly once, in order of sequence, whatever order they come in and
 * however often. What comes early waits in memory, unacknowledged.
 */
export class StreamIntake {
  readonly stream: ProbeStream;
  readonly #parts: IntakeParts;
  readonly #prefix: string;
  readonly #early = new Map<number, DataPdu>();
  /** Requests for definitions since the last that brought any. */
  #requests = 0;
  #watermarkS: number | null = null;

  constructor(stream: ProbeStream, parts: IntakeParts) {
    this.stream = stream;
    this.#parts = parts;
    this.#prefix = linePrefix(stream.probe, stream.run);
  }

  /** The probe has said that nothing comes after what it sent. */
  get hasEnded(): boolean {
    return this.stream.hasEnded;
  }

  /** Everything the probe captured before this second has been taken; null: nothing has. */
  get watermarkS(): number | null {
    return this.#watermarkS;
  }

  /** PDUs that wait in memory for what comes before them. */
  get earlyPdus(): number {
    return this.#early.size;
  }

  /** Sequences that are here but not on stable storage, rising; within a window of the safe ones. */
  held(): number[] {
    const { safeThrough, through } = this.stream;
    // A gap notice, or a run of which nothing is known, moves `through` by any distance.
    const last = safeThrough + this.#parts.windowPdus;
    const taken = Array.from({ length: Math.min(through, last) - safeThrough }, (_, i) => safeThrough + 1 + i);
    const early = [...this.#early.keys()].filter((sequence) => sequence <= last);
    return [...taken, ...early.sort((a, b) => a - b)];
  }

  /** Flow ids without which PDUs cannot be written; called again until they have come. */
  wanted(): readonly number[] {
    // What found no room to wait in may find it now.
    this.#writeInOrder();
    const flows = this.#undescribedFlows();
    if (flows.length === 0) return [];
    if (++this.#requests <= MAX_REQUESTS) return flows;
    this.giveUpWaiting();
    return [];
  }

  /** Writes what waits for descriptions as it is: they are not to be had any more. */
  giveUpWaiting(): void {
    const flows = this.#undescribedFlows();
    this.#parts.events.tell(
      "warning",
      "definitions_missing",
      this.stream.probe,
      "records are written whose flows nobody can describe any more",
      { run: this.stream.run, flows: flows.slice(0, 16), count: flows.length },
    );
    for (const id of flows) this.stream.describe(id);
    this.#writeDescribed();
    this.#writeInOrder();
  }

  #undescribedFlows(): readonly number[] {
    return this.#parts.undescribed.flowsOf(this.stream).filter((id) => !this.stream.isDescribed(id));
  }

  /**
   * Takes a PDU that is known to come from the probe. The bytes may be used again afterwards. False when there is no
   * place for it yet: then it must come again.
   */
  take(pdu: DataPdu): boolean {
    if (pdu.type === specialPdus.heartbeat) this.#noteHeartbeat(pdu);
    else if (pdu.isRepeat) this.#takeRepeat(pdu);
    else return this.#takeNumbered(pdu);
    return true;
  }

  #takeNumbered(pdu: DataPdu): boolean {
    const { counters, windowPdus } = this.#parts;
    const { through } = this.stream;
    if (pdu.sequence > through + windowPdus) {
      counters.byReason("pdus_dropped").add("beyond the window");
      return false;
    }
    const isKnown = lastOf(pdu) <= through || this.#early.has(pdu.sequence);
    if (isKnown) counters.counter("pdus_duplicate").add();
    else if (pdu.sequence > through + 1 || this.#early.size > 0 || !this.#write(pdu)) {
      this.#early.set(pdu.sequence, { ...pdu, body: Buffer.from(pdu.body) });
      this.#writeInOrder();
    }
    return true;
  }

  /** Its watermark counts once everything before it is here. */
  #noteHeartbeat(pdu: DataPdu): void {
    if (pdu.sequence !== this.stream.through + 1) return;
    this.#noteWatermark(pdu);
    this.#parts.onHeartbeat?.(pdu);
  }

  #noteWatermark(pdu: DataPdu): void {
    const { watermark } = pdu;
    if (watermark.s > 0) this.#watermarkS = Math.max(watermark.s, this.#watermarkS ?? 0);
    // A gap notice has that of another PDU, and maybe none at all.
    if (pdu.type !== specialPdus.gap) this.#parts.oneWay.takeMark(this.stream, pdu);
  }

  /** What a probe no longer holds was acknowledged by an earlier state of ours, and does not come again. */
  skipTo(sequence: number): void {
    this.stream.through = sequence - 1;
    this.#parts.oneWay.takeGap(this.stream);
  }

  /** Definitions said again have no sequence: what waits for them is in the way of everything that has one. */
  #takeRepeat(pdu: DataPdu): void {
    try {
      this.#writeDefinitions(pdu);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#tellMalformed(pdu, error);
    }
    this.#parts.onTaken?.(pdu);
    this.#writeInOrder();
  }

  #writeInOrder(): void {
    for (;;) {
      const next = this.#early.get(this.stream.through + 1) ?? this.#overlapping();
      if (next === undefined || !this.#write(next)) return;
      this.#early.delete(next.sequence);
    }
  }

  /** A gap notice whose first sequences have come after all: the probe sent them before it dropped them. */
  #overlapping(): DataPdu | undefined {
    const { through } = this.stream;
    for (const pdu of this.#early.values()) if (pdu.sequence <= through && lastOf(pdu) > through) return pdu;
    return undefined;
  }

  /** Writes the PDU that is next; false when it must wait for definitions, and there is no room for it here. */
  #write(pdu: DataPdu): boolean {
    try {
      if (!this.#writeRecords(pdu)) return false;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#tellMalformed(pdu, error);
    }
    this.#passOver(pdu);
    this.#noteWatermark(pdu);
    if (pdu.type === specialPdus.end) this.#parts.oneWay.takeEnd(this.stream);
    this.#parts.onTaken?.(pdu);
    this.#parts.counters.counter("pdus_taken").add();
    return true;
  }

  /** Early copies of what a gap notice covers go with it. */
  #passOver(pdu: DataPdu): void {
    const last = lastOf(pdu);
    this.stream.through = last;
    if (last === pdu.sequence) return;
    for (const early of this.#early.values()) {
      if (early !== pdu && lastOf(early) <= last) this.#early.delete(early.sequence);
    }
  }

  #writeRecords(pdu: DataPdu): boolean {
    if (pdu.type === specialPdus.gap) this.#takeGap(pdu);
    else if (pdu.type === specialPdus.end) {
      // A probe that has everything acknowledged goes, and nobody could describe its flows any more.
      if (this.#undescribedFlows().length > 0) return false;
      this.stream.hasEnded = true;
    } else {
      const type = typeByCode(pdu.type);
      if (type === undefined) this.#parts.counters.byReason("pdus_skipped").add("unknown type");
      else if (type === observationTypes.flow) this.#writeFlows(pdu);
      else if (type === observationTypes.owsig) this.#parts.oneWay.takeSightings(this.stream, pdu);
      else return this.#writeLines(pdu, type, lineDecoderOf(type));
    }
    return true;
  }

  #writeFlows(pdu: DataPdu): void {
    const described: number[] = [];
    const decode = lineDecoderOf(observationTypes.flow);
    const visitor = { flowId: (id: number) => void described.push(id) };
    const lines = decode(pdu.body, pdu.recordCount, this.#prefix, pdu.firstRecordNo, visitor);
    this.#append(observationTypes.flow, lines, pdu.recordCount);
    for (const id of described) this.stream.describe(id);
    this.#writeDescribed();
  }

  /** Writes a PDU, or has it wait for the descriptions of its flows. False when there is no room left to wait in. */
  #writeLines(pdu: DataPdu, type: ObservationType, decode: LineDecoder): boolean {
    const { undescribed } = this.#parts;
    const missing = new Set<number>();
    const visitor = {
      flowId: (id: number) => {
        if (!this.stream.isDescribed(id)) missing.add(id);
      },
    };
    const lines = decode(pdu.body, pdu.recordCount, this.#prefix, pdu.firstRecordNo, visitor);
    if (missing.size > 0 || undescribed.hasOf(this.stream, pdu.type)) {
      const isHeld = undescribed.hold(this.stream, pdu, [...missing]);
      if (isHeld) this.#parts.counters.counter("pdus_undescribed").add();
      return isHeld;
    }
    this.#append(type, lines, pdu.recordCount);
    return true;
  }

  /** Writes what waited for descriptions that are here now. */
  #writeDescribed(): void {
    const isDescribed = (id: number) => this.stream.isDescribed(id);
    this.#parts.undescribed.release(this.stream, isDescribed, ({ type: code, body, recordCount, firstRecordNo }) => {
      const type = typeByCode(code);
      if (type === undefined) return;
      const lines = lineDecoderOf(type)(body, recordCount, this.#prefix, firstRecordNo, null);
      this.#append(type, lines, recordCount);
      this.#requests = 0;
    });
  }

  /** Writes those definitions of a repeat that are not in the logs yet. */
  #writeDefinitions(pdu: DataPdu): void {
    const type = typeByCode(pdu.type);
    if (type?.family !== "identity") return;
    // The end of a flow describes nothing that a record could wait for.
    if (type === observationTypes.flowend) return;
    if (type !== observationTypes.flow) {
      // Slices and hops have no ids that could be known already; the loader takes them twice as once.
      const lines = lineDecoderOf(type)(pdu.body, pdu.recordCount, this.#prefix, pdu.firstRecordNo, null);
      return this.#append(type, lines, pdu.recordCount);
    }
    const format = formatLine(observationTypes.flow);
    let lines = "";
    let count = 0;
    decoderOf(observationTypes.flow)(pdu.body, pdu.recordCount, (record, index) => {
      if (this.stream.isDescribed(record.flow_id)) return;
      lines += `${format(record, this.stream.probe, this.stream.run, pdu.firstRecordNo + index)}\n`;
      this.stream.describe(record.flow_id);
      count++;
    });
    if (count > 0) this.#append(observationTypes.flow, lines, count);
    this.#writeDescribed();
  }

  #append(type: ObservationType, lines: string, records: number): void {
    this.#parts.logs.append(type, lines);
    this.#parts.counters.counter(`records_written_${type.name}`).add(records);
  }

  #takeGap(pdu: DataPdu): void {
    const { mayHoldSightings } = tellGap(pdu, lastOf(pdu), this.stream, this.#parts.events);
    if (mayHoldSightings) this.#parts.oneWay.takeGap(this.stream);
  }

  /** It is sealed by the probe, so it is what the probe meant; to wait for a better copy would wait for ever. */
  #tellMalformed(pdu: DataPdu, error: MalformedError): void {
    this.#parts.counters.byReason("pdus_skipped").add("malformed");
    if (pdu.type === observationTypes.owsig.code) this.#parts.oneWay.takeGap(this.stream);
    this.#parts.events.tell("error", "pdu_malformed", this.stream.probe, "a PDU cannot be understood and is left out", {
      run: this.stream.run,
      sequence: pdu.sequence,
      type: pdu.type,
      records: pdu.recordCount,
      reason: error.message,
    });
  }
}

/** Last sequence that a PDU stands for: its own, unless it is a gap notice. */
function lastOf(pdu: DataPdu): number {
  return pdu.type === specialPdus.gap ? pdu.sequence + Math.max(1, pdu.recordCount) - 1 : pdu.sequence;
}
