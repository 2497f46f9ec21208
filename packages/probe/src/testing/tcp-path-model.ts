import { EventQueue } from "./event-queue.ts";
import { Random } from "./labelled/random.ts";
import type { Segment } from "./tcp-conversation.ts";

/**
 * A small model of TCP between a sender (the client of a TcpConversation) and a receiver, with a tap on the way, for tests
 * that need to know what really happened: it labels every packet that passes the tap.
 *
 *     sender -- before the tap --> tap -- behind the tap --> receiver, and ACKs the other way
 */

/** One way of one stretch of the path. */
export interface Stretch {
  readonly delayMs: number;
  /** Packets take up to so much longer each, and may overtake each other. */
  readonly jitterMs?: number;
  /** Probability. */
  readonly loss?: number;
  /** Probability that a packet comes twice, the copy up to `copyDelayMs` later. */
  readonly copies?: number;
  readonly copyDelayMs?: number;
}

export interface PathModel {
  readonly seed: number;
  /** From the sender to the tap, on to the receiver, back to the tap, back to the sender. */
  readonly before: Stretch;
  readonly behind: Stretch;
  readonly backBehind: Stretch;
  readonly backBefore: Stretch;
  readonly segments: number;
  /** Segments in flight at most. */
  readonly window: number;
  readonly hasSack: boolean;
  /** How the sender numbers its packets: one after the other, or not at all. */
  readonly identification: "counted" | "none";
  /** Whether segments carry timestamps, in milliseconds. */
  readonly hasTimestamps: boolean;
  /** Least time-out of the sender beyond its smoothed round trip. Linux has 200 ms. */
  readonly leastTimeoutMs?: number;
}

/** Why the sender sent a segment. */
export type Reason = "first" | "rto" | "fs";

/** A packet with payload as it passed the tap. */
export interface LabelledPacket {
  readonly reason: Reason;
  /** The network made it. */
  readonly isCopy: boolean;
  /** All its bytes passed the tap before. */
  readonly wasSeen: boolean;
  /** Bytes above it passed the tap before. */
  readonly hasHigher: boolean;
}

export interface ModelledConversation {
  /** What passes the tap, in order. */
  readonly segments: readonly Segment[];
  /** Of the packets with payload among them, in order. */
  readonly packets: readonly LabelledPacket[];
}

const PAYLOAD = 1000;
const DUPLICATE_THRESHOLD = 3;
const END_MS = 600_000;

interface SentState {
  lastSentMs: number;
  isSacked: boolean;
  /** Awaits retransmission. */
  isLost: boolean;
}

export function playPath(model: PathModel): ModelledConversation {
  return new Playing(model).play();
}

class Playing {
  readonly #model: PathModel;
  readonly #random: Random;
  readonly #events = new EventQueue();
  readonly #segments: Segment[] = [];
  readonly #packets: LabelledPacket[] = [];
  #identification = 1;

  // The sender. Segments are numbered from 0.
  readonly #sent: SentState[] = [];
  #acknowledged = 0;
  #duplicates = 0;
  #recoveryPoint = -1;
  #recovery: Exclude<Reason, "first"> | null = null;
  #smoothedMs = 0;
  #variationMs = 0;
  #backoff = 1;
  #timer = 0;

  // The receiver.
  readonly #received = new Set<number>();
  #expected = 0;
  /** Numbers that came out of order, the last one last. */
  #blocks: number[] = [];

  // The tap.
  readonly #seen = new Set<number>();
  #highestSeen = -1;

  constructor(model: PathModel) {
    this.#model = model;
    this.#random = new Random(model.seed);
  }

