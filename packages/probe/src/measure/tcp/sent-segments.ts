import { FLAG_BAD_TIME, FLAGS, NANOS, SECONDS } from "@trafmon/packet";
import { RecordPool } from "../../tables/record-pool.ts";
import {
  nanosBetween,
  PAYLOAD_RECORD,
  SENT_FIRST,
  SENT_LAST,
  SIDE_FLAGS,
  SIDE_UNSORTED,
  TROUBLE,
} from "./connection-record.ts";
import { PAYLOAD_STRIDE, SENT_LENGTH } from "./payload-record.ts";
import { identificationOf, isMadeBefore, isSameIdentity, timestampOf } from "./segment-identity.ts";
import { ACKED_FIRST, ACKED_LAST, ACKED_LENGTH, TROUBLE_STRIDE } from "./trouble-record.ts";

/** Words of a segment [start, end) that awaits its ACK. Word 0 is the next younger one, and the pool's when free. */
const YOUNGER = 0;
const START = 1;
const END = 2;
/** When it was sent last. */
const SENT_S = 3;
const SENT_NANOS = 4;
/**
 * IP identification, SENT_TWICE when a byte of it was sent twice (Karn's rule takes no sample) or its instant is not known,
 * CAME_LATE when others overtook it: it was sent earlier than SENT_S says.
 */
const IDENTIFICATION = 5;
const TIMESTAMP = 6;
/** Even, so that two fit a cache line. */
const STRIDE = 8;

const SENT_TWICE = 1 << 16;
const CAME_LATE = 1 << 17;

/** Segments of a side remembered until their ACK; beyond that the oldest is forgotten and gives no sample. */
const MAX_AWAITED = 2048;
/** As long as nothing was seen from the other side, which perhaps does not pass here. */
const MAX_AWAITED_UNSEEN = 16;
/** Segments remembered for a while after their ACK, where something went wrong already. */
const MAX_ACKNOWLEDGED = 32;

/** No sample. */
export const NO_SAMPLE = -1;

/**
 * Segments seen by the tap whose ACK is awaited, per side in the order seen: what round-trip times are made of. On a side
 * with a trouble record the last ones acknowledged are remembered too, to tell what becomes of them afterwards.
 */
export class SentSegments {
  /** Of the last `sentAgain`: time since any of these bytes was sent last, nanoseconds; -1: not known. */
  sinceNs = -1;
  /** Of the last `sentAgain`: the same bytes, in a packet of the same identity. */
  isCopy = false;
  /** Of the last `sentAgain`: the sender made it before the one that carried these bytes last. */
  isMadeBefore = false;
  /** Of the last `sentAgain`: what carried these bytes last had been overtaken, so it was sent longer ago than `sinceNs`. */
  cameLate = false;
  readonly #pool: RecordPool;
  readonly #connections: RecordPool;
  readonly #payloads: RecordPool;
  readonly #troubles: RecordPool;

  constructor(connections: RecordPool, payloads: RecordPool, troubles: RecordPool, limit: number) {
    this.#connections = connections;
    this.#payloads = payloads;
    this.#troubles = troubles;
    this.#pool = new RecordPool(STRIDE, limit);
  }

  get bytes(): number {
    return this.#pool.bytes;
  }

  /**
   * Notes a packet's segment [start, end). `side`: word of the connections' pool where the side begins; it must have a
   * payload record. `cameLate`: it was overtaken.
   */
  sent(
    side: number,
    start: number,
    end: number,
    packet: Int32Array,
    at: number,
    isSentTwice: boolean,
    cameLate: boolean,
    isOtherSeen: boolean,
  ): void {
    const awaited = this.#payloads.words[this.#lengthWord(side)]!;
    if (awaited >= (isOtherSeen ? MAX_AWAITED : MAX_AWAITED_UNSEEN)) this.#forgetFirst(side);
    const segment = this.#pool.take();
    if (segment === 0) return;
    const entry = segment * STRIDE;
    const segments = this.#pool.words;
    const isAmbiguous = isSentTwice || (packet[at + FLAGS]! & FLAG_BAD_TIME) !== 0;
    segments[entry + START] = start;
    segments[entry + END] = end;
    segments[entry + SENT_S] = packet[at + SECONDS]!;
    segments[entry + SENT_NANOS] = packet[at + NANOS]!;
    segments[entry + IDENTIFICATION] =
      identificationOf(packet, at) | (isAmbiguous ? SENT_TWICE : 0) | (cameLate ? CAME_LATE : 0);
    segments[entry + TIMESTAMP] = timestampOf(packet, at);
    this.#append(side, segment);
  }

