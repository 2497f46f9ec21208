import {
  COPY_AGE,
  FINGERPRINT,
  FLAG_COPY,
  FLAG_CUT,
  FLAG_FRAGMENT,
  FLAG_INNER,
  FLAG_IPV6,
  FLAG_TRANSPORT,
  FLAGS,
  type FrameWalk,
  INTERFACE,
  NANOS,
  PROTOCOL_TOS_TTL,
  SECONDS,
  TUNNEL,
} from "@trafmon/packet";
import { reserveWords } from "../tables/record-pool.ts";
import type { CopyPlan } from "./copy-plan.ts";
import { Fingerprint } from "./fingerprint.ts";

/** Frames remembered: buckets of WAYS, oldest replaced first. Half a million packets a second fill it in 50 ms. */
const BUCKETS = 8192;
const WAYS = 3;
/**
 * Words of a remembered frame: half a fingerprint (24 bits) and TTL (8), the other half, seconds and nanoseconds of the
 * first of those that are equal, and from then to the last of them, nanoseconds.
 */
const TAG = 0;
const SECOND_HALF = 1;
const FIRST_S = 2;
const FIRST_NANOS = 3;
const LAST_SINCE = 4;
const FRAME_WORDS = 5;
/** A bucket is a cache line: its last word says which way is the oldest. */
const OLDEST = WAYS * FRAME_WORDS;
const BUCKET_WORDS = 16;
/** What of the first half stands in the tag; its other bits say which bucket, and so are known. */
const TAG_BITS = ~0xff;

/** Frames that wait to be compared with earlier ones: while one bucket is fetched into the cache, the others are too. */
const GROUP = 32;

/** No equal frame came before; and to keep this one another had to be forgotten too early. */
const NO_EQUAL = -1;
const FORGOT = -2;

const TCP = 6;
/** Up to here the bytes of what has no checksum that we know are compared, and then the last ones. */
const HEAD_BYTES = 128;
const TAIL_BYTES = 16;
/** Ports, sequence numbers, window and checksum, where the options are cut. */
const TCP_TO_CHECKSUM = 18;
/** Of a packet cut by the snap length: header of 8 bytes, and so much more. Tags leave copies of different lengths. */
const CUT_HEADER = 8;
const CUT_PAYLOAD = 16;

/**
 * The frames of the last moment, to find those that equal an earlier one of the same tap group in all but TTL, IP header
 * checksum and DSCP. Equal are all header bytes, and then: of a TCP segment its checksum, sequence number and length,
 * for one sequence number stands for the same bytes; of anything else the first 128 bytes and the last 16, and with them
 * its checksum, identification and length. What the snap length cut off, the transport checksum stands for.
 */
export class RecentFrames {
  readonly #plan: CopyPlan;
  readonly #frames = reserveWords(BUCKETS * BUCKET_WORDS);
  readonly #fingerprint = new Fingerprint();
  /** The frames that wait: how many, where their records begin, and both halves of their fingerprints. */
  #waiting = 0;
  readonly #records = new Int32Array(GROUP);
  readonly #firsts = new Int32Array(GROUP);
  readonly #seconds = new Int32Array(GROUP);
  /** Nothing but what keeps reads from being left out as useless. */
  touched = 0;

  constructor(plan: CopyPlan) {
    this.#plan = plan;
  }

  /**
   * Takes the frame of the packet record at `at`, which `settle` is to mark when an equal one came before. `view`: of
   * walk.bytes. Returns whether so many wait that they are to be settled before the next.
   */
  take(words: Int32Array, at: number, walk: FrameWalk, view: DataView): boolean {
    const tapGroup = this.#plan.tapGroupOf[words[at + INTERFACE]!]!;
    if (tapGroup < 0) return false;
    const flags = words[at + FLAGS]!;
    const protocolAndTtl = words[at + PROTOCOL_TOS_TTL]!;
    const { networkAt: from, networkEnd: end } = walk;
    let headEnd = 0;
    let tailFrom = end;
    const isSegment = (protocolAndTtl & 0xff) === TCP && (flags & (FLAG_TRANSPORT | FLAG_FRAGMENT)) === FLAG_TRANSPORT;
    if (isSegment && walk.payloadAt <= end) {
      headEnd = walk.payloadAt;
    } else if ((flags & FLAG_CUT) === 0) {
      headEnd = Math.min(end, from + HEAD_BYTES);
      tailFrom = Math.max(headEnd, end - TAIL_BYTES);
    } else {
      headEnd = cutHeadEnd(walk, isSegment, (flags & FLAG_IPV6) !== 0);
    }
    // A packet in a tunnel is compared with those of the same tunnel only.
    const salt = flags & FLAG_INNER ? ~tapGroup ^ Math.imul(words[at + TUNNEL]!, 0x9e3779b1) : tapGroup;
    const fingerprint = this.#fingerprint;
    fingerprint.make(view, from, headEnd, tailFrom, end, salt);
    const number = this.#waiting++;
    this.#records[number] = at;
    this.#firsts[number] = fingerprint.first;
    this.#seconds[number] = fingerprint.second;
    return number === GROUP - 1;
  }

