import {
  type DataPdu,
  gapEntriesIn,
  MAX_BODY_BYTES,
  MalformedError,
  observationTypes,
  specialPdus,
  typeByCode,
} from "@trafmon/observation";
import type { OneWay } from "../consolidate/one-way.ts";
import type { ProbeStream } from "../remember/probe-stream.ts";
import type { OwnEvents } from "../write/own-events.ts";
import { EarlyPdus, lastOf } from "./early-pdus.ts";
import { type RecordParts, RunRecords } from "./run-records.ts";
import { mayHoldSightings, type ToldGap, tellLost } from "./told-gap.ts";

/** Where sightings go, and what says how complete they are. */
export type OneWayIntake = Pick<OneWay, "takeSightings" | "takeMark" | "takeGap" | "takeEnd">;

export interface IntakeParts extends RecordParts {
  readonly events: OwnEvents;
  readonly oneWay: OneWayIntake;
  /** Told of each PDU as it is written, in order, of what is lost, and of definitions that are said again. */
  onTaken?(pdu: DataPdu): void;
  /** Told of a heartbeat when everything before it has been taken. */
  onHeartbeat?(pdu: DataPdu): void;
  /** Whether a sequence may still come from somebody but these, who say that they do not have it any more. */
  mayBring?(sequence: number, missedBy: ReadonlySet<string>): boolean;
  /** Least sequence, from this one on, that may come from a sender that has nothing new; infinity: none does. */
  firstDrained?(from: number): number;
  /** PDUs beyond the next expected one that are kept in memory. */
  readonly windowPdus: number;
}

/** Sequences that are passed over at a time: a notice of so many, in whatever words, still fits a datagram. */
const MAX_PART = gapEntriesIn(MAX_BODY_BYTES);

/**
 * Takes the PDUs of one probe run and writes each exactly once, in order of sequence, whatever order they come in and
 * however often. What comes early waits in memory, unacknowledged.
 */
