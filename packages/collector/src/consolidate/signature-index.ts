import { EntryLists } from "./entry-lists.ts";
import { grown } from "./grown.ts";
import { Sightings } from "./sightings.ts";

const NONE = -1;
const FIRST_ROOM = 1024;

/** Slots of a class's timer wheel; due times beyond its round share slots with nearer ones. */
const WHEEL_SLOTS = 256;
/** Slots that a time-out takes. */
const SLOTS_PER_TIMEOUT = 64;

/** What is remembered of a signature's last packet, for sightings that still come. All 0: nothing. */
export interface LastPacket {
  /** First instant it was seen. */
  readonly seconds: Uint32Array;
  readonly nanos: Uint32Array;
  /** Bit of the first hop of its route that saw it. */
  readonly firstHop: Uint8Array;
  /** Hops that saw it. */
  readonly seen: Uint8Array;
  /** Hops of its route behind the first that did not. */
  readonly unseen: Uint8Array;
}

/**
 * Signatures that wait for sightings, one entry each, found by class and signature. Entries are numbers; what belongs
 * to one stands in columns. Each hangs in the queue of its class by arrival, and in its timer wheel by the time it is due.
 */
export class SignatureIndex {
  readonly sightings = new Sightings(FIRST_ROOM);
  /** Class of an entry; the two halves of its signature. */
  classes = new Uint16Array(FIRST_ROOM);
  high = new Int32Array(FIRST_ROOM);
  low = new Int32Array(FIRST_ROOM);
  /** Head of the first lane of sightings; -1: none waits. */
  lanes = new Int32Array(FIRST_ROOM);
  /** When it began to wait, by the consolidator's own running time, milliseconds. */
  arrivedMs = new Float64Array(FIRST_ROOM);
  /** First instant of what waits, milliseconds since the epoch, rounded down. */
  firstMs = new Float64Array(FIRST_ROOM);
  readonly last: { -readonly [K in keyof LastPacket]: LastPacket[K] } = {
    seconds: new Uint32Array(FIRST_ROOM),
    nanos: new Uint32Array(FIRST_ROOM),
    firstHop: new Uint8Array(FIRST_ROOM),
    seen: new Uint8Array(FIRST_ROOM),
    unseen: new Uint8Array(FIRST_ROOM),
  };
  readonly #queues = new EntryLists(1, FIRST_ROOM);
  readonly #wheels = new EntryLists(WHEEL_SLOTS, FIRST_ROOM);
  #classCount = 0;
  #buckets = new Int32Array(FIRST_ROOM).fill(NONE);
  #nextInBucket = new Int32Array(FIRST_ROOM);
  #free = NONE;
  #used = 0;
  count = 0;

  /** Makes room for a class; classes are numbered 0, 1, 2 ... */
  addClass(): void {
    this.#classCount++;
    this.#queues.growLists(this.#classCount);
    this.#wheels.growLists(this.#classCount * WHEEL_SLOTS);
  }

  /** Entry of a signature; -1: it has none. */
  find(classNo: number, high: number, low: number): number {
    for (let entry = this.#buckets[this.#bucketOf(classNo, high, low)]!; entry !== NONE; ) {
      if (this.low[entry] === low && this.high[entry] === high && this.classes[entry] === classNo) return entry;
      entry = this.#nextInBucket[entry]!;
    }
    return NONE;
  }