  play(): ModelledConversation {
    const { before, behind, backBehind, backBefore } = this.#model;
    // The handshake passes undisturbed.
    const [there, back] = [behind.delayMs + backBehind.delayMs, backBefore.delayMs + before.delayMs];
    const opening = { sackPermitted: this.#model.hasSack };
    const syn: Segment = { atMs: before.delayMs, from: "client", flags: "S", sequence: 0, mss: 1460, ...opening };
    const synAck: Segment = {
      ...{ atMs: syn.atMs + there, from: "server", flags: "SA", sequence: 0, acknowledgement: 1, mss: 1460 },
      ...opening,
    };
    const established: Segment = {
      ...{ atMs: synAck.atMs + back, from: "client", flags: "A", sequence: 1, acknowledgement: 1 },
      ...this.#identity(),
    };
    this.#segments.push(syn, synAck, established);
    this.#smoothedMs = there + back;
    this.#variationMs = this.#smoothedMs / 2;
    this.#events.at(established.atMs, () => this.#sendNew());
    this.#events.runUntil(END_MS);
    return { segments: this.#segments, packets: this.#packets };
  }

  // Sender.

  #sendNew(): void {
    const { segments, window } = this.#model;
    while (this.#sent.length < segments && this.#sent.length - this.#acknowledged < window) {
      this.#sent.push({ lastSentMs: 0, isSacked: false, isLost: false });
      this.#send(this.#sent.length - 1, "first");
    }
  }

  #send(number: number, reason: Reason): void {
    const state = this.#sent[number]!;
    state.isLost = false;
    state.lastSentMs = this.#events.nowMs;
    const identity = this.#identity();
    this.#through(this.#model.before, (isCopy) => {
      this.#atTap(number, reason, isCopy, identity);
      this.#through(this.#model.behind, () => this.#receive(number));
    });
    // RFC 6298 section 5.1, and RFC 6675 section 5: also when the first one is sent again.
    if (number === this.#acknowledged) this.#setTimer();
  }

  #onAck(acknowledged: number, sacked: readonly number[], echoMs: number): void {
    const advances = acknowledged > this.#acknowledged;
    let hasNews = false;
    for (const number of sacked) {
      // An ACK that others overtook tells of what is acknowledged long since.
      if (number < acknowledged || number < this.#acknowledged || this.#sent[number]!.isSacked) continue;
      this.#sent[number]!.isSacked = true;
      hasNews = true;
    }
    if (advances) {
      this.#acknowledged = acknowledged;
      this.#duplicates = 0;
      this.#backoff = 1;
      this.#sample(this.#events.nowMs - echoMs);
      if (this.#recovery !== null && acknowledged > this.#recoveryPoint) this.#recovery = null;
      this.#setTimer();
    }
    const isDuplicate = this.#model.hasSack
      ? hasNews
      : acknowledged === this.#acknowledged && !advances && acknowledged < this.#sent.length;
    if (isDuplicate) this.#duplicates++;
    if (this.#duplicates >= DUPLICATE_THRESHOLD && this.#recovery === null) {
      this.#recovery = "fs";
      this.#recoveryPoint = this.#sent.length - 1;
      this.#sent[this.#acknowledged]!.isLost = true;
    }
    this.#markLost(advances);
    if (this.#recovery !== null) this.#resendOne();
    this.#sendNew();
  }

  /** In a recovery: what has three later segments reported, or follows a partial ACK, is lost. */
  #markLost(advances: boolean): void {
    if (this.#recovery !== "fs") return;
    if (!this.#model.hasSack) {
      // NewReno: a partial ACK names the next loss.
      if (advances && this.#acknowledged <= this.#recoveryPoint) this.#sent[this.#acknowledged]!.isLost = true;
      return;
    }
    let above = 0;
    for (let number = this.#sent.length - 1; number >= this.#acknowledged; number--) {
      const state = this.#sent[number]!;
      if (state.isSacked) above++;
      // What was sent a moment ago cannot have been reported lost.
      else if (above >= DUPLICATE_THRESHOLD && this.#events.nowMs - state.lastSentMs > this.#smoothedMs)
        state.isLost = true;
    }
  }

  #resendOne(): void {
    for (let number = this.#acknowledged; number < this.#sent.length; number++) {
      const state = this.#sent[number]!;
      if (!state.isLost || state.isSacked) continue;
      this.#send(number, this.#recovery!);
      return;
    }
  }

  #onTimeout(): void {
    if (this.#acknowledged >= this.#sent.length) return;
    this.#backoff *= 2;
    this.#duplicates = 0;
    this.#recovery = "rto";
    this.#recoveryPoint = this.#sent.length - 1;
    for (let number = this.#acknowledged; number < this.#sent.length; number++) {
      this.#sent[number]!.isLost = !this.#sent[number]!.isSacked;
    }
    this.#send(this.#acknowledged, "rto");
  }

  #setTimer(): void {
    const timer = ++this.#timer;
    const leastMs = this.#model.leastTimeoutMs ?? 200;
    const timeoutMs = this.#backoff * (this.#smoothedMs + Math.max(leastMs, 4 * this.#variationMs));
    this.#events.at(this.#events.nowMs + timeoutMs, () => {
      if (timer === this.#timer) this.#onTimeout();
    });
  }

  #sample(ms: number): void {
    this.#variationMs = 0.75 * this.#variationMs + 0.25 * Math.abs(this.#smoothedMs - ms);
    this.#smoothedMs = 0.875 * this.#smoothedMs + 0.125 * ms;
  }

  // Receiver.

  #receive(number: number): void {
    const isAgain = this.#received.has(number);
    this.#received.add(number);
    while (this.#received.has(this.#expected)) this.#expected++;
    this.#blocks = this.#blocks.filter((each) => each >= this.#expected && each !== number);
    if (number >= this.#expected) this.#blocks.push(number);
    const acknowledged = this.#expected;
    const sacked = this.#model.hasSack ? this.#blocks.slice(-8) : [];
    const sack = this.#model.hasSack ? this.#sackOption(isAgain ? number : null) : [];
    const echoMs = this.#sent[number]!.lastSentMs;
    this.#through(this.#model.backBehind, () => {
      this.#segments.push({
        atMs: this.#events.nowMs,
        from: "server",
        flags: "A",
        sequence: 1,
        acknowledgement: 1 + PAYLOAD * acknowledged,
        sack,
      });
      this.#through(this.#model.backBefore, () => this.#onAck(acknowledged, sacked, echoMs));
    });
  }

  /** Up to three blocks, the newest first; before them what came twice (RFC 2018, RFC 2883). */
  #sackOption(duplicate: number | null): number[] {
    const blocks: [number, number][] = [];
    for (const number of [...this.#blocks].reverse()) {
      if (blocks.some(([from, until]) => number >= from && number < until)) continue;
      let [from, until] = [number, number + 1];
      while (this.#blocks.includes(from - 1)) from--;
      while (this.#blocks.includes(until)) until++;
      blocks.push([from, until]);
    }
    if (duplicate !== null) blocks.unshift([duplicate, duplicate + 1]);
    return blocks.slice(0, 3).flatMap(([from, until]) => [1 + PAYLOAD * from, 1 + PAYLOAD * until]);
  }

  // Tap and path.

  #atTap(number: number, reason: Reason, isCopy: boolean, identity: Partial<Segment>): void {
    this.#packets.push({
      reason,
      isCopy,
      wasSeen: this.#seen.has(number),
      hasHigher: this.#highestSeen > number,
    });
    this.#seen.add(number);
    this.#highestSeen = Math.max(this.#highestSeen, number);
    this.#segments.push({
      atMs: this.#events.nowMs,
      from: "client",
      flags: "A",
      sequence: 1 + PAYLOAD * number,
      acknowledgement: 1,
      length: PAYLOAD,
      ...identity,
    });
  }

  #identity(): Partial<Segment> {
    const { identification, hasTimestamps } = this.#model;
    return {
      ...(identification === "counted" ? { identification: this.#identification++ & 0xffff || 1 } : {}),
      ...(hasTimestamps ? { timestamp: 1 + Math.floor(this.#events.nowMs) } : {}),
    };
  }

  /** Sends a packet over a stretch; `arrive` is called for each copy that gets through. */
  #through(stretch: Stretch, arrive: (isCopy: boolean) => void): void {
    const { delayMs, jitterMs = 0, loss = 0, copies = 0, copyDelayMs = 0 } = stretch;
    if (this.#random.next() < loss) return;
    // Without jitter packets stay in order; the order of events breaks ties.
    const atMs = this.#events.nowMs + delayMs + jitterMs * this.#random.next();
    this.#events.at(atMs, () => arrive(false));
    if (this.#random.next() < copies) this.#events.at(atMs + copyDelayMs * this.#random.next(), () => arrive(true));
  }
}
