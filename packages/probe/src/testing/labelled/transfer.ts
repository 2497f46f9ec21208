import { ipv4, ipv6, TCP_ACK, TCP_PSH, TCP_SYN, tcp } from "@trafmon/packet";
import type { Label, LabelledPacket } from "./labelled-packet.ts";
import type { Random } from "./random.ts";

/** How a sender numbers its IP packets; `repeat` gives a segment sent again the number it had, as offloading cards do. */
export type Identification = "counter" | "repeat" | "zero" | "v6";

export interface TransferTraits {
  readonly identification: Identification;
  readonly hasTimestamps: boolean;
  readonly hasSack: boolean;
  /** Round trips from the tap to the data's sender and to its receiver. */
  readonly senderNs: number;
  readonly receiverNs: number;
  /** Share of data segments lost behind the tap. */
  readonly loss: number;
  readonly rounds: number;
  /** Most segments of a round. */
  readonly window: number;
}

interface Segment {
  readonly direction: 0 | 1;
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly length: number;
  readonly identification: number;
  /** Of the sender's clock. */
  readonly timestampMs: number;
  readonly sack?: readonly [left: number, right: number];
}

const DELAYED_ACK_NS = 40e6;
const LEAST_RTO_NS = 200e6;

const CONTENT = new Uint8Array(65_536).map((_, index) => (index * 31) ^ (index >> 8));

/**
 * A TCP connection that sends data one way through a tap, with losses behind it that are repaired as RFC 5681 and 6298
 * say: by a fast retransmission after three duplicate ACKs where there are so many, else by time-out.
 */
export class Transfer {
  readonly packets: LabelledPacket[] = [];
  readonly #traits: TransferTraits;
  readonly #random: Random;
  readonly #hosts: readonly [Uint8Array, Uint8Array];
  readonly #port: number;
  readonly #initial: readonly [number, number];
  /** Next IP identification, by direction. */
  readonly #identifications: [number, number];
  #atNs: number;
  /** Data sent so far, and acknowledged: bytes behind the SYN. */
  #next = 1;

  /** `number`: tells connections apart. */
  constructor(traits: TransferTraits, random: Random, number: number, startNs: number) {
    this.#traits = traits;
    this.#random = random;
    this.#atNs = startNs;
    const isV6 = traits.identification === "v6";
    this.#hosts = [host(isV6, 1, number), host(isV6, 2, number)];
    this.#port = 1024 + (number % 60_000);
    this.#initial = [random.below(2 ** 32), random.below(2 ** 32)];
    this.#identifications = [random.below(65_536), random.below(65_536)];
    this.#open();
    for (let round = 0; round < traits.rounds; round++) this.#round();
  }

