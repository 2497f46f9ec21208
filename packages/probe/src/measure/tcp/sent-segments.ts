import { RecordPool } from "../../tables/record-pool.ts";
import { nanosBetween, SENT_FIRST, SENT_LAST, SENT_LENGTH, SIDE_FLAGS, SIDE_UNSORTED } from "./connection-record.ts";

/** Words of a segment [start, end) that awaits its ACK. Word 0 is the next younger one, and the pool's when free. */
const YOUNGER = 0;
const START = 1;
const END = 2;
const SENT_S = 3;
const SENT_NANOS = 4;
/** 1 when a byte of it was sent twice: Karn's rule takes no sample. */
const SENT_TWICE = 5;
const STRIDE = 6;

/** Segments of a side remembered until their ACK; beyond that the oldest is forgotten and gives no sample. */
const MAX_AWAITED = 2048;
/** As long as nothing was seen from the other side, which perhaps does not pass here. */
const MAX_AWAITED_UNSEEN = 16;

/** No sample. */
export const NO_SAMPLE = -1;

/** Segments seen by the tap whose ACK is awaited, per side in the order seen: what round-trip times are made of. */
export class SentSegments {
  readonly #pool: RecordPool;
  readonly #connections: RecordPool;

  constructor(connections: RecordPool, limit: number) {
    this.#connections = connections;
    this.#pool = new RecordPool(STRIDE, limit);
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  /** Notes a segment. `side`: word of the connections' pool where the side begins. */
  sent(
    side: number,
    start: number,
    end: number,
    s: number,
    nanos: number,
    isSentTwice: boolean,
    isOtherSeen: boolean,
  ): void {
    const { words } = this.#connections;
    if (words[side + SENT_LENGTH]! >= (isOtherSeen ? MAX_AWAITED : MAX_AWAITED_UNSEEN)) this.#forgetFirst(side);
    const segment = this.#pool.take();
    if (segment === 0) return;
    const at = segment * STRIDE;
    const segments = this.#pool.words;
    segments[at + START] = start;
    segments[at + END] = end;
    segments[at + SENT_S] = s;
    segments[at + SENT_NANOS] = nanos;
    segments[at + SENT_TWICE] = isSentTwice ? 1 : 0;
    const last = words[side + SENT_LAST]!;
    if (last === 0) {
      words[side + SENT_FIRST] = segment;
    } else {
      segments[last * STRIDE + YOUNGER] = segment;
      if (((end - segments[last * STRIDE + END]!) | 0) < 0) words[side + SIDE_FLAGS]! |= SIDE_UNSORTED;
    }
    words[side + SENT_LAST] = segment;
    words[side + SENT_LENGTH]! += 1;
  }

  /** Marks what was sent again: [start, end). */
  sentAgain(side: number, start: number, end: number): void {
    const segments = this.#pool.words;
    let segment = this.#connections.words[side + SENT_FIRST]!;
    for (; segment !== 0; segment = segments[segment * STRIDE + YOUNGER]!) {
      const at = segment * STRIDE;
      if (((segments[at + START]! - end) | 0) < 0 && ((segments[at + END]! - start) | 0) > 0) {
        segments[at + SENT_TWICE] = 1;
      }
    }
  }

  /**
   * Takes an ACK that newly covers the bytes before `acknowledgement`: the round-trip time of the newest segment it
   * covers to the end, nanoseconds; NO_SAMPLE when it covers none so, or a byte that was sent twice.
   */
  acknowledged(side: number, acknowledgement: number, s: number, nanos: number): number {
    const { words } = this.#connections;
    const isUnsorted = (words[side + SIDE_FLAGS]! & SIDE_UNSORTED) !== 0;
    const segments = this.#pool.words;
    let isAmbiguous = false;
    let sample = NO_SAMPLE;
    let before = 0;
    let segment = words[side + SENT_FIRST]!;
    while (segment !== 0) {
      const at = segment * STRIDE;
      const younger = segments[at + YOUNGER]!;
      if (((segments[at + END]! - acknowledgement) | 0) <= 0) {
        if (segments[at + SENT_TWICE] !== 0) isAmbiguous = true;
        sample = nanosBetween(segments[at + SENT_S]!, segments[at + SENT_NANOS]!, s, nanos);
        this.#remove(side, before, segment);
      } else {
        if (((segments[at + START]! - acknowledgement) | 0) < 0 && segments[at + SENT_TWICE] !== 0) isAmbiguous = true;
        if (!isUnsorted) break;
        before = segment;
      }
      segment = younger;
    }
    if (words[side + SENT_FIRST] === 0) words[side + SIDE_FLAGS]! &= ~SIDE_UNSORTED;
    // A capture may hold an ACK before what it acknowledges.
    return isAmbiguous || sample < 0 ? NO_SAMPLE : sample;
  }

  /** Forgets all segments of a side. */
  clear(side: number): void {
    while (this.#connections.words[side + SENT_FIRST] !== 0) this.#forgetFirst(side);
  }

  #forgetFirst(side: number): void {
    this.#remove(side, 0, this.#connections.words[side + SENT_FIRST]!);
  }

  #remove(side: number, before: number, segment: number): void {
    const { words } = this.#connections;
    const younger = this.#pool.words[segment * STRIDE + YOUNGER]!;
    if (before === 0) words[side + SENT_FIRST] = younger;
    else this.#pool.words[before * STRIDE + YOUNGER] = younger;
    if (younger === 0) words[side + SENT_LAST] = before;
    words[side + SENT_LENGTH]! -= 1;
    this.#pool.give(segment);
  }
}
