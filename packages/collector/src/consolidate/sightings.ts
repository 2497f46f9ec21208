import { grown } from "./grown.ts";

const NONE = -1;
const SECOND_NS = 1e9;

/**
 * Sightings that wait, in columns of numbers. Those of one signature hang together by hop and time:
 *
 *     lane of hop 1:  head -> later -> later
 *       |
 *     lane of hop 3:  head
 *
 * The first sighting of a lane is its head and leads to the next lane.
 */
export class Sightings {
  hops: Uint8Array;
  bytes: Uint32Array;
  /** Instant: seconds since the epoch and nanoseconds. */
  seconds: Uint32Array;
  nanos: Uint32Array;
  /** The next of the lane. */
  #later: Int32Array;
  /** Of a head: the head of the next lane, and the last of this one. */
  #nextLane: Int32Array;
  #lastOfLane: Int32Array;
  #free = NONE;
  #used = 0;
  /** How many wait. */
  count = 0;

  constructor(room: number) {
    this.hops = new Uint8Array(room);
    this.bytes = new Uint32Array(room);
    this.seconds = new Uint32Array(room);
    this.nanos = new Uint32Array(room);
    this.#later = new Int32Array(room);
    this.#nextLane = new Int32Array(room);
    this.#lastOfLane = new Int32Array(room);
  }

  /** A new one that is nowhere yet. */
  make(hop: number, s: number, nanos: number, bytes: number): number {
    let at = this.#free;
    if (at !== NONE) this.#free = this.#later[at]!;
    else {
      if (this.#used === this.hops.length) this.#grow();
      at = this.#used++;
    }
    this.hops[at] = hop;
    this.bytes[at] = bytes;
    this.seconds[at] = s;
    this.nanos[at] = nanos;
    this.#later[at] = NONE;
    this.#nextLane[at] = NONE;
    this.#lastOfLane[at] = at;
    this.count++;
    return at;
  }

  /** Puts a new one into its place by hop and time. `lanes`: head of the first lane, -1 for none. @returns the same, after */
  put(lanes: number, sighting: number): number {
    let before = NONE;
    for (let head = lanes; head !== NONE; before = head, head = this.#nextLane[head]!) {
      if (this.hops[head] !== this.hops[sighting]) continue;
      if (this.nsAfter(sighting, head) < 0) return this.#putFirst(lanes, before, head, sighting);
      this.#putLater(head, sighting);
      return lanes;
    }
    this.#nextLane[sighting] = lanes;
    return sighting;
  }

  /** Takes a head away; the next of its lane, if there is one, takes its place. @returns the lanes after */
  takeHead(lanes: number, head: number): number {
    const later = this.#later[head]!;
    const rest = this.#nextLane[head]!;
    if (later !== NONE) {
      this.#nextLane[later] = rest;
      this.#lastOfLane[later] = this.#lastOfLane[head]!;
    }
    const instead = later === NONE ? rest : later;
    this.#later[head] = this.#free;
    this.#free = head;
    this.count--;
    if (lanes === head) return instead;
    let before = lanes;
    while (this.#nextLane[before] !== head) before = this.#nextLane[before]!;
    this.#nextLane[before] = instead;
    return lanes;
  }

  /** Head of the next lane; -1: there is none. */
  nextLane(head: number): number {
    return this.#nextLane[head]!;
  }

  /** The next of the same lane; -1: there is none. */
  later(sighting: number): number {
    return this.#later[sighting]!;
  }

  /** Nanoseconds from `earlier` to `sighting`; exact up to 104 days. */
  nsAfter(sighting: number, earlier: number): number {
    return (
      (this.seconds[sighting]! - this.seconds[earlier]!) * SECOND_NS + this.nanos[sighting]! - this.nanos[earlier]!
    );
  }

  /** Whole milliseconds since the epoch. */
  ms(sighting: number): number {
    return instantMs(this.seconds[sighting]!, this.nanos[sighting]!);
  }

  #putFirst(lanes: number, before: number, head: number, sighting: number): number {
    this.#later[sighting] = head;
    this.#lastOfLane[sighting] = this.#lastOfLane[head]!;
    this.#nextLane[sighting] = this.#nextLane[head]!;
    if (before === NONE) return sighting;
    this.#nextLane[before] = sighting;
    return lanes;
  }

  /** Behind what is not later. Nearly always that is the last one. */
  #putLater(head: number, sighting: number): void {
    const last = this.#lastOfLane[head]!;
    if (this.nsAfter(sighting, last) >= 0) {
      this.#later[last] = sighting;
      this.#lastOfLane[head] = sighting;
      return;
    }
    let before = head;
    while (this.nsAfter(sighting, this.#later[before]!) >= 0) before = this.#later[before]!;
    this.#later[sighting] = this.#later[before]!;
    this.#later[before] = sighting;
  }

  #grow(): void {
    const room = this.hops.length * 2;
    this.hops = grown(this.hops, room);
    this.bytes = grown(this.bytes, room);
    this.seconds = grown(this.seconds, room);
    this.nanos = grown(this.nanos, room);
    this.#later = grown(this.#later, room);
    this.#nextLane = grown(this.#nextLane, room);
    this.#lastOfLane = grown(this.#lastOfLane, room);
  }
}

/** Whole milliseconds since the epoch. */
export function instantMs(s: number, nanos: number): number {
  return s * 1000 + Math.floor(nanos / 1e6);
}
