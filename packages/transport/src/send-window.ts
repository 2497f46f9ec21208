import { type Acknowledgement, WINDOW_PDUS } from "@trafmon/observation";
import type { OutgoingPdu } from "./outgoing-pdu.ts";

const LEAST_PDUS = 32;
/** Bytes of PDUs on the way, which are kept twice: as they are, and sealed. Datagrams of the usual size never get there. */
const MOST_BYTES = 8 << 20;
const FIRST_PDUS = 256;
const FIRST_TIMEOUT_MS = 1000;
/** RFC 6298 section 2.4. Acknowledgements wait for a commit; what is too hasty for a busy disk is sent twice in vain. */
const LEAST_TIMEOUT_MS = 1000;
const GREATEST_TIMEOUT_MS = 10_000;

/** A PDU on the way. */
export interface InFlight {
  readonly pdu: OutgoingPdu;
  /** Sealed for the present session; a retry sends the same bytes, unless much was sealed since. */
  datagram: Buffer | null;
  attempts: number;
  sentMs: number;
  /** When to send it again, or for the first time in this session. */
  dueMs: number;
  /** The collector has it in memory and waits for what comes before it. */
  isHeld: boolean;
  /** Sent again because later ones have come, not because time ran out. */
  isHurried: boolean;
}

/**
 * PDUs sent and not yet acknowledged. Retried for ever; as long as the collector says nothing at all, each time after
 * twice the time, with jitter so that probes do not fall into step. How many may be on the way grows with each
 * acknowledgement and halves when one stays out.
 */
export class SendWindow {
  readonly #inFlight = new Map<number, InFlight>();
  readonly #random: () => number;
  /** Of the PDUs on the way. */
  #bytes = 0;
  #allowed = FIRST_PDUS;
  #timedOutMs = Number.NEGATIVE_INFINITY;
  /** Times that retries were due and nothing was heard in between. */
  #silentRounds = 0;
  #smoothedMs: number | null = null;
  #variationMs = 0;

  /** `random`: 0 (included) to 1, for the jitter. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get size(): number {
    return this.#inFlight.size;
  }

  /** The first of those on the way. */
  get oldest(): OutgoingPdu | undefined {
    const [first] = this.#inFlight.values();
    return first?.pdu;
  }

  /** Whether a PDU of this first sequence may be added. */
  hasRoomFor(sequence: number): boolean {
    const [oldest] = this.#inFlight.keys();
    if (oldest === undefined) return true;
    return this.#inFlight.size < this.#allowed && this.#bytes < MOST_BYTES && sequence - oldest < WINDOW_PDUS;
  }

  add(pdu: OutgoingPdu): InFlight {
    const entry = { pdu, datagram: null, attempts: 0, sentMs: 0, dueMs: 0, isHeld: false, isHurried: false };
    this.#inFlight.set(pdu.sequence, entry);
    this.#bytes += pdu.bytes.length;
    return entry;
  }

  sent(entry: InFlight, nowMs: number): void {
    if (entry.attempts > 0 && !entry.isHurried) this.#timedOut(nowMs);
    entry.isHurried = false;
    entry.sentMs = nowMs;
    entry.dueMs = nowMs + this.#timeoutMs() * (0.75 + this.#random() / 2);
    entry.attempts++;
  }

  /** Those to send (again) now, oldest first. */
  due(nowMs: number): InFlight[] {
    const due: InFlight[] = [];
    for (const entry of this.#inFlight.values()) if (!entry.isHeld && entry.dueMs <= nowMs) due.push(entry);
    return due;
  }

  /** Lets go of what is safe; true when something was. */
  acknowledge(ack: Acknowledgement, nowMs: number): boolean {
    let isProgress = false;
    this.#silentRounds = 0;
    for (const [sequence, entry] of this.#inFlight) {
      if (sequence + entry.pdu.span > ack.next) break;
      this.#inFlight.delete(sequence);
      this.#bytes -= entry.pdu.bytes.length;
      this.#allowed = Math.min(WINDOW_PDUS, this.#allowed + 1);
      this.#measure(entry, nowMs);
      isProgress = true;
    }
    this.#hurryMissing(ack, nowMs);
    return isProgress;
  }

  /** A new session: everything is to be sealed and sent anew. */
  restart(): void {
    this.#silentRounds = 0;
    for (const entry of this.#inFlight.values()) {
      entry.datagram = null;
      entry.attempts = 0;
      entry.dueMs = 0;
      entry.isHeld = false;
      entry.isHurried = false;
    }
  }

  /** What is missing while later ones have come is most likely lost: it is sent again once, without waiting. */
  #hurryMissing(ack: Acknowledgement, nowMs: number): void {
    const highest = ack.held.at(-1);
    if (highest === undefined) return;
    for (const sequence of ack.held) {
      const entry = this.#inFlight.get(sequence);
      if (entry === undefined) continue;
      this.#measure(entry, nowMs);
      entry.isHeld = true;
    }
    const patienceMs = Math.max(20, (this.#smoothedMs ?? LEAST_TIMEOUT_MS) / 2);
    for (const [sequence, entry] of this.#inFlight) {
      if (sequence >= highest) break;
      if (!entry.isHeld && nowMs - entry.sentMs >= patienceMs) {
        entry.isHurried = true;
        entry.dueMs = 0;
      }
    }
  }

  /** Once for all that time out together. */
  #timedOut(nowMs: number): void {
    if (nowMs - this.#timedOutMs < this.#timeoutMs() / 2) return;
    this.#timedOutMs = nowMs;
    this.#silentRounds++;
    this.#allowed = Math.max(LEAST_PDUS, this.#allowed >> 1);
  }

  /**
   * RFC 6298 section 2, from the first word of it: what is held and waits for others was not slow itself. The time
   * until a commit is part of what is measured.
   */
  #measure(entry: InFlight, nowMs: number): void {
    if (entry.attempts !== 1 || entry.isHeld) return;
    const ms = nowMs - entry.sentMs;
    if (this.#smoothedMs === null) {
      this.#smoothedMs = ms;
      this.#variationMs = ms / 2;
    } else {
      this.#variationMs += (Math.abs(ms - this.#smoothedMs) - this.#variationMs) / 4;
      this.#smoothedMs += (ms - this.#smoothedMs) / 8;
    }
  }

  #timeoutMs(): number {
    const onceMs =
      this.#smoothedMs === null
        ? FIRST_TIMEOUT_MS
        : Math.max(LEAST_TIMEOUT_MS, this.#smoothedMs + 4 * this.#variationMs);
    return Math.min(GREATEST_TIMEOUT_MS, onceMs * 2 ** Math.min(this.#silentRounds, 10));
  }
}
