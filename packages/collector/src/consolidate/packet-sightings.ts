import { hopBit, type OneWayClass, type Route } from "./one-way-class.ts";
import type { LastPacket, SignatureIndex } from "./signature-index.ts";

const NONE = -1;

/** What a packet turned out to be. */
export type PacketKind =
  /** One of its own. */
  | "packet"
  /** Further sightings of the packet before it, of the same signature. */
  | "duplicate"
  /** Sightings of the packet before it that came too late to count. */
  | "late";

/**
 * The first packet that waits under a signature: of every hop the first sighting, as far as it lies within the time-out
 * of the earliest. So equal signatures pair in order of time, and what is left over belongs to the next packet.
 */
export class PacketSightings {
  /** By hop number: its sighting; -1: none. */
  readonly at = new Int32Array(9);
  /** Hops with a sighting. */
  seen = 0;
  /** The earliest sighting. */
  first = NONE;
  /** When that was, milliseconds since the epoch. */
  firstMs = 0;
  route: Route = { hops: [], pairs: [], ends: null };
  kind: PacketKind = "packet";

  /** Finds the packet and what it is. Nothing is taken away. */
  gather(index: SignatureIndex, entry: number, of: OneWayClass): void {
    const { sightings } = index;
    const { at } = this;
    at.fill(NONE);
    this.seen = 0;
    this.first = index.lanes[entry]!;
    for (let head = this.first; head !== NONE; head = sightings.nextLane(head)) {
      if (sightings.nsAfter(head, this.first) < 0) this.first = head;
    }
    for (let head = index.lanes[entry]!; head !== NONE; head = sightings.nextLane(head)) {
      if (sightings.nsAfter(head, this.first) > of.timeoutNs) continue;
      const hop = sightings.hops[head]!;
      at[hop] = head;
      this.seen |= hopBit(hop);
    }
    this.firstMs = sightings.ms(this.first);
    this.route = of.routeOf(this.seen);
    this.kind = this.#kindOf(index, entry, of);
  }

  /** First hop of the route that saw it. */
  get firstHop(): number {
    return this.route.hops.find((hop) => this.at[hop] !== NONE)!;
  }

  /** How many hops saw it, and how many of these are not on its route. */
  get count(): number {
    return this.at.reduce((count, sighting) => (sighting === NONE ? count : count + 1), 0);
  }

  get besideRoute(): number {
    return this.count - this.route.hops.filter((hop) => this.at[hop] !== NONE).length;
  }

  /** Has the entry remember this packet as its last. */
  remember(index: SignatureIndex, entry: number): void {
    const { sightings, last } = index;
    const { hops } = this.route;
    const behind = hops.slice(hops.indexOf(this.firstHop) + 1);
    last.seconds[entry] = sightings.seconds[this.first]!;
    last.nanos[entry] = sightings.nanos[this.first]!;
    last.firstHop[entry] = this.firstHop;
    last.seen[entry] = this.seen;
    last.unseen[entry] = behind.reduce((mask, hop) => (this.at[hop] === NONE ? mask | hopBit(hop) : mask), 0);
  }

  #kindOf(index: SignatureIndex, entry: number, of: OneWayClass): PacketKind {
    const { last, sightings } = index;
    if (last.seen[entry] === 0) return "packet";
    const afterNs = sinceLast(last, entry, sightings.seconds[this.first]!, sightings.nanos[this.first]!);
    if ((this.seen & ~last.unseen[entry]!) === 0 && afterNs <= 2 * of.timeoutNs) return "late";
    const { hops } = this.route;
    const isBehind = hops.indexOf(this.firstHop) > hops.indexOf(last.firstHop[entry]!);
    const wasSeenThere = (last.seen[entry]! & hopBit(this.firstHop)) !== 0;
    return isBehind && wasSeenThere && afterNs <= of.timeoutNs ? "duplicate" : "packet";
  }
}

function sinceLast(last: LastPacket, entry: number, s: number, nanos: number): number {
  return (s - last.seconds[entry]!) * 1e9 + nanos - last.nanos[entry]!;
}
