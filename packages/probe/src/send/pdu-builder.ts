import {
  DATA_HEAD_BYTES,
  type ObservationSink,
  type ObservationType,
  OVERHEAD_BYTES,
  putDataHead,
  type RecordOf,
  type RecordWriter,
  specialPdus,
} from "@trafmon/observation";
import type { Counters, ReasonCounter } from "@trafmon/runtime";
import type { PduOutlet } from "@trafmon/transport";
import { PendingPdu } from "./pending-pdu.ts";

export interface PduBuilderOptions {
  /** Most bytes of UDP payload in a datagram. */
  readonly maxPduBytes: number;
  readonly flushIntervalS: number;
  /** 16 hexadecimal digits. */
  readonly configurationHash: string;
  readonly counters: Counters;
}

/** Definitions go ahead of what uses them, and a flow ahead of its end. */
const IDENTITY_ORDER = ["slice", "owhop", "objective", "flow", "flowend"];
const OTHERS_RANK = IDENTITY_ORDER.length;

/**
 * Gathers records into PDUs, one pending PDU per type, and gives each a sequence number of the run. A PDU is sealed
 * when the next record would not fit or its oldest record is `flushIntervalS` old by the source clock: nothing but the
 * records and their instants decides, so a replay makes the same PDUs every time.
 */
export class PduBuilder implements ObservationSink {
  readonly #options: PduBuilderOptions;
  readonly #outlet: PduOutlet;
  readonly #maxBodyBytes: number;
  readonly #pending = new Map<ObservationType, PendingPdu>();
  /** Pending PDUs in the order they are sealed together. */
  #ranked: { readonly rank: number; readonly pdu: PendingPdu }[] = [];
  readonly #refused: ReasonCounter;
  #configurationHash: string;
  #sequence = 1;
  #clockS = 0;
  #clockNanos = 0;
  /** From this second on something captured may still be written. */
  #heldS = Number.POSITIVE_INFINITY;
  #hasEnded = false;

  constructor(options: PduBuilderOptions, outlet: PduOutlet) {
    this.#options = options;
    this.#outlet = outlet;
    this.#configurationHash = options.configurationHash;
    this.#maxBodyBytes = options.maxPduBytes - OVERHEAD_BYTES - DATA_HEAD_BYTES;
    this.#refused = options.counters.byReason("records_refused");
  }

  writerOf<T extends ObservationType>(type: T): RecordWriter<T> {
    const pending = this.#pendingOf(type);
    const made = this.#options.counters.counter(`records_made_${type.name}`);
    return {
      write: (record: RecordOf<T>) => {
        made.value++;
        this.#write(pending, record as RecordOf<ObservationType>);
      },
    };
  }

  advance(s: number, nanos: number, heldS = Number.POSITIVE_INFINITY): void {
    if (heldS > this.#heldS) this.#release();
    this.#heldS = heldS;
    // The source clock was set back, so ages cannot be told any more.
    if (s < this.#clockS) this.flush();
    this.#clockS = s;
    this.#clockNanos = nanos;
    const flushNs = this.#options.flushIntervalS * 1e9;
    for (const { pdu } of this.#ranked) {
      if (pdu.count > 0 && (s - pdu.openedS) * 1e9 + nanos - pdu.openedNanos >= flushNs) this.#sealAfterIdentity(pdu);
    }
  }

  /** Seals what is pending, whatever its age. */
  flush(): void {
    for (const { pdu } of this.#ranked) if (pdu.count > 0) this.#seal(pdu);
  }

  /** Seals everything and says that the run is over. Nothing may be written afterwards. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.flush();
    this.#emit(specialPdus.end, 0, 1, Buffer.alloc(0));
  }

  /** For what is sealed from now on: the configuration has changed. Pending records belong to the old one. */
  useConfiguration(hash: string): void {
    this.flush();
    this.#configurationHash = hash;
  }

  get configurationHash(): string {
    return this.#configurationHash;
  }

  /** Sequence of the next PDU. */
  get nextSequence(): number {
    return this.#sequence;
  }

  /** Everything captured before it is in PDUs already sealed. */
  watermark(): { s: number; nanos: number } {
    let s = Math.min(this.#clockS, this.#heldS);
    let nanos = this.#heldS <= this.#clockS ? 0 : this.#clockNanos;
    for (const { pdu } of this.#ranked) {
      if (pdu.count > 0 && (pdu.openedS < s || (pdu.openedS === s && pdu.openedNanos < nanos))) {
        s = pdu.openedS;
        nanos = pdu.openedNanos;
      }
    }
    return { s, nanos };
  }

  /** What was held is written by now, some of it into PDUs that were opened later than it was captured. */
  #release(): void {
    for (const { pdu } of this.#ranked) {
      if (pdu.count === 0 || pdu.openedS < this.#heldS) continue;
      pdu.openedS = this.#heldS;
      pdu.openedNanos = 0;
    }
  }

  #write(pending: PendingPdu, record: RecordOf<ObservationType>): void {
    if (pending.count === 0) {
      pending.openedS = this.#clockS;
      pending.openedNanos = this.#clockNanos;
    }
    let added = pending.add(record);
    if (added === "full") {
      this.#sealAfterIdentity(pending);
      pending.openedS = this.#clockS;
      pending.openedNanos = this.#clockNanos;
      added = pending.add(record);
    }
    if (added !== "added") this.#refuse(pending);
  }

  /** The encoder's state is spoilt half way through a record, so what came before it goes first. */
  #refuse(pending: PendingPdu): void {
    this.#refused.add(pending.type.name);
    if (pending.count > 0) this.#sealAfterIdentity(pending);
    else pending.next();
    pending.skipRecord();
  }

  #pendingOf(type: ObservationType): PendingPdu {
    let pending = this.#pending.get(type);
    if (pending === undefined) {
      pending = new PendingPdu(type, this.#maxBodyBytes);
      this.#pending.set(type, pending);
      const place = IDENTITY_ORDER.indexOf(type.name);
      this.#ranked.push({ rank: place < 0 ? OTHERS_RANK : place, pdu: pending });
      // By code within a rank, so that the order does not hang on who asked for a writer first.
      this.#ranked.sort((a, b) => a.rank - b.rank || a.pdu.type.code - b.pdu.type.code);
    }
    return pending;
  }

  #sealAfterIdentity(pending: PendingPdu): void {
    for (const { rank, pdu } of this.#ranked) {
      if (pdu === pending || rank === OTHERS_RANK) break;
      if (pdu.count > 0) this.#seal(pdu);
    }
    this.#seal(pending);
  }

  #seal(pending: PendingPdu): void {
    const { type, count, firstRecordNo } = pending;
    const body = pending.body();
    // What this PDU holds no longer holds the watermark back.
    pending.count = 0;
    this.#emit(type.code, count, firstRecordNo, body);
    pending.count = count;
    pending.next();
  }

  #emit(type: number, recordCount: number, firstRecordNo: number, body: Uint8Array): void {
    const sequence = this.#sequence++;
    const bytes = Buffer.allocUnsafe(DATA_HEAD_BYTES + body.length);
    const at = putDataHead(bytes, 0, {
      type,
      isRepeat: false,
      sequence,
      watermark: this.watermark(),
      configurationHash: this.#configurationHash,
      recordCount,
      firstRecordNo,
    });
    bytes.set(body, at);
    this.#outlet.take({ sequence, span: 1, type, recordCount, bytes: bytes.subarray(0, at + body.length) });
  }
}
