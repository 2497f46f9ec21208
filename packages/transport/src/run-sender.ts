import {
  type DatagramHeader,
  type DataPdu,
  type DefinitionRequest,
  MalformedError,
  OVERHEAD_BYTES,
  readAcknowledgement,
  readDataPdu,
  readDefinitionRequest,
  writeDataPdu,
} from "@trafmon/observation";
import type { Clock, Counters, RepeatedTrouble } from "@trafmon/runtime";
import { CollectorSession, type CollectorSessionOptions } from "./collector-session.ts";
import type { OutgoingPdu } from "./outgoing-pdu.ts";
import { type InFlight, SendWindow } from "./send-window.ts";
import type { Spool } from "./spool.ts";
import type { TokenBucket } from "./token-bucket.ts";

export interface RunSenderOptions extends CollectorSessionOptions {
  readonly spool: Spool;
  readonly bucket: TokenBucket;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly trouble: RepeatedTrouble;
  readonly random: () => number;
  readonly heartbeatS: number;
  /** Sealed part of a heartbeat; null for a run that has nothing new to say, or whose heartbeats come from elsewhere. */
  readonly heartbeat: (() => Buffer) | null;
  send(datagram: Buffer): void;
  /** PDUs without a sequence that say again what a request asks for. */
  definitions(request: DefinitionRequest): readonly DataPdu[];
  /** Something was acknowledged. */
  onProgress(): void;
}

/** How far a run has got with a collector. */
export interface SendingState {
  readonly run: string;
  /** Sequences that are not acknowledged. */
  readonly waitingPdus: number;
  /** Of the oldest of these: everything captured before it is safe. Seconds since the epoch; null: nothing waits. */
  readonly oldestWatermarkS: number | null;
  /** Since the collector was heard; null: never. */
  readonly quietMs: number | null;
}

const FIRST_HELLO_MS = 250;
const GREATEST_HELLO_MS = 5000;
/**
 * An echo is sent again so often, with the same bytes, before a new hello: on a bad line each half of the handshake is
 * then tried by itself.
 */
const MOST_ECHOES = 5;
const ECHO_MS = 300;
/** So long without an answer, and the collector may have forgotten us without saying so. */
const SILENCE_MS = 15_000;
/** A hint that the collector forgot us is not authenticated: it costs a hello a second at most. */
const LEAST_BETWEEN_HELLOS_MS = 1000;

/** Sends one run's PDUs to one collector until all are acknowledged. It acts when told of something or by `tick`. */
export class RunSender {
  readonly #options: RunSenderOptions;
  readonly #session: CollectorSession;
  readonly #window: SendWindow;
  #queue: readonly OutgoingPdu[] = [];
  #queueAt = 0;
  #nextSequence: number;
  #helloDueMs = 0;
  #helloWaitMs = FIRST_HELLO_MS;
  #lastHelloMs = Number.NEGATIVE_INFINITY;
  /** A handshake is under way. */
  #isKnocking = true;
  /** What the last challenge was answered with, while there is no answer to it. */
  #echo: Buffer | null = null;
  #echoes = 0;
  #echoDueMs = 0;
  #lastSentMs = 0;
  #lastHeardMs = Number.POSITIVE_INFINITY;

  constructor(options: RunSenderOptions) {
    this.#options = options;
    this.#session = new CollectorSession(options);
    this.#window = new SendWindow(options.random);
    this.#nextSequence = options.spool.acknowledgedBy(options.collector);
  }

  get run(): string {
    return this.#options.run;
  }

  get isDone(): boolean {
    return this.#options.spool.acknowledgedBy(this.#options.collector) >= this.#options.spool.nextSequence;
  }