  /** The receiver opens. */
  #open(): void {
    const { senderNs, receiverNs } = this.#traits;
    const fields = { sequence: 0, acknowledgement: 0, length: 0 };
    this.#pass(this.#atNs, "first", this.#segment({ ...fields, direction: 1, flags: TCP_SYN }));
    const synAckNs = this.#atNs + senderNs;
    this.#pass(
      synAckNs,
      "first",
      this.#segment({ ...fields, direction: 0, flags: TCP_SYN | TCP_ACK, acknowledgement: 1 }),
    );
    const ackNs = synAckNs + receiverNs;
    this.#acknowledge(ackNs, 1);
    this.#atNs = ackNs + senderNs;
  }

  /** Sends a flight of segments and lets it be acknowledged, with all that goes wrong on the way. */
  #round(): void {
    const { window, loss, senderNs, receiverNs } = this.#traits;
    const random = this.#random;
    const count = 1 + random.below(window);
    const gapNs = random.between(4000, 40_000);
    const lost = random.chance(loss * count) ? random.below(count) : -1;
    const flight = Array.from({ length: count }, () => {
      const length = random.chance(0.1) ? 1 + random.below(300) : 600;
      const segment = this.#segment({
        direction: 0,
        flags: TCP_ACK | TCP_PSH,
        sequence: this.#next,
        acknowledgement: 1,
        length,
      });
      this.#next += length;
      return segment;
    });
    flight.forEach((segment, index) => {
      this.#pass(this.#atNs + index * gapNs, "first", segment);
    });
    const lastNs = this.#atNs + (count - 1) * gapNs;
    const upTo = lost < 0 ? count : lost;
    let doneNs = lastNs + receiverNs;
    // Every other segment is acknowledged, and the last one, after a while if it is alone.
    for (let index = 0; index < upTo; index++) {
      const isLast = index === upTo - 1;
      if (index % 2 === 0 && !isLast) continue;
      const isDelayed = isLast && index % 2 === 0 && lost < 0 && random.chance(0.3);
      const atNs = this.#atNs + index * gapNs + receiverNs + (isDelayed ? DELAYED_ACK_NS : 0);
      this.#acknowledge(atNs, endOf(flight[index]!));
      doneNs = Math.max(doneNs, atNs);
    }
    if (lost >= 0) doneNs = this.#repair(flight, lost, gapNs);
    this.#atNs = doneNs + senderNs + random.between(10_000, 3_000_000);
  }

  /** Returns when the acknowledgement of everything passes the tap. */
  #repair(flight: readonly Segment[], lost: number, gapNs: number): number {
    const { senderNs, receiverNs, hasSack, identification } = this.#traits;
    const hole = flight[lost]!;
    const above = flight.slice(lost + 1);
    const arrivedNs = (index: number) => this.#atNs + (lost + 1 + index) * gapNs + receiverNs;
    above.forEach((segment, index) => {
      const sack = hasSack ? ([above[0]!.sequence, endOf(segment)] as const) : undefined;
      this.#acknowledge(arrivedNs(index), hole.sequence, sack);
    });
    const roundTripNs = senderNs + receiverNs;
    const isFast = above.length >= 3;
    const passedNs = this.#atNs + lost * gapNs;
    const againNs = isFast ? arrivedNs(2) + senderNs : passedNs + Math.max(LEAST_RTO_NS, 2 * roundTripNs);
    // A tail-loss probe, or a second time-out, repeats it once more now and then.
    const times = this.#random.chance(0.1) ? 2 : 1;
    let atNs = againNs;
    for (let time = 0; time < times; time++) {
      atNs = againNs + time * Math.max(LEAST_RTO_NS, 2 * roundTripNs);
      const id = identification === "repeat" ? hole.identification : this.#identify(0);
      this.#pass(atNs, "again", { ...hole, identification: id, timestampMs: Math.floor(atNs / 1e6) });
    }
    const last = flight[flight.length - 1]!;
    this.#acknowledge(atNs + receiverNs, endOf(last));
    return atNs + receiverNs;
  }

  #acknowledge(atNs: number, acknowledgement: number, sack?: readonly [number, number]): void {
    const fields = { direction: 1, flags: TCP_ACK, sequence: 1, acknowledgement, length: 0 } as const;
    this.#pass(atNs, "first", { ...this.#segment(fields), ...(sack === undefined ? {} : { sack }) });
  }

  #segment(fields: Omit<Segment, "identification" | "timestampMs">): Segment {
    return { ...fields, identification: this.#identify(fields.direction), timestampMs: -1 };
  }

  #identify(direction: 0 | 1): number {
    if (this.#traits.identification === "zero" || this.#traits.identification === "v6") return 0;
    this.#identifications[direction] = (this.#identifications[direction] + 1) & 0xffff;
    return this.#identifications[direction];
  }

  #pass(atNs: number, label: Label, segment: Segment): void {
    const stamped = segment.timestampMs < 0 ? { ...segment, timestampMs: Math.floor(atNs / 1e6) } : segment;
    this.packets.push({
      atNs: Math.round(atNs),
      label,
      direction: segment.direction,
      bytes: (hops) => this.#build(stamped, hops),
    });
  }

  #build(segment: Segment, hops: number): Uint8Array {
    const { direction } = segment;
    const [own, peer] = [this.#initial[direction], this.#initial[1 - direction]!];
    const ports = [443, this.#port] as const;
    const isSyn = (segment.flags & TCP_SYN) !== 0;
    const carried = tcp({
      sourcePort: ports[direction],
      destinationPort: ports[1 - direction]!,
      sequence: own + segment.sequence,
      acknowledgement: segment.flags & TCP_ACK ? peer + segment.acknowledgement : 0,
      flags: segment.flags,
      window: isSyn ? 64_240 : 501,
      options: this.#options(segment, own, peer, isSyn),
      payload: CONTENT.subarray(segment.sequence & 0x7fff, (segment.sequence & 0x7fff) + segment.length),
    });
    const [from, to] = [this.#hosts[direction], this.#hosts[1 - direction]!];
    if (this.#traits.identification === "v6") return ipv6(from, to, carried, { hopLimit: 60 - hops });
    return ipv4(from, to, carried, { identification: segment.identification, ttl: 60 - hops, dontFragment: true });
  }

  #options(segment: Segment, own: number, peer: number, isSyn: boolean): Uint8Array {
    const bytes: number[] = [];
    const word = (value: number) =>
      bytes.push((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
    if (isSyn) bytes.push(2, 4, 5, 180);
    if (isSyn && this.#traits.hasSack) bytes.push(4, 2, 1, 1);
    if (this.#traits.hasTimestamps) {
      bytes.push(1, 1, 8, 10);
      word(own + segment.timestampMs);
      word(peer);
    }
    if (segment.sack !== undefined) {
      bytes.push(1, 1, 5, 10);
      word(peer + segment.sack[0]);
      word(peer + segment.sack[1]);
    }
    return Uint8Array.from(bytes);
  }
}

function endOf(segment: Segment): number {
  return segment.sequence + segment.length;
}

export function host(isV6: boolean, side: number, number: number): Uint8Array {
  if (!isV6) return Uint8Array.of(10, side, (number >> 8) & 255, number & 255);
  const bytes = new Uint8Array(16);
  bytes.set([0x20, 0x01, 0x0d, 0xb8, 0, side]);
  bytes.set([(number >> 8) & 255, number & 255], 14);
  return bytes;
}
