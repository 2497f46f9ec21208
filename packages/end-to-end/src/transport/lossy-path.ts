import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** How a path treats datagrams. Shares are 0 to 1. */
export interface PathFaults {
  readonly lost: number;
  readonly doubled: number;
  readonly corrupted: number;
  /** Longest delay; each datagram has its own, so that they overtake each other. */
  readonly delayMs: number;
}

/** A UDP relay on loopback that loses, doubles, spoils and reorders, both ways, the same way for the same seed. */
export class LossyPath {
  readonly #faults: PathFaults;
  readonly #random: () => number;
  readonly #front = createSocket("udp4");
  readonly #backs = new Map<number, Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #target = 0;
  /** Datagrams that came in, from both sides. */
  datagrams = 0;

  constructor(faults: PathFaults, seed: number) {
    this.#faults = faults;
    this.#random = mulberry32(seed);
  }

  /** Relays to this port of loopback; gives the port to send to. */
  async open(target: number): Promise<number> {
    this.#target = target;
    this.#front.on("message", (datagram, peer) => this.#forward(datagram, peer.port));
    this.#front.bind(0, "127.0.0.1");
    await once(this.#front, "listening");
    return this.#front.address().port;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#front.close();
    for (const back of this.#backs.values()) back.close();
  }

  /** Each sender gets a socket of its own towards the target, as behind address translation. */
  #forward(datagram: Buffer, from: number): void {
    let back = this.#backs.get(from);
    if (back === undefined) {
      back = createSocket("udp4");
      back.on("message", (answer) => this.#suffer(answer, (bytes) => this.#front.send(bytes, from, "127.0.0.1")));
      this.#backs.set(from, back);
    }
    const socket = back;
    this.#suffer(datagram, (bytes) => socket.send(bytes, this.#target, "127.0.0.1"));
  }

  #suffer(datagram: Buffer, deliver: (bytes: Buffer) => void): void {
    const { lost, doubled, corrupted, delayMs } = this.#faults;
    this.datagrams++;
    if (this.#random() < lost) return;
    for (let copies = this.#random() < doubled ? 2 : 1; copies > 0; copies--) {
      const bytes = Buffer.from(datagram);
      if (this.#random() < corrupted) bytes[Math.floor(this.#random() * bytes.length)]! ^= 1 << (this.#random() * 8);
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        deliver(bytes);
      }, this.#random() * delayMs);
      this.#timers.add(timer);
    }
  }
}

/** A small generator of even numbers 0 (included) to 1, the same for the same seed (Tommy Ettinger's mulberry32). */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
