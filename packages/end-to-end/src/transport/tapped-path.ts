import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/**
 * Somebody on the path between a probe and its collector: sees every datagram, can hold them up, and can send any bytes
 * to either side, as the other side or from elsewhere.
 */
export class TappedPath {
  /** What the probe sent, and what the collector did. */
  readonly fromProbe: Buffer[] = [];
  readonly fromCollector: Buffer[] = [];
  /** While true nothing is passed on, only seen. */
  isBlocked = false;
  readonly #front = createSocket("udp4");
  readonly #back = createSocket("udp4");
  readonly #elsewhere = createSocket("udp4");
  #target = 0;
  #probePort = 0;

  /** Passes on to this port of loopback; gives the port for the probe to send to. */
  async open(target: number): Promise<number> {
    this.#target = target;
    for (const socket of [this.#front, this.#back, this.#elsewhere]) {
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
      socket.on("error", () => {});
    }
    this.#front.on("message", (datagram, { port }) => {
      this.#probePort = port;
      this.fromProbe.push(Buffer.from(datagram));
      if (!this.isBlocked) this.#back.send(datagram, target, "127.0.0.1");
    });
    this.#back.on("message", (datagram) => {
      this.fromCollector.push(Buffer.from(datagram));
      if (!this.isBlocked) this.#front.send(datagram, this.#probePort, "127.0.0.1");
    });
    return this.#front.address().port;
  }

  /** Sends to the collector, from the probe's address (as it sees it) or from another. */
  async sayToCollector(datagram: Buffer, from: "probe's address" | "elsewhere"): Promise<void> {
    await sent(from === "elsewhere" ? this.#elsewhere : this.#back, datagram, this.#target);
  }

  /** Sends to the probe, from the collector's address. */
  async sayToProbe(datagram: Buffer): Promise<void> {
    await sent(this.#front, datagram, this.#probePort);
  }

  close(): void {
    for (const socket of [this.#front, this.#back, this.#elsewhere]) socket.close();
  }
}

function sent(socket: Socket, datagram: Buffer, port: number): Promise<void> {
  // A refusal of the system, say ECONNREFUSED of an earlier one, is no matter of the test.
  return new Promise((done) => socket.send(datagram, port, "127.0.0.1", () => done()));
}