  /** Makes a segment the youngest one of a side. */
  #append(side: number, segment: number): void {
    const { words } = this.#connections;
    const segments = this.#pool.words;
    const last = words[side + SENT_LAST]!;
    if (last === 0) {
      words[side + SENT_FIRST] = segment;
    } else {
      segments[last * STRIDE + YOUNGER] = segment;
      const isLower = ((segments[segment * STRIDE + END]! - segments[last * STRIDE + END]!) | 0) < 0;
      if (isLower) words[side + SIDE_FLAGS]! |= SIDE_UNSORTED;
    }
    words[side + SENT_LAST] = segment;
    this.#payloads.words[this.#lengthWord(side)]! += 1;
  }

  /** Word of the payload records that counts a side's segments. */
  #lengthWord(side: number): number {
    return this.#connections.words[side + PAYLOAD_RECORD]! * PAYLOAD_STRIDE + SENT_LENGTH;
  }

  /** Marks what a packet sent again, [start, end), and says in the fields above what is known of it. */
  sentAgain(side: number, start: number, end: number, packet: Int32Array, at: number): void {
    this.sinceNs = -1;
    this.isCopy = this.isMadeBefore = this.cameLate = false;
    const { words } = this.#connections;
    this.#sentAgain(words[side + SENT_FIRST]!, start, end, packet, at);
    const trouble = words[side + TROUBLE]! * TROUBLE_STRIDE;
    if (trouble !== 0) this.#sentAgain(this.#troubles.words[trouble + ACKED_FIRST]!, start, end, packet, at);
  }

  /** The same for a list of segments. */
  #sentAgain(first: number, start: number, end: number, packet: Int32Array, at: number): void {
    const segments = this.#pool.words;
    const s = packet[at + SECONDS]!;
    const nanos = packet[at + NANOS]!;
    const identification = identificationOf(packet, at);
    const timestamp = timestampOf(packet, at);
    for (let segment = first; segment !== 0; segment = segments[segment * STRIDE + YOUNGER]!) {
      const entry = segment * STRIDE;
      if (((segments[entry + START]! - end) | 0) >= 0 || ((segments[entry + END]! - start) | 0) <= 0) continue;
      const ns = Math.max(0, nanosBetween(segments[entry + SENT_S]!, segments[entry + SENT_NANOS]!, s, nanos));
      if (this.sinceNs < 0 || ns < this.sinceNs) this.sinceNs = ns;
      if (segments[entry + IDENTIFICATION]! & CAME_LATE) this.cameLate = true;
      const lastIdentification = segments[entry + IDENTIFICATION]! & 0xffff;
      const lastTimestamp = segments[entry + TIMESTAMP]!;
      const isWhole = segments[entry + START] === start && segments[entry + END] === end;
      if (isWhole && isSameIdentity(identification, timestamp, lastIdentification, lastTimestamp)) this.isCopy = true;
      if (isMadeBefore(identification, timestamp, lastIdentification, lastTimestamp)) {
        this.isMadeBefore = true;
        segments[entry + IDENTIFICATION]! |= SENT_TWICE;
        continue;
      }
      segments[entry + SENT_S] = s;
      segments[entry + SENT_NANOS] = nanos;
      segments[entry + IDENTIFICATION] = identification | SENT_TWICE;
      segments[entry + TIMESTAMP] = timestamp;
    }
  }

  /**
   * Takes an ACK that newly covers the bytes before `acknowledgement`: the round-trip time of the newest segment it
   * covers to the end, nanoseconds; NO_SAMPLE when it covers none so, or a byte that was sent twice.
   */
  acknowledged(side: number, acknowledgement: number, s: number, nanos: number): number {
    const { words } = this.#connections;
    const isUnsorted = (words[side + SIDE_FLAGS]! & SIDE_UNSORTED) !== 0;
    const trouble = words[side + TROUBLE]!;
    const segments = this.#pool.words;
    let isAmbiguous = false;
    let sample = NO_SAMPLE;
    let before = 0;
    let segment = words[side + SENT_FIRST]!;
    while (segment !== 0) {
      const entry = segment * STRIDE;
      const younger = segments[entry + YOUNGER]!;
      const isSentTwice = (segments[entry + IDENTIFICATION]! & SENT_TWICE) !== 0;
      if (((segments[entry + END]! - acknowledgement) | 0) <= 0) {
        if (isSentTwice) isAmbiguous = true;
        sample = nanosBetween(segments[entry + SENT_S]!, segments[entry + SENT_NANOS]!, s, nanos);
        this.#takeOut(side, before, segment);
        if (trouble === 0) this.#pool.give(segment);
        else this.#keep(trouble, segment);
      } else {
        if (((segments[entry + START]! - acknowledgement) | 0) < 0 && isSentTwice) isAmbiguous = true;
        if (!isUnsorted) break;
        before = segment;
      }
      segment = younger;
    }
    if (words[side + SENT_FIRST] === 0) words[side + SIDE_FLAGS]! &= ~SIDE_UNSORTED;
    // A capture may hold an ACK before what it acknowledges.
    return isAmbiguous || sample < 0 ? NO_SAMPLE : sample;
  }

  /** Reads of a segment, so that it is fetched into the cache. */
  read(segment: number): number {
    return this.#pool.words[segment * STRIDE]!;
  }

  /** Takes over the segments of a side of another table. */
  take(side: number, other: SentSegments, otherSide: number): void {
    const { words } = this.#connections;
    words[side + SENT_FIRST] = words[side + SENT_LAST] = 0;
    if (words[side + PAYLOAD_RECORD] === 0) return;
    this.#payloads.words[this.#lengthWord(side)] = 0;
    let from = other.#connections.words[otherSide + SENT_FIRST]!;
    for (; from !== 0; from = other.#pool.words[from * STRIDE + YOUNGER]!) {
      const segment = this.#pool.take();
      if (segment === 0) return;
      const record = other.#pool.words.subarray(from * STRIDE + 1, (from + 1) * STRIDE);
      this.#pool.words.set(record, segment * STRIDE + 1);
      this.#append(side, segment);
    }
  }

  /** Forgets all segments of a side. */
  clear(side: number): void {
    while (this.#connections.words[side + SENT_FIRST] !== 0) this.#forgetFirst(side);
  }

  /** Forgets what was acknowledged. */
  clearAcknowledged(trouble: number): void {
    while (this.#troubles.words[trouble * TROUBLE_STRIDE + ACKED_FIRST] !== 0) this.#forgetAcknowledged(trouble);
  }

  /** Empties a trouble record's list of what was acknowledged, whose segments are another table's. */
  dropAcknowledged(trouble: number): void {
    this.#troubles.words.fill(0, trouble * TROUBLE_STRIDE + ACKED_FIRST, trouble * TROUBLE_STRIDE + ACKED_LENGTH + 1);
  }

  /** Remembers a segment that was acknowledged. */
  #keep(trouble: number, segment: number): void {
    const troubles = this.#troubles.words;
    const base = trouble * TROUBLE_STRIDE;
    this.#pool.words[segment * STRIDE + YOUNGER] = 0;
    const last = troubles[base + ACKED_LAST]!;
    if (last === 0) troubles[base + ACKED_FIRST] = segment;
    else this.#pool.words[last * STRIDE + YOUNGER] = segment;
    troubles[base + ACKED_LAST] = segment;
    troubles[base + ACKED_LENGTH]! += 1;
    if (troubles[base + ACKED_LENGTH]! > MAX_ACKNOWLEDGED) this.#forgetAcknowledged(trouble);
  }

  #forgetAcknowledged(trouble: number): void {
    const troubles = this.#troubles.words;
    const base = trouble * TROUBLE_STRIDE;
    const segment = troubles[base + ACKED_FIRST]!;
    const younger = this.#pool.words[segment * STRIDE + YOUNGER]!;
    troubles[base + ACKED_FIRST] = younger;
    if (younger === 0) troubles[base + ACKED_LAST] = 0;
    troubles[base + ACKED_LENGTH]! -= 1;
    this.#pool.give(segment);
  }

  #forgetFirst(side: number): void {
    const first = this.#connections.words[side + SENT_FIRST]!;
    this.#takeOut(side, 0, first);
    this.#pool.give(first);
  }

  #takeOut(side: number, before: number, segment: number): void {
    const { words } = this.#connections;
    const younger = this.#pool.words[segment * STRIDE + YOUNGER]!;
    if (before === 0) words[side + SENT_FIRST] = younger;
    else this.#pool.words[before * STRIDE + YOUNGER] = younger;
    if (younger === 0) words[side + SENT_LAST] = before;
    this.#payloads.words[this.#lengthWord(side)]! -= 1;
  }
}
