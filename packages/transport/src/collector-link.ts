import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { kindName, readHeader } from "@trafmon/observation";
import type { Counters, Logger, RepeatedTrouble } from "@trafmon/runtime";
import type { RunSender, SendingState } from "./run-sender.ts";

export interface CollectorLinkOptions {
  readonly collector: string;
  readonly address: string;
  readonly port: number;
  readonly counters: Counters;
  readonly trouble: RepeatedTrouble;
  readonly log: Logger;
}

const SEND_BUFFER_BYTES = 4 << 20;
/** Over a bad line a handshake takes seconds: while some runs begin others are sent. */
const RUNS_AT_A_TIME = 8;

/** The socket towards one collector and the runs that are sent over it, a few at a time. */
export class CollectorLink {
  readonly collector: string;
  readonly #options: CollectorLinkOptions;
  readonly #senders: RunSender[] = [];
  #socket: Socket | null = null;

  constructor(options: CollectorLinkOptions) {
    this.collector = options.collector;
    this.#options = options;
  }

  /** Runs are sent in the order they are added: an earlier run's spool before the present one. */
  add(sender: RunSender): void {
    this.#senders.push(sender);
  }

  remove(sender: RunSender): void {
    const place = this.#senders.indexOf(sender);
    if (place >= 0) this.#senders.splice(place, 1);
  }

  async open(): Promise<void> {
    const { address } = this.#options;
    const socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", sendBufferSize: SEND_BUFFER_BYTES });
    socket.on("message", (datagram) => this.#receive(datagram));
    socket.on("error", (error) => this.#onTrouble(error));
    socket.bind(0);
    await once(socket, "listening");
    this.#socket = socket;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  readonly send = (datagram: Buffer): void => {
    const { address, port, counters, log } = this.#options;
    if (this.#socket === null) return;
    if (log.isLevelEnabled("trace")) log.trace(this.#traceOf(datagram), "sent");
    counters.counter("bytes_sent").value += datagram.length;
    this.#socket.send(datagram, port, address, (error) => {
      if (error !== null) this.#onTrouble(error);
    });
  };

  /**
   * The present work: the first runs that are not done, and the last one in any case: it has heartbeats, and earlier ones
   * that the collector refuses, as after a change of the probe's name, must not keep it back.
   */
  get active(): readonly RunSender[] {
    const last = this.#senders.at(-1);
    if (last === undefined) return [];
    const active: RunSender[] = [];
    for (const sender of this.#senders) {
      if (active.length === RUNS_AT_A_TIME) break;
      if (!sender.isDone && sender !== last) active.push(sender);
    }
    return [...active, last];
  }

  /** Of each run, in the order they are sent. */
  get states(): readonly SendingState[] {
    return this.#senders.map(({ state }) => state);
  }

  get isDone(): boolean {
    return this.#senders.every((sender) => sender.isDone);
  }

  #receive(datagram: Buffer): void {
    const { counters } = this.#options;
    counters.counter("bytes_received").value += datagram.length;
    const header = readHeader(datagram);
    if (this.#options.log.isLevelEnabled("trace")) this.#options.log.trace(this.#traceOf(datagram), "received");
    if (header === null) return counters.byReason("datagrams_refused").add("not ours");
    const sender = this.#senders.find((each) => each.run === header.run);
    if (sender === undefined) return counters.byReason("datagrams_refused").add("another run");
    sender.receive(header, datagram);
  }

  #traceOf(datagram: Buffer): object {
    const header = readHeader(datagram);
    const kind = header === null ? "not ours" : kindName(header.kind);
    return { collector: this.collector, kind, run: header?.run, counter: header?.counter, bytes: datagram.length };
  }

  /** Retries go on whatever the network says; the operator hears of it now and then. */
  #onTrouble(error: Error): void {
    const { collector, counters, trouble } = this.#options;
    counters.counter("send_failures").add();
    trouble.warn(`send ${collector}`, { collector, reason: error.message }, "cannot send to collector");
  }
}
