import { type DataPdu, MalformedError, observationTypes, specialPdus, typeByCode } from "@trafmon/observation";
import type { OneWay } from "../consolidate/one-way.ts";
import type { ProbeStream } from "../remember/probe-stream.ts";
import type { OwnEvents } from "../write/own-events.ts";
import { type RecordParts, RunRecords } from "./run-records.ts";
import { tellGap } from "./tell-gap.ts";

/** Where sightings go, and what says how complete they are. */
export type OneWayIntake = Pick<OneWay, "takeSightings" | "takeMark" | "takeGap" | "takeEnd">;

export interface IntakeParts extends RecordParts {
  readonly events: OwnEvents;
  readonly oneWay: OneWayIntake;
  /** Told of each PDU as it is written, in order, and of definitions that are said again. */
  onTaken?(pdu: DataPdu): void;
  /** Told of a heartbeat when everything before it has been taken. */
  onHeartbeat?(pdu: DataPdu): void;
  /** PDUs beyond the next expected one that are kept in memory. */
  readonly windowPdus: number;
}

/**
 * Takes the PDUs of one probe run and writes each exactly once, in order of sequence, whatever order they come in and
 * however often. What comes early waits in memory, unacknowledged.
 */
export class StreamIntake {
  readonly stream: ProbeStream;
  readonly #parts: IntakeParts;
  readonly #records: RunRecords;
  readonly #early = new Map<number, DataPdu>();
  #watermarkS: number | null = null;

  constructor(stream: ProbeStream, parts: IntakeParts) {
    this.stream = stream;
    this.#parts = parts;
    this.#records = new RunRecords(stream, parts);
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
    const flows = this.#records.undescribedFlows;
    if (flows.length === 0) return [];
    if (this.#records.noteRequest()) return flows;
    this.giveUpWaiting();
    return [];
  }

  /** Writes what waits for descriptions as it is: they are not to be had any more. */
  giveUpWaiting(): void {
    const flows = this.#records.undescribedFlows;
    this.#parts.events.tell(
      "warning",
      "definitions_missing",
      this.stream.probe,
      "records are written whose flows nobody can describe any more",
      { run: this.stream.run, flows: flows.slice(0, 16), count: flows.length },
    );
    this.#records.giveUpOn(flows);
    this.#writeInOrder();
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
      this.#records.writeDefinitions(pdu);
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
      if (this.#records.undescribedFlows.length > 0) return false;
      this.stream.hasEnded = true;
    } else {
      const type = typeByCode(pdu.type);
      if (type === undefined) this.#parts.counters.byReason("pdus_skipped").add("unknown type");
      else if (type === observationTypes.owsig) this.#parts.oneWay.takeSightings(this.stream, pdu);
      else return this.#records.write(pdu, type);
    }
    return true;
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