export class StreamIntake {
  readonly stream: ProbeStream;
  readonly #parts: IntakeParts;
  readonly #records: RunRecords;
  readonly #early = new EarlyPdus();
  /** First sequence that can be had at all: those before it that are not here are nowhere. */
  #beginsAt = 1;
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
    return this.#early.count;
  }

  /** Sequences that are here but not on stable storage, rising; within a window of the safe ones. */
  held(sender: string): number[] {
    const { safeThrough, through } = this.stream;
    // A gap notice, or a run of which nothing is known, moves `through` by any distance.
    const last = safeThrough + this.#parts.windowPdus;
    const taken = Array.from({ length: Math.min(through, last) - safeThrough }, (_, i) => safeThrough + 1 + i);
    const early = this.#early.sequencesThrough(last, sender).filter((sequence) => sequence > through);
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
   * Takes a PDU that is known to come from the probe, or from the collector that `sender` names. The bytes may be used
   * again afterwards. False when there is no place for it yet: then it must come again.
   */
  take(pdu: DataPdu, sender = this.stream.probe): boolean {
    if (pdu.type === specialPdus.heartbeat) this.#noteHeartbeat(pdu);
    else if (pdu.isRepeat) this.#takeRepeat(pdu);
    else return this.#takeNumbered(pdu, sender);
    return true;
  }

  #takeNumbered(pdu: DataPdu, sender: string): boolean {
    const { counters, windowPdus } = this.#parts;
    const { through } = this.stream;
    if (pdu.sequence > through + windowPdus) {
      counters.byReason("pdus_dropped").add("beyond the window");
      return false;
    }
    if (lastOf(pdu) <= through || this.#early.has(pdu, sender, through + 1)) {
      counters.counter("pdus_duplicate").add();
      return true;
    }
    const isNext = pdu.type !== specialPdus.gap && pdu.sequence === through + 1;
    const isKept = (isNext && this.#write(pdu)) || this.#early.keep(pdu, sender, through + 1);
    if (!isKept) counters.byReason("pdus_dropped").add("too many gap notices");
    if (this.#early.count > 0) this.#writeInOrder();
    return isKept;
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

  /** What its senders no longer hold was acknowledged by an earlier state of ours, and does not come again. */
  beginAt(sequence: number): void {
    this.#beginsAt = Math.max(sequence, this.#beginsAt);
    this.#writeInOrder();
  }

  /** Definitions said again have no sequence: what waits for them is in the way of everything that has one. */
  #takeRepeat(pdu: DataPdu): void {
    // It was asked for before the end.
    if (this.stream.hasEnded && this.#records.undescribedFlows.length === 0) return;
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
      const sequence = this.stream.through + 1;
      const next = this.#early.get(sequence);
      const isDone = next === undefined ? this.#passOver(sequence) : this.#write(next);
      if (!isDone) return;
    }
  }

  /** Passes over what cannot be had any more, from the next sequence on; false when there is nothing of the kind. */
  #passOver(sequence: number): boolean {
    const gap = this.#early.gapAt(sequence);
    if (gap !== undefined && !this.#mayCome(sequence)) this.#takeGap(gap);
    else if (sequence < this.#beginsAt) return this.#skip();
    else return false;
    return true;
  }

  /** What one sender has lost another may still bring. */
  #mayCome(sequence: number): boolean {
    return this.#parts.mayBring?.(sequence, this.#early.missedBy(sequence)) ?? false;
  }

  /** Takes a gap notice, as far as it stands for what is not here and nobody brings. */
  #takeGap(gap: ToldGap): void {
    const { events, oneWay, onTaken, counters } = this.#parts;
    const from = this.stream.through + 1;
    const end = Math.min(gap.last, this.#early.firstFrom(from) - 1, from + MAX_PART - 1);
    let last = from;
    while (last < end && !this.#mayCome(last + 1)) last++;
    const part = gap.part(from, last);
    if (gap.error !== null) this.#tellMalformed(part, gap.error);
    const dropped = gap.dropped(from, last);
    tellLost(dropped, from, this.stream, events);
    if (mayHoldSightings(dropped)) oneWay.takeGap(this.stream);
    this.#advance(last);
    this.#noteWatermark(part);
    onTaken?.(part);
    counters.counter("pdus_taken").add();
  }

  /** Passes over what is not here of the sequences before those that can be had; false when the first may come still. */
  #skip(): boolean {
    const { events, oneWay, firstDrained } = this.#parts;
    const from = this.stream.through + 1;
    const drained = firstDrained?.(from) ?? Number.POSITIVE_INFINITY;
    const to = Math.min(this.#beginsAt, this.#early.firstFrom(from), this.#early.firstGapFrom(from), drained) - 1;
    if (to < from) return false;
    events.tell(
      "warning",
      "sequences_missing",
      this.stream.probe,
      "the probe was told that these were safe, but they are not here",
      { run: this.stream.run, from_sequence: from, to_sequence: to },
    );
    oneWay.takeGap(this.stream);
    this.#advance(to);
    return true;
  }

  #advance(through: number): void {
    this.stream.through = through;
    this.#early.forget(through);
  }

  /** Writes the PDU that is next; false when it must wait for definitions, and there is no room for it here. */
  #write(pdu: DataPdu): boolean {
    try {
      if (!this.#writeRecords(pdu)) return false;
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.#tellMalformed(pdu, error);
    }
    this.#advance(pdu.sequence);
    this.#noteWatermark(pdu);
    if (pdu.type === specialPdus.end) this.#parts.oneWay.takeEnd(this.stream);
    this.#parts.onTaken?.(pdu);
    this.#parts.counters.counter("pdus_taken").add();
    return true;
  }

  #writeRecords(pdu: DataPdu): boolean {
    if (pdu.type === specialPdus.end) {
      // A probe that has everything acknowledged goes, and nobody could describe its flows any more.
      if (this.#records.undescribedFlows.length > 0) return false;
      this.stream.end();
    } else {
      const type = typeByCode(pdu.type);
      if (type === undefined) this.#parts.counters.byReason("pdus_skipped").add("unknown type");
      else if (type === observationTypes.owsig) this.#parts.oneWay.takeSightings(this.stream, pdu);
      else return this.#records.write(pdu, type);
    }
    return true;
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
