import { KIND } from "../ledger/packet-kind.ts";
import type { StreamTraffic } from "../scenario/scenario.ts";
import { ArrivalClock } from "./arrival-clock.ts";
import type { Craft } from "./craft.ts";
import { EndPicker } from "./end-picker.ts";
import { fragmentsOf } from "./ip-fragments.ts";
import { framed } from "./link-header.ts";
import { runOf } from "./packet-mark.ts";
import { type DrawSize, sizesOf } from "./packet-sizes.ts";
import { Random, seedOf } from "./random.ts";
import { StreamPackets } from "./stream-packets.ts";
import type { Due } from "./timeline.ts";
import type { TrafficSource } from "./traffic-source.ts";

/** Sends the packets of a stream. */
export class StreamSource implements TrafficSource, Due {
  readonly #stream: StreamTraffic;
  readonly #craft: Craft;
  readonly #picker: EndPicker;
  readonly #packets: StreamPackets;
  readonly #drawSize: DrawSize;
  readonly #lane;
  #random: Random;
  #clock: ArrivalClock;
  #beginNs = 0;
  #sent = 0;
  /** Number of the flow where there is only one. */
  #flow: number | null = null;

  constructor(stream: StreamTraffic, craft: Craft) {
    this.#stream = stream;
    this.#craft = craft;
    this.#lane = craft.lane(stream.number);
    this.#picker = new EndPicker(stream);
    this.#random = new Random(seedOf(craft.seed, stream.number));
    this.#packets = new StreamPackets(stream, craft.macs, craft.mtuBytes, runOf(craft.start), this.#random);
    this.#drawSize = sizesOf(stream.size, this.#packets.headerBytes);
    this.#clock = new ArrivalClock(stream, this.#random);
  }

  begin(atNs: number, cycle: number): void {
    this.#random = new Random(seedOf(this.#craft.seed, this.#stream.number, cycle));
    this.#clock = new ArrivalClock(this.#stream, this.#random);
    this.#beginNs = atNs + this.#stream.startNs;
    this.#sent = 0;
    this.#goOn();
  }

  /** Sends one packet. */
  run(atNs: number): void {
    const ipBytes = this.#drawSize(this.#random);
    this.#send(atNs, ipBytes);
    this.#sent++;
    this.#clock.add(ipBytes);
    this.#goOn();
  }

  #goOn(): void {
    const { packets, durationNs } = this.#stream;
    const dueNs = this.#clock.dueNs;
    const { timeline } = this.#craft;
    const isOver = dueNs >= (durationNs ?? Number.POSITIVE_INFINITY);
    if (!isOver && this.#sent < (packets ?? Number.POSITIVE_INFINITY)) timeline.schedule(this.#beginNs + dueNs, this);
    // The time that belongs to the last packet belongs to the cycle, so that the rate holds across cycles.
    else timeline.call(this.#beginNs + (isOver ? durationNs! : dueNs), () => {});
  }

  #send(atNs: number, ipBytes: number): void {
    const { path, mtuBytes } = this.#craft;
    const flow = this.#address();
    const number = this.#lane.nextNumber();
    const packets = this.#packets;
    const { s, nanos } = this.#craft.start;
    const atNanos = nanos + atNs;
    const seconds = Math.floor(atNanos / 1e9);
    packets.make(ipBytes, number, s + seconds, atNanos - seconds * 1e9, this.#random);
    const frame = packets.bytes.subarray(0, packets.length);
    const payloadBytes = ipBytes - packets.headerBytes;
    if (ipBytes <= mtuBytes) this.#pass(atNs, frame, flow, number, ipBytes, payloadBytes);
    else {
      const header = frame.subarray(0, packets.linkBytes);
      const packet = frame.subarray(packets.linkBytes);
      const identification = packets.nextIdentification();
      for (const piece of fragmentsOf(packet, mtuBytes, packets.transportBytes, identification)) {
        const whole = framed(header, piece.packet);
        if (path.hasHops) this.#voyage(atNs, whole, flow, number, piece.packet.length, piece.payloadBytes);
        else path.pass(atNs, whole, flow, this.#lane, number, piece.packet.length, piece.payloadBytes, KIND.DATA);
      }
    }
  }

  #pass(atNs: number, frame: Uint8Array, flow: number, number: number, ipBytes: number, payloadBytes: number): void {
    const { path } = this.#craft;
    if (path.hasHops) this.#voyage(atNs, Uint8Array.from(frame), flow, number, ipBytes, payloadBytes);
    else path.pass(atNs, frame, flow, this.#lane, number, ipBytes, payloadBytes, KIND.DATA);
  }

  #voyage(atNs: number, frame: Uint8Array, flow: number, number: number, ipBytes: number, payloadBytes: number): void {
    const packet = {
      frame,
      linkHeaderBytes: this.#packets.linkBytes,
      isForward: true,
      lane: this.#lane,
      flow,
      number,
      ipBytes,
      payloadBytes,
      kind: KIND.DATA,
      sendDelayNs: 0,
      receiveDelayNs: 0,
      trouble: null,
      onSeen: null,
      onArrival: null,
      onSettled: null,
    };
    this.#craft.path.send(packet, atNs);
  }

  /** Puts the next addresses and ports into the frame. Number of their flow. */
  #address(): number {
    if (this.#flow !== null) return this.#flow;
    const picker = this.#picker;
    picker.next(this.#random);
    this.#packets.address(picker.from, picker.to, picker.fromPort, picker.toPort);
    const flow = this.#craft.account.flow({
      direction: "fwd",
      protocol: this.#packets.protocol,
      source: picker.from,
      destination: picker.to,
      sourcePort: picker.fromPort,
      destinationPort: picker.toPort,
    });
    if (picker.isFixed) this.#flow = flow;
    return flow;
  }
}