  /** A new entry, without sightings, at the end of its class's queue. */
  add(classNo: number, high: number, low: number, arrivedMs: number): number {
    let entry = this.#free;
    if (entry !== NONE) this.#free = this.#nextInBucket[entry]!;
    else {
      if (this.#used === this.classes.length) this.#grow();
      entry = this.#used++;
    }
    this.classes[entry] = classNo;
    this.high[entry] = high;
    this.low[entry] = low;
    this.lanes[entry] = NONE;
    this.forgetLast(entry);
    const bucket = this.#bucketOf(classNo, high, low);
    this.#nextInBucket[entry] = this.#buckets[bucket]!;
    this.#buckets[bucket] = entry;
    this.count++;
    this.queue(entry, arrivedMs);
    return entry;
  }

  /** Removes an entry that has no sightings. */
  remove(entry: number): void {
    this.#queues.remove(entry);
    this.#wheels.remove(entry);
    const bucket = this.#bucketOf(this.classes[entry]!, this.high[entry]!, this.low[entry]!);
    if (this.#buckets[bucket] === entry) this.#buckets[bucket] = this.#nextInBucket[entry]!;
    else {
      let before = this.#buckets[bucket]!;
      while (this.#nextInBucket[before] !== entry) before = this.#nextInBucket[before]!;
      this.#nextInBucket[before] = this.#nextInBucket[entry]!;
    }
    this.#nextInBucket[entry] = this.#free;
    this.#free = entry;
    this.count--;
  }

  forgetLast(entry: number): void {
    const { seconds, nanos, firstHop, seen, unseen } = this.last;
    seconds[entry] = nanos[entry] = firstHop[entry] = seen[entry] = unseen[entry] = 0;
  }

  /** Puts an entry at the end of its class's queue. */
  queue(entry: number, arrivedMs: number): void {
    this.arrivedMs[entry] = arrivedMs;
    this.#queues.append(this.classes[entry]!, entry);
  }

  /** Entry of the class that has waited longest; -1: none waits. */
  oldest(classNo: number): number {
    return this.#queues.first(classNo);
  }

  /** The one that began to wait after this. */
  younger(entry: number): number {
    return this.#queues.after(entry);
  }

  /** Has the entry come out of the wheel when the time passes `dueMs`. */
  wind(entry: number, dueMs: number, timeoutMs: number): void {
    const slot = ((slotTime(dueMs, timeoutMs) % WHEEL_SLOTS) + WHEEL_SLOTS) % WHEEL_SLOTS;
    this.#wheels.append(this.classes[entry]! * WHEEL_SLOTS + slot, entry);
  }

  unwind(entry: number): void {
    this.#wheels.remove(entry);
  }

  /** Adds to `found` the entries of a class in the slots from one time to another: those due then, and maybe others. */
  inSlots(classNo: number, fromMs: number, untilMs: number, timeoutMs: number, found: number[]): void {
    const last = slotTime(untilMs, timeoutMs);
    const first = fromMs === Number.NEGATIVE_INFINITY ? last - WHEEL_SLOTS : slotTime(fromMs, timeoutMs);
    for (let time = Math.max(first, last - WHEEL_SLOTS + 1); time <= last; time++) {
      const list = classNo * WHEEL_SLOTS + (((time % WHEEL_SLOTS) + WHEEL_SLOTS) % WHEEL_SLOTS);
      for (let entry = this.#wheels.first(list); entry !== NONE; entry = this.#wheels.after(entry)) found.push(entry);
    }
  }

  /** The low half of a signature is as good as random. */
  #bucketOf(classNo: number, high: number, low: number): number {
    return (low ^ Math.imul(high, 0x9e3779b1) ^ Math.imul(classNo, 0x85ebca6b)) & (this.#buckets.length - 1);
  }

  #grow(): void {
    const room = this.classes.length * 2;
    this.classes = grown(this.classes, room);
    this.high = grown(this.high, room);
    this.low = grown(this.low, room);
    this.lanes = grown(this.lanes, room);
    this.arrivedMs = grown(this.arrivedMs, room);
    this.firstMs = grown(this.firstMs, room);
    const { last } = this;
    last.seconds = grown(last.seconds, room);
    last.nanos = grown(last.nanos, room);
    last.firstHop = grown(last.firstHop, room);
    last.seen = grown(last.seen, room);
    last.unseen = grown(last.unseen, room);
    this.#queues.growEntries(room);
    this.#wheels.growEntries(room);
    this.#nextInBucket = grown(this.#nextInBucket, room);
    this.#rehash(room);
  }

  /** Only when every entry is in use, so all that have a bucket are below `#used`. */
  #rehash(room: number): void {
    this.#buckets = new Int32Array(room).fill(NONE);
    for (let entry = 0; entry < this.#used; entry++) {
      const bucket = this.#bucketOf(this.classes[entry]!, this.high[entry]!, this.low[entry]!);
      this.#nextInBucket[entry] = this.#buckets[bucket]!;
      this.#buckets[bucket] = entry;
    }
  }
}

function slotTime(ms: number, timeoutMs: number): number {
  return Math.floor(ms / Math.max(1, Math.ceil(timeoutMs / SLOTS_PER_TIMEOUT)));
}
