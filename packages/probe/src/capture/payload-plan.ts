import { FLAG_TRANSPORT, FLAGS, FRAGMENT_OFFSET, PORTS, PROTOCOL_TOS_TTL } from "@trafmon/packet";
import { MAX_FLOW_CLASSES } from "../classify/match-packet.ts";
import { StreamBeginnings } from "./stream-beginnings.ts";

/** Most captured payload a record can carry. */
export const MAX_PAYLOAD_BYTES = 65_535;

/** Ports from..to, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Captured payload that an analysis of a flow class wants to see. Plain values: it goes to the capture thread. */
export interface PayloadWish {
  /** `other`: without a transport header that is decoded, fragments but the first left out. */
  readonly protocol: "tcp" | "udp" | "icmp" | "other";
  /** Either port of the packet is to be one of these; ICMP and others have none. */
  readonly ports: readonly PortRange[];
  /** Bytes wanted of a packet's payload, from its first on. */
  readonly bytes: number;
  /** Of a TCP connection, only segments that begin within so many bytes of a direction's first are wanted. Absent: all. */
  readonly withinBytes?: number;
}

/** A packet of any port. */
export const ALL_PORTS: readonly PortRange[] = [{ from: 0, to: 65_535 }];

/** What the analyses of each flow class want. Shape: [classes]. */
export type PayloadPlan = readonly (readonly PayloadWish[])[];

const TCP = 6;
const UDP = 17;

/** A payload plan as the capture stage works with it: nearly every packet is told by a bit of its ports to want none. */
export class CompiledPayloadPlan {
  /** Bit n: class n wants payload of some packets. */
  readonly classes: number;
  readonly #tcp: PortWishes;
  /** What is wanted of TCP wherever in its connection a segment is; null: the same. */
  readonly #tcpAnywhere: PortWishes | null;
  readonly #beginnings: StreamBeginnings | null;
  /** Greatest of what is asked for. */
  readonly #withinBytes: number;
  readonly #udp: PortWishes;
  /** Bytes wanted, by class. */
  readonly #icmp = new Uint16Array(MAX_FLOW_CLASSES);
  readonly #other = new Uint16Array(MAX_FLOW_CLASSES);

  constructor(plan: PayloadPlan) {
    this.classes = plan.reduce((mask, wishes, bit) => (wishes.length > 0 ? mask | (1 << bit) : mask), 0);
    this.#tcp = new PortWishes(plan, "tcp");
    this.#udp = new PortWishes(plan, "udp");
    const within = plan.flatMap((wishes) => wishes.flatMap(({ withinBytes }) => withinBytes ?? []));
    const anywhere = plan.map((wishes) => wishes.filter(({ withinBytes }) => withinBytes === undefined));
    this.#tcpAnywhere = within.length > 0 ? new PortWishes(anywhere, "tcp") : null;
    this.#beginnings = within.length > 0 ? new StreamBeginnings() : null;
    this.#withinBytes = Math.max(0, ...within);
    plan.forEach((wishes, bit) => {
      for (const { protocol, bytes } of wishes) {
        if (protocol === "icmp") this.#icmp[bit] = Math.max(this.#icmp[bit]!, bytes);
        if (protocol === "other") this.#other[bit] = Math.max(this.#other[bit]!, bytes);
      }
    });
  }

  /** Bytes of captured payload that the classes of the mask want of the packet record at `at`. */
  bytesOf(words: Int32Array, at: number, classes: number): number {
    const wishing = classes & this.classes;
    if (wishing === 0) return 0;
    if ((words[at + FLAGS]! & FLAG_TRANSPORT) === 0) {
      return words[at + FRAGMENT_OFFSET] === 0 ? mostOf(this.#other, 0, wishing) : 0;
    }
    const protocol = words[at + PROTOCOL_TOS_TTL]! & 0xff;
    if (protocol === TCP || protocol === UDP) {
      const ports = words[at + PORTS]!;
      if (protocol === UDP) return this.#udp.bytesOf(ports >>> 16, ports & 0xffff, wishing);
      const wanted = this.#tcp.bytesOf(ports >>> 16, ports & 0xffff, wishing);
      if (wanted === 0 || this.#tcpAnywhere === null) return wanted;
      const anywhere = this.#tcpAnywhere.bytesOf(ports >>> 16, ports & 0xffff, wishing);
      return wanted === anywhere || this.#beginnings!.isWithin(words, at, this.#withinBytes) ? wanted : anywhere;
    }
    return mostOf(this.#icmp, 0, wishing);
  }
}

/** What is wanted by port. */
class PortWishes {
  /** Bit per port: somebody wants payload of it. 8 KiB, which stay in the processor's nearest cache. */
  readonly #wanted = new Int32Array(65_536 / 32);
  /** By port: place in `#bytes` of what each class wants; made only when something is wanted. */
  readonly #places: Uint16Array = new Uint16Array(0);
  /** Bytes wanted: place * MAX_FLOW_CLASSES + class. Place 0: nobody wants any. */
  readonly #bytes: Uint16Array = new Uint16Array(0);

  constructor(plan: PayloadPlan, protocol: "tcp" | "udp") {
    const rows = new Map<string, number>();
    const bytes: number[] = [];
    const wishes = plan.flatMap((ofClass, bit) =>
      ofClass.filter((wish) => wish.protocol === protocol && wish.bytes > 0).map((wish) => ({ ...wish, bit })),
    );
    if (wishes.length === 0) return;
    this.#places = new Uint16Array(65_536);
    // Wishes change at the ends of ranges only.
    const borders = [...new Set([0, ...wishes.flatMap(({ ports }) => ports.flatMap(({ from, to }) => [from, to + 1]))])]
      .filter((port) => port < 65_536)
      .sort((a, b) => a - b);
    for (const [index, from] of borders.entries()) {
      const row = new Array<number>(MAX_FLOW_CLASSES).fill(0);
      for (const wish of wishes) {
        if (wish.ports.some((range) => range.from <= from && from <= range.to)) {
          row[wish.bit] = Math.max(row[wish.bit]!, wish.bytes);
        }
      }
      const key = row.join(" ");
      if (!rows.has(key)) {
        rows.set(key, rows.size);
        bytes.push(...row);
      }
      const until = borders[index + 1] ?? 65_536;
      this.#places.fill(rows.get(key)!, from, until);
      if (row.some((each) => each > 0)) {
        for (let port = from; port < until; port++) this.#wanted[port >>> 5]! |= 1 << (port & 31);
      }
    }
    this.#bytes = Uint16Array.from(bytes);
  }

  bytesOf(one: number, other: number, classes: number): number {
    const wanted = this.#wanted;
    let most = 0;
    if ((wanted[one >>> 5]! >>> (one & 31)) & 1) {
      most = mostOf(this.#bytes, this.#places[one]! * MAX_FLOW_CLASSES, classes);
    }
    if ((wanted[other >>> 5]! >>> (other & 31)) & 1) {
      most = Math.max(most, mostOf(this.#bytes, this.#places[other]! * MAX_FLOW_CLASSES, classes));
    }
    return most;
  }
}

/** The greatest of the numbers from `at` on that stand for a class of the mask. */
function mostOf(bytes: Uint16Array, at: number, classes: number): number {
  let most = 0;
  for (let left = classes; left !== 0; left &= left - 1) {
    const wanted = bytes[at + 31 - Math.clz32(left & -left)]!;
    if (wanted > most) most = wanted;
  }
  return most;
}
