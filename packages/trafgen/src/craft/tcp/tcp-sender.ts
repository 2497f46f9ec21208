import type { TcpManners, Trouble } from "../../scenario/scenario.ts";
import type { Timeline } from "../timeline.ts";
import { Timer } from "../timer.ts";
import type { Stretch } from "./tcp-segment.ts";

/** RFC 5681 section 3.2. */
const DUPLICATE_ACKS = 3;
/** RFC 6298 section 2.5 lets the time-out end here. */
const LONGEST_RTO_NS = 60e9;
/** Repeats of one segment after which a connection is given up. */
const MOST_TIMEOUTS = 8;

/** Bytes that a side was told to send at once. */
export interface Write {
  readonly from: number;
  readonly until: number;
  readonly segmentBytes: number;
  /** null: a pattern. */
  readonly content: Uint8Array | null;
  readonly troubles: readonly Trouble[];
  /** Segments of it that have been sent, repeats not counted. */
  segments: number;
}

/** A segment that is not acknowledged yet. */
export interface SentSegment extends Stretch {
  /** null: FIN. */
  readonly write: Write | null;
  /** Within the write, from 1. */
  readonly number: number;
  transmissions: number;
  isSacked: boolean;
  /** Sent again since the present loss was noticed. */
  isRepaired: boolean;
}

export interface SenderHooks {
  transmit(sent: SentSegment): void;
  /** One byte beyond a window of zero. */
  probe(place: number, write: Write): void;
  onAcknowledged(): void;
  giveUp(): void;
}

/**
 * The sending half of one end: a fixed number of segments in flight, fast retransmit and recovery with SACK as in
 * RFC 6675 (NewReno, RFC 6582, without), time-outs that double, zero-window probes.
 */
export class TcpSender {
  /** First place not acknowledged, and first place not sent. */
  acknowledged = 0;
  next = 0;
  /** End of all that was written. */
  end = 0;
  isFinAcknowledged = false;
  readonly #manners: TcpManners;
  readonly #timeline: Timeline;
  readonly #hooks: SenderHooks;
  readonly #writes: Write[] = [];
  readonly #outstanding: SentSegment[] = [];
  readonly #repeats: SentSegment[] = [];
  readonly #rto: Timer;
  readonly #pacing: Timer;
  readonly #persist: Timer;
  #isClosing = false;
  #isFinSent = false;
  /** First place beyond the other side's window. */
  #reach = 0;
  #freeNs = 0;
  #duplicateAcks = 0;
  /** Recovery ends when this is acknowledged; null: there is none. */
  #recovery: number | null = null;
  /** The present recovery began with a time-out. */
  #isTimeout = false;
  #timeouts = 0;
  #probes = 0;

  constructor(manners: TcpManners, timeline: Timeline, hooks: SenderHooks) {
    this.#manners = manners;
    this.#timeline = timeline;
    this.#hooks = hooks;
    this.#rto = new Timer(timeline, () => this.#onTimeout());
    this.#pacing = new Timer(timeline, () => this.pump());
    this.#persist = new Timer(timeline, () => this.#onPersist());
  }

  get isIdle(): boolean {
    return this.#outstanding.length === 0 && this.next === this.end && this.#isClosing === this.#isFinSent;
  }

  write(bytes: number, segmentBytes: number, content: Uint8Array | null, troubles: readonly Trouble[]): Write {
    const from = this.end;
    this.end += bytes;
    const write: Write = { from, until: this.end, segmentBytes, content, troubles, segments: 0 };
    this.#writes.push(write);
    return write;
  }

  /** FIN goes behind the last byte. */
  close(): void {
    this.#isClosing = true;
  }

  /** The window that the other side promised in its SYN, or that is presumed. */
  open(windowBytes: number): void {
    this.#reach = this.acknowledged + windowBytes;
  }

  stop(): void {
    this.#rto.clear();
    this.#pacing.clear();
    this.#persist.clear();
    this.#outstanding.length = 0;
    this.#repeats.length = 0;
    this.#writes.length = 0;
    this.end = this.next;
    this.#isClosing = this.#isFinSent;
  }