  get state(): SendingState {
    const { spool, collector, clock } = this.#options;
    const next = spool.acknowledgedBy(collector);
    const oldest = this.#window.oldest ?? spool.from(next)[0];
    return {
      run: this.run,
      waitingPdus: Math.max(0, spool.nextSequence - next),
      oldestWatermarkS: oldest === undefined ? null : readDataPdu(oldest.bytes).watermark.s,
      quietMs: Number.isFinite(this.#lastHeardMs) ? clock.monotonicMs() - this.#lastHeardMs : null,
    };
  }

  /**
   * Says at once, if the collector hears us and the rate lets it, what has no place in the spool: a heartbeat, or
   * definitions that are said again. It is not said twice.
   */
  say(bytes: Buffer): void {
    const { bucket, clock, send } = this.#options;
    if (!this.#session.isOpen || !bucket.take(bytes.length + OVERHEAD_BYTES)) return;
    send(this.#session.seal(bytes));
    this.#lastSentMs = clock.monotonicMs();
  }

  /** Does what is due: handshake, retries, new PDUs, heartbeat. */
  tick(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#lastHeardMs > Math.max(SILENCE_MS, 3000 * this.#options.heartbeatS)) this.#isKnocking = true;
    if (this.#isKnocking && nowMs >= this.#echoDueMs) this.#repeatEcho(nowMs);
    if (this.#isKnocking && nowMs >= this.#helloDueMs) this.#knock(nowMs);
    if (!this.#session.isOpen) return;
    this.#retry(nowMs);
    this.#sendNew(nowMs);
    this.#heartbeat(nowMs);
  }

  /** Sends what is new, as far as window and rate let it. */
  sendNew(): void {
    if (this.#session.isOpen) this.#sendNew(this.#options.clock.monotonicMs());
  }

  receive(header: DatagramHeader, datagram: Buffer): void {
    const { spool, collector, counters, trouble } = this.#options;
    const heard = this.#session.hear(header, datagram, spool.acknowledgedBy(collector));
    switch (heard.kind) {
      case "refused":
        counters.byReason("datagrams_refused").add(heard.reason);
        if (heard.meaning !== undefined) trouble.warn(`${collector} ${heard.reason}`, { collector }, heard.meaning);
        return;
      case "challenged":
        this.#sendEcho(heard.echo);
        return;
      case "unknown session":
        this.#knockSoon();
        return;
      case "opened":
        this.#lastHeardMs = this.#options.clock.monotonicMs();
        if (heard.isNewSession) this.#begin();
        this.#opened(heard.what, heard.body);
    }
  }

  #begin(): void {
    this.#isKnocking = false;
    this.#echo = null;
    this.#helloWaitMs = FIRST_HELLO_MS;
    this.#window.restart();
    this.#options.counters.counter("sessions_opened").add();
  }

  #opened(what: "ack" | "request", body: Buffer): void {
    const { spool, collector, clock, counters, onProgress } = this.#options;
    try {
      if (what === "request") {
        this.#sayAgain(readDefinitionRequest(body));
        return;
      }
      const ack = readAcknowledgement(body);
      const isProgress = this.#window.acknowledge(ack, clock.monotonicMs());
      spool.acknowledge(collector, ack.next);
      // A collector that knows of more than we do: an earlier process got the acknowledgement and could not note it.
      if (ack.next > this.#nextSequence && ack.next <= spool.nextSequence) this.#seek(ack.next);
      if (isProgress) onProgress();
      this.tick();
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      counters.byReason("datagrams_refused").add("malformed");
    }
  }

  /** Not by the window: they go at once, and what is lost is asked for again. */
  #sayAgain(request: DefinitionRequest): void {
    const { definitions, bucket, send } = this.#options;
    for (const pdu of definitions(request)) {
      const bytes = writeDataPdu(pdu);
      if (!bucket.take(bytes.length + OVERHEAD_BYTES)) return;
      send(this.#session.seal(bytes));
    }
  }

  #knock(nowMs: number): void {
    const { send, random } = this.#options;
    this.#lastHelloMs = nowMs;
    this.#echo = null;
    this.#helloDueMs = nowMs + this.#helloWaitMs * (0.75 + random() / 2);
    this.#helloWaitMs = Math.min(GREATEST_HELLO_MS, this.#helloWaitMs * 2);
    send(this.#session.hello());
  }

  /** A challenge is not authenticated: however many come, they put the next hello off once only. */
  #sendEcho(echo: Buffer): void {
    const { clock, send } = this.#options;
    const nowMs = clock.monotonicMs();
    if (this.#echo === null) {
      this.#helloDueMs = Math.max(this.#helloDueMs, nowMs + MOST_ECHOES * ECHO_MS);
      this.#echoes = 0;
      // Somebody is there.
      this.#helloWaitMs = FIRST_HELLO_MS;
    }
    this.#echo = echo;
    this.#echoDueMs = nowMs + ECHO_MS;
    send(echo);
  }

  #repeatEcho(nowMs: number): void {
    if (this.#echo === null || ++this.#echoes >= MOST_ECHOES) return;
    this.#echoDueMs = nowMs + ECHO_MS;
    this.#options.send(this.#echo);
  }

  #knockSoon(): void {
    if (this.#isKnocking) return;
    this.#isKnocking = true;
    this.#helloDueMs = this.#lastHelloMs + LEAST_BETWEEN_HELLOS_MS;
    this.tick();
  }

  #retry(nowMs: number): void {
    const { counters } = this.#options;
    for (const entry of this.#window.due(nowMs)) {
      if (entry.attempts > 0) counters.counter("pdus_retried").add();
      if (!this.#transmit(entry, nowMs)) return;
    }
  }

  #sendNew(nowMs: number): void {
    const { bucket } = this.#options;
    for (let pdu = this.#peek(); pdu !== null; pdu = this.#peek()) {
      if (!this.#window.hasRoomFor(pdu.sequence) || bucket.waitMs() > 0) return;
      this.#nextSequence = pdu.sequence + pdu.span;
      this.#queueAt++;
      this.#transmit(this.#window.add(pdu), nowMs);
    }
  }

  #transmit(entry: InFlight, nowMs: number): boolean {
    const { bucket, send, counters } = this.#options;
    if (!bucket.take(entry.pdu.bytes.length + OVERHEAD_BYTES)) return false;
    if (entry.datagram !== null && !this.#session.isSendable(entry.datagram)) entry.datagram = null;
    entry.datagram ??= this.#session.seal(entry.pdu.bytes);
    send(entry.datagram);
    this.#window.sent(entry, nowMs);
    this.#lastSentMs = nowMs;
    counters.counter("pdus_sent").value++;
    return true;
  }

  /** The next PDU that was never sent, or null. */
  #peek(): OutgoingPdu | null {
    if (this.#queueAt >= this.#queue.length) {
      this.#queue = this.#options.spool.from(this.#nextSequence);
      this.#queueAt = 0;
    }
    return this.#queue[this.#queueAt] ?? null;
  }

  #seek(sequence: number): void {
    this.#nextSequence = sequence;
    this.#queue = [];
    this.#queueAt = 0;
  }

  #heartbeat(nowMs: number): void {
    const { heartbeat, heartbeatS, send, counters } = this.#options;
    if (heartbeat === null || nowMs - this.#lastSentMs < heartbeatS * 1000) return;
    send(this.#session.seal(heartbeat()));
    this.#lastSentMs = nowMs;
    counters.counter("heartbeats_sent").add();
  }
}
