import type { Socket } from "node:dgram";
import { setImmediate } from "node:timers/promises";
import { addressText } from "@trafmon/observation";
import { type Instant, sleep, systemClock } from "@trafmon/runtime";
import { FATE } from "../ledger/packet-kind.ts";
import type { RunClock } from "../play/run-clock.ts";
import { openDatagramSocket } from "./datagram-socket.ts";
import type { FrameBatch } from "./frame-batch.ts";
import type { FrameSink } from "./frame-sink.ts";

/** Below this, waiting is turning: timers are no finer than a millisecond. */
const TURNING_NS = 2e6;
const LINK_BYTES = 14;

/** Where things are in a UDP datagram of a family, from the IP header on. */
const V4 = { family: 4, tos: 1, ttl: 8, source: 12, destination: 16, address: 4, udp: 20 } as const;
const V6 = { family: 6, tos: 0, ttl: 7, source: 8, destination: 24, address: 16, udp: 40 } as const;

/**
 * Lets the operating system send crafted UDP datagrams: their payload, from a socket bound to their source. A frame's
 * `sentNs` is the instant of the call. Without tag; the scenario's mtu must be out of the way, so that nothing comes in
 * fragments.
 */
export class SocketSink implements FrameSink {
  readonly #clock: RunClock;
  /** By source, port and header fields. */
  readonly #sockets = new Map<string, Socket>();

  constructor(clock: RunClock) {
    this.#clock = clock;
  }

  async start(): Promise<Instant> {
    return this.#clock.start;
  }

  /** @throws {CodedError} TRAFGEN_SOCKET_FAILED, TRAFGEN_TOS_UNSETTABLE */
  async send(batch: FrameBatch, stopping: AbortSignal): Promise<void> {
    const underway: Promise<void>[] = [];
    for (let i = 0; i < batch.count; i++) {
      if (batch.fates[i] !== FATE.SENT) continue;
      await this.#waitUntil(batch.dueNs[i]!, stopping);
      if (stopping.aborted) batch.fates[i] = FATE.CANCELLED;
      else underway.push((await this.#sendOne(batch, i)).done);
    }
    await Promise.all(underway);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  /** @returns `done`: resolved when the system has taken it or not; the next one need not wait for that */
  async #sendOne(batch: FrameBatch, i: number): Promise<{ readonly done: Promise<void> }> {
    const packet = batch.bytes.subarray(batch.offsets[i]! + LINK_BYTES, batch.offsets[i]! + batch.lengths[i]!);
    const at = packet[0]! >> 4 === 6 ? V6 : V4;
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
    const socket = await this.#socket(packet, at, view.getUint16(at.udp));
    const destination = addressText(packet.subarray(at.destination, at.destination + at.address));
    const payload = packet.subarray(at.udp + 8);
    batch.sentNs[i] = this.#clock.nowNs();
    const done = new Promise<void>((resolve) => {
      socket.send(payload, view.getUint16(at.udp + 2), destination, (error) => {
        if (error !== null) batch.fates[i] = FATE.REFUSED;
        resolve();
      });
    });
    return { done };
  }

  async #socket(packet: Uint8Array, at: typeof V4 | typeof V6, port: number): Promise<Socket> {
    const source = addressText(packet.subarray(at.source, at.source + at.address));
    const tos = at === V4 ? packet[1]! : ((packet[0]! & 0xf) << 4) | (packet[1]! >> 4);
    const ttl = packet[at.ttl]!;
    const key = `${source} ${port} ${tos} ${ttl}`;
    const known = this.#sockets.get(key);
    if (known !== undefined) return known;
    const socket = await openDatagramSocket(at.family, { localAddress: source, localPort: port, tos });
    socket.setTTL(ttl);
    socket.setBroadcast(true);
    // What comes back (nobody listens there, say) is no matter of the sender's.
    socket.on("error", () => {});
    this.#sockets.set(key, socket);
    return socket;
  }

  async #waitUntil(dueNs: number, stopping: AbortSignal): Promise<void> {
    for (;;) {
      const leftNs = dueNs - this.#clock.nowNs();
      if (leftNs <= 0 || stopping.aborted) return;
      if (leftNs > TURNING_NS) await sleep(systemClock, (leftNs - TURNING_NS) / 1e6, stopping);
      else await setImmediate();
    }
  }
}
