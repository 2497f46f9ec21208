import {
  COPY_AGE,
  FINGERPRINT,
  FLAG_COPY,
  FLAG_CUT,
  FLAG_FRAGMENT,
  FLAG_IPV6,
  FLAG_TRANSPORT,
  FLAGS,
  type FrameWalk,
  INTERFACE,
  NANOS,
  PROTOCOL_TOS_TTL,
  SECONDS,
} from "@trafmon/packet";
import { Fingerprint } from "./fingerprint.ts";

/** Where copies of frames are looked for. */
export interface CopyPlan {
  /** How far apart copies can be, at most a second. */
  readonly windowNs: number;
  /** By interface: number of its tap group; -1: not looked for on this interface. */
  readonly tapGroupOf: readonly number[];
}

/** Frames remembered: buckets of WAYS, oldest replaced first. Half a million packets a second fill it in 60 ms. */
const BUCKETS = 8192;
const WAYS = 4;
/** Words of a remembered frame: half a fingerprint (24 bits) and TTL (8), the other half, seconds, nanoseconds. */
const TAG = 0;
const SECOND_HALF = 1;
const AT_S = 2;
const AT_NANOS = 3;
const FRAME_WORDS = 4;
const BUCKET_WORDS = WAYS * FRAME_WORDS;
/** What of the first half stands in the tag; its other bits say which bucket, and so are known. */
const TAG_BITS = ~0xff;

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
  /** Frames that had to go before the window was over. */
  forgotten = 0;
  readonly #plan: CopyPlan;
  readonly #frames = new Int32Array(BUCKETS * BUCKET_WORDS);
  /** By bucket: which of its frames is the oldest. */
  readonly #oldest = new Uint8Array(BUCKETS);
  readonly #fingerprint = new Fingerprint();

  constructor(plan: CopyPlan) {
    this.#plan = plan;
  }

  /** Marks the packet record at `at` when an equal frame came before, and remembers it when not. `view`: of walk.bytes. */
  take(words: Int32Array, at: number, walk: FrameWalk, view: DataView): void {
    const tapGroup = this.#plan.tapGroupOf[words[at + INTERFACE]!]!;
    if (tapGroup < 0) return;
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
    this.#fingerprint.make(view, from, headEnd, tailFrom, end, tapGroup);
    const age = this.#ageOf((protocolAndTtl >> 16) & 0xff, words[at + SECONDS]!, words[at + NANOS]!);
    if (age < 0) return;
    words[at + FLAGS] = flags | FLAG_COPY;
    words[at + COPY_AGE] = age;
    words[at + FINGERPRINT] = this.#fingerprint.second;
  }

  /** Nanoseconds from the equal frame within the window, of no lower TTL; -1: there is none, and this one is kept. */
  #ageOf(ttl: number, s: number, nanos: number): number {
    const frames = this.#frames;
    const { windowNs } = this.#plan;
    const { first, second } = this.#fingerprint;
    const bucket = first & (BUCKETS - 1);
    const base = bucket * BUCKET_WORDS;
    let place = -1;
    if (frames[base + SECOND_HALF] === second) place = base;
    else if (frames[base + FRAME_WORDS + SECOND_HALF] === second) place = base + FRAME_WORDS;
    else if (frames[base + 2 * FRAME_WORDS + SECOND_HALF] === second) place = base + 2 * FRAME_WORDS;
    else if (frames[base + 3 * FRAME_WORDS + SECOND_HALF] === second) place = base + 3 * FRAME_WORDS;
    if (place >= 0 && ((frames[place + TAG]! ^ first) & TAG_BITS) === 0) {
      const age = nanosApart(s - frames[place + AT_S]!, nanos - frames[place + AT_NANOS]!);
      if (age <= windowNs && ttl <= (frames[place + TAG]! & 0xff)) return age;
    } else {
      const way = this.#oldest[bucket]!;
      this.#oldest[bucket] = (way + 1) & (WAYS - 1);
      place = base + way * FRAME_WORDS;
      const age = nanosApart(s - frames[place + AT_S]!, nanos - frames[place + AT_NANOS]!);
      if (age <= windowNs) this.forgotten++;
    }
    frames[place + TAG] = (first & TAG_BITS) | ttl;
    frames[place + SECOND_HALF] = second;
    frames[place + AT_S] = s;
    frames[place + AT_NANOS] = nanos;
    return -1;
  }
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
