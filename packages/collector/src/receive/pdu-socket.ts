import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { kindName, readHeader } from "@trafmon/observation";
import type { Component, Counters } from "@trafmon/runtime";
import type { CollectorSettings } from "@trafmon/settings";
import { collectorError } from "../errors.ts";
import type { Peer } from "./session.ts";

/** The UDP socket that probes send to. */
export class PduSocket implements Component {
  readonly name = "PDU socket";
  readonly #settings: CollectorSettings;
  readonly #counters: Counters;
  readonly #onDatagram: (datagram: Buffer, peer: Peer) => void;
  #socket: Socket | null = null;
  /** Datagrams given to the socket and not sent yet. */
  #leaving = 0;
  #onAllLeft = () => {};

  constructor(settings: CollectorSettings, counters: Counters, onDatagram: (datagram: Buffer, peer: Peer) => void) {
    this.#settings = settings;
    this.#counters = counters;
    this.#onDatagram = onDatagram;
  }

  /** Where it listens, once started. */
  get port(): number {
    return this.#socket?.address().port ?? 0;
  }

  /** @throws {CodedError} COLLECTOR_ADDRESS_IN_USE, COLLECTOR_ADDRESS_UNUSABLE */
  async start(): Promise<void> {
    const { listenAddress, listenPort, receiveBufferBytes } = this.#settings;
    const type = isIPv6(listenAddress) ? "udp6" : "udp4";
    const socket = createSocket({ type, ipv6Only: false, recvBufferSize: receiveBufferBytes });
    const bound = once(socket, "listening");
    socket.bind(listenPort, listenAddress);
    try {
      await bound;
    } catch (cause) {
      socket.close();
      const place = `${listenAddress} port ${listenPort}`;
      const code = (cause as NodeJS.ErrnoException).code;
      throw collectorError(
        code === "EADDRINUSE" ? "COLLECTOR_ADDRESS_IN_USE" : "COLLECTOR_ADDRESS_UNUSABLE",
        `cannot listen on ${place}: ${code}`,
        cause,
      );
    }
    // An ICMP error of a probe that went away is no trouble of ours.
    socket.on("error", () => this.#counters.byReason("datagrams_unsent").add("socket error"));
    socket.on("message", (datagram, { address, port }) => this.#onDatagram(datagram, { address, port }));
    this.#socket = socket;
  }

  /** Sends, or counts why not: what matters is said again. */
  send(datagram: Buffer, peer: Peer): void {
    const unsent = this.#counters.byReason("datagrams_unsent");
    // Anybody can send from port 0, and the socket would throw at the answer.
    if (peer.port === 0) return unsent.add("no port to answer to");
    if (this.#socket === null) return;
    this.#leaving++;
    this.#socket.send(datagram, peer.port, peer.address, (error) => {
      if (error !== null) unsent.add("send failed");
      if (--this.#leaving === 0) this.#onAllLeft();
    });
  }

  /** Lets what was given to `send` leave first: a closed socket would throw it away. */
  async stop(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    if (this.#leaving > 0) {
      await new Promise<void>((resolve) => {
        this.#onAllLeft = resolve;
      });
    }
    socket.close();
    await once(socket, "close");
  }
}

/** What a log says of a datagram, ours or not. */
export function traceOf(datagram: Buffer, { address, port }: Peer): object {
  const header = readHeader(datagram);
  const kind = header === null ? "not ours" : kindName(header.kind);
  return { from: `${address} ${port}`, kind, run: header?.run, counter: header?.counter, bytes: datagram.length };
}