  /** Sends one segment if one may go now, and comes back for the next. */
  pump(): void {
    const { nowNs } = this.#timeline;
    if (nowNs < this.#freeNs) {
      if (!this.#pacing.isSet) this.#pacing.set(this.#freeNs);
      return;
    }
    while (this.#repeats[0]?.isSacked === true) this.#repeats.shift();
    const sent = this.#repeats.shift() ?? this.#newSegment();
    if (sent === null) return;
    sent.transmissions++;
    this.#freeNs = nowNs + this.#manners.gapNs;
    this.#hooks.transmit(sent);
    if (!this.#rto.isSet) this.#startTimeout();
    // Without a gap all would go in one call, one inside the other.
    this.#pacing.set(this.#freeNs);
  }

  /** An ACK has come. `isPure`: it carries nothing else. */
  onAck(acknowledged: number, windowBytes: number, blocks: readonly Stretch[], isPure: boolean): void {
    const reach = acknowledged + windowBytes;
    const isWider = reach > this.#reach;
    if (isWider) {
      this.#reach = reach;
      this.#probes = 0;
      this.#persist.clear();
    }
    for (const sent of this.#outstanding)
      if (blocks.some(({ from, until }) => from <= sent.from && sent.until <= until)) sent.isSacked = true;
    if (acknowledged > this.acknowledged) this.#onNewAck(acknowledged);
    else if (acknowledged === this.acknowledged && isPure && !isWider && this.#outstanding.length > 0)
      this.#onDuplicateAck();
    this.pump();
  }

  #newSegment(): SentSegment | null {
    const inFlight = this.#outstanding.reduce((count, { isSacked }) => count + (isSacked ? 0 : 1), 0);
    if (inFlight >= this.#manners.flightSegments) return null;
    while (this.#writes[0] !== undefined && this.#writes[0].until <= this.next) this.#writes.shift();
    const [write] = this.#writes;
    if (write === undefined) return this.#finSegment();
    let length = Math.min(write.segmentBytes, write.until - this.next);
    const room = this.#reach - this.next;
    if (room < length) {
      // A piece goes only when nothing else can bring an ACK.
      if (this.#outstanding.length > 0) return null;
      if (room <= 0) {
        if (!this.#persist.isSet) this.#persist.set(this.#timeline.nowNs + this.#backedOff(this.#probes));
        return null;
      }
      length = room;
    }
    const from = this.next;
    this.next += length;
    return this.#push({ from, until: this.next, write, number: ++write.segments });
  }

  #finSegment(): SentSegment | null {
    if (!this.#isClosing || this.#isFinSent) return null;
    this.#isFinSent = true;
    const from = this.next;
    this.next++;
    this.end = this.next;
    return this.#push({ from, until: this.next, write: null, number: 1 });
  }

  #push(segment: Pick<SentSegment, "from" | "until" | "write" | "number">): SentSegment {
    const sent = { ...segment, transmissions: 0, isSacked: false, isRepaired: false };
    this.#outstanding.push(sent);
    return sent;
  }

  #onNewAck(acknowledged: number): void {
    this.acknowledged = acknowledged;
    this.#duplicateAcks = 0;
    this.#timeouts = 0;
    while (this.#outstanding[0] !== undefined && this.#outstanding[0].until <= acknowledged) this.#outstanding.shift();
    for (let i = this.#repeats.length - 1; i >= 0; i--)
      if (this.#repeats[i]!.until <= acknowledged) this.#repeats.splice(i, 1);
    if (this.#isFinSent && acknowledged === this.next) this.isFinAcknowledged = true;
    if (this.#outstanding.length === 0) this.#rto.clear();
    else this.#startTimeout();
    if (this.#recovery !== null) {
      if (acknowledged >= this.#recovery) this.#recovery = null;
      // Without SACK, what a partial ACK leaves is taken for lost too (RFC 6582 section 3.2), and so it is after a
      // time-out; else only what something behind has overtaken (RFC 6675 section 4, NextSeg).
      else
        this.#repeatHoles(!this.#manners.sack || this.#isTimeout || this.#outstanding.some(({ isSacked }) => isSacked));
    }
    this.#hooks.onAcknowledged();
  }

  #onDuplicateAck(): void {
    this.#duplicateAcks++;
    if (this.#recovery !== null) this.#repeatHoles(false);
    else if (this.#duplicateAcks === DUPLICATE_ACKS) this.#beginRecovery(false);
  }

  #beginRecovery(isTimeout: boolean): void {
    this.#isTimeout = isTimeout;
    this.#recovery = this.next;
    for (const sent of this.#outstanding) sent.isRepaired = false;
    this.#repeatHoles(true);
  }

  /**
   * Sends lost segments again: the first one where `isFirstLost`, and others that three behind them have overtaken
   * (RFC 6675 section 4, IsLost).
   */
  #repeatHoles(isFirstLost: boolean): void {
    let sackedBehind = this.#outstanding.reduce((count, { isSacked }) => count + (isSacked ? 1 : 0), 0);
    this.#outstanding.forEach((sent, i) => {
      if (sent.isSacked) sackedBehind--;
      else if (!sent.isRepaired && ((i === 0 && isFirstLost) || sackedBehind >= DUPLICATE_ACKS)) {
        sent.isRepaired = true;
        this.#repeats.push(sent);
      }
    });
  }

  #onTimeout(): void {
    const [first] = this.#outstanding;
    if (first === undefined) return;
    if (++this.#timeouts > MOST_TIMEOUTS) {
      this.stop();
      this.#hooks.giveUp();
      return;
    }
    this.#repeats.length = 0;
    this.#duplicateAcks = 0;
    this.#beginRecovery(true);
    this.#startTimeout();
    this.pump();
  }

  #startTimeout(): void {
    this.#rto.set(this.#timeline.nowNs + this.#backedOff(this.#timeouts));
  }

  #backedOff(times: number): number {
    return Math.min(LONGEST_RTO_NS, this.#manners.rtoNs * 2 ** times);
  }

  #onPersist(): void {
    const [write] = this.#writes;
    if (write === undefined || this.#reach > this.next) return this.pump();
    this.#probes++;
    this.#hooks.probe(this.next, write);
    this.#persist.set(this.#timeline.nowNs + this.#backedOff(this.#probes));
  }
}