  /**
   * Marks, in the order taken, the packet records that wait when an equal frame came before, and remembers them when not.
   * `words`: what they lie in now. Returns how many other frames had to be forgotten before the window was over.
   */
  settle(words: Int32Array): number {
    const frames = this.#frames;
    const records = this.#records;
    const firsts = this.#firsts;
    const seconds = this.#seconds;
    const waiting = this.#waiting;
    this.#waiting = 0;
    let touched = 0;
    for (let number = 0; number < waiting; number++) touched ^= frames[bucketOf(firsts[number]!)]!;
    this.touched = touched;
    let forgotten = 0;
    for (let number = 0; number < waiting; number++) {
      const at = records[number]!;
      const second = seconds[number]!;
      const ttl = (words[at + PROTOCOL_TOS_TTL]! >> 16) & 0xff;
      const age = this.#ageOf(firsts[number]!, second, ttl, words[at + SECONDS]!, words[at + NANOS]!);
      if (age >= 0) {
        words[at + FLAGS]! |= FLAG_COPY;
        words[at + COPY_AGE] = age;
        words[at + FINGERPRINT] = second;
      } else if (age === FORGOT) forgotten++;
    }
    return forgotten;
  }

  /** Nanoseconds from the first of the equal frames, of no lower TTL; below 0: there is none, and this one is kept. */
  #ageOf(first: number, second: number, ttl: number, s: number, nanos: number): number {
    const frames = this.#frames;
    const { windowNs } = this.#plan;
    const base = bucketOf(first);
    let place = -1;
    let result = NO_EQUAL;
    if (frames[base + SECOND_HALF] === second) place = base;
    else if (frames[base + FRAME_WORDS + SECOND_HALF] === second) place = base + FRAME_WORDS;
    else if (frames[base + 2 * FRAME_WORDS + SECOND_HALF] === second) place = base + 2 * FRAME_WORDS;
    if (place >= 0 && ((frames[place + TAG]! ^ first) & TAG_BITS) === 0) {
      const age = nanosApart(s - frames[place + FIRST_S]!, nanos - frames[place + FIRST_NANOS]!);
      // The TTL stays that of the first, for a router may take away from any of them.
      if (age - frames[place + LAST_SINCE]! <= windowNs && ttl <= (frames[place + TAG]! & 0xff)) {
        if (age > frames[place + LAST_SINCE]!) frames[place + LAST_SINCE] = age;
        return age;
      }
    } else {
      const way = frames[base + OLDEST]!;
      frames[base + OLDEST] = way === WAYS - 1 ? 0 : way + 1;
      place = base + way * FRAME_WORDS;
      const age = nanosApart(s - frames[place + FIRST_S]!, nanos - frames[place + FIRST_NANOS]!);
      if (age - frames[place + LAST_SINCE]! <= windowNs) result = FORGOT;
    }
    frames[place + TAG] = (first & TAG_BITS) | ttl;
    frames[place + SECOND_HALF] = second;
    frames[place + FIRST_S] = s;
    frames[place + FIRST_NANOS] = nanos;
    frames[place + LAST_SINCE] = 0;
    return result;
  }
}

/** Where the bucket of a fingerprint begins. */
function bucketOf(first: number): number {
  return (first & (BUCKETS - 1)) * BUCKET_WORDS;
}

/** How far apart two instants are, whichever is first; NEVER beyond a second. Integers only, for it is asked of each packet. */
function nanosApart(s: number, nanos: number): number {
  if (s === 0) return nanos < 0 ? -nanos : nanos;
  if (s === 1) return nanos <= 0 ? nanos + 1_000_000_000 : NEVER;
  if (s === -1) return nanos >= 0 ? 1_000_000_000 - nanos : NEVER;
  return NEVER;
}
const NEVER = 0x7fffffff;

/** Up to where a packet is compared that the snap length cut: as far as every copy of it, tagged or not, surely reaches. */
function cutHeadEnd(walk: FrameWalk, isSegment: boolean, isV6: boolean): number {
  const { transportAt, networkEnd: end } = walk;
  if (isSegment && transportAt + TCP_TO_CHECKSUM <= end) return transportAt + TCP_TO_CHECKSUM;
  if (transportAt + CUT_HEADER + CUT_PAYLOAD <= end) return transportAt + CUT_HEADER + CUT_PAYLOAD;
  if (transportAt + CUT_HEADER <= end) return transportAt + CUT_HEADER;
  return walk.networkAt + (isV6 ? 40 : 20);
}
