import {
  COPY_AGE,
  FINGERPRINT,
  FLAG_DUPLICATE,
  FLAG_TRANSPORT,
  FLAGS,
  INTERFACE,
  NANOS,
  PROTOCOL_TOS_TTL,
  SECONDS,
} from "@trafmon/packet";
import { type CopyBound, UNKNOWN_ROUND_TRIP_NS } from "../measure/tcp/copy-bound.ts";

const TCP = 6;

/** Frames remembered that equal an earlier one and yet are none of its copies, but were sent again. */
const SENT_AGAIN = 4096;
/** Half a fingerprint, seconds, nanoseconds. */
const SENT_AGAIN_WORDS = 3;

/** An interface is known to copy frames after so many that can be nothing else, for so long. */
const SURE_COPIES = 3;
const KNOWN_FOR_S = 10;

/**
 * Decides which of the frames that equal an earlier one are copies of it, as a mirror port makes them, and which were sent
 * again: by the time between them, which for a TCP segment is shorter than a round trip, and by what the connection has
 * told so far.
 */
export class DuplicateFrames {
  readonly #windowNs: number;
  /** null: no class follows TCP. */
  readonly #bound: CopyBound | null;
  /** By some of the fingerprint's bits; a later frame takes an earlier one's place. */
  readonly #sentAgain = new Int32Array(SENT_AGAIN * SENT_AGAIN_WORDS);
  /** By interface: seconds of its last sure copies, in turn. Shape: [interfaces, SURE_COPIES + 1]; last the turn. */
  readonly #sure: Int32Array;

  constructor(windowNs: number, interfaces: number, bound: CopyBound | null) {
    this.#windowNs = windowNs;
    this.#bound = bound;
    this.#sure = new Int32Array(interfaces * (SURE_COPIES + 1));
  }

  /** Marks the packet at `at`, which equals an earlier frame, when it is its copy. `entry`: the cache entry of its tuple. */
  decide(words: Int32Array, at: number, tuples: Int32Array, entry: number): void {
    const ageNs = this.#ageNs(words, at);
    const flags = words[at + FLAGS]!;
    const bound = this.#bound;
    let longestNs = UNKNOWN_ROUND_TRIP_NS;
    let isSure = true;
    if (bound !== null && (flags & FLAG_TRANSPORT) !== 0 && (words[at + PROTOCOL_TOS_TTL]! & 0xff) === TCP) {
      bound.look(words, at, tuples, entry, ageNs);
      longestNs = bound.longestNs;
      isSure = !bound.mayBeRepeated;
    }
    const isSoon = ageNs <= Math.min(longestNs, this.#windowNs);
    // What a sender repeats at once, and nothing tells from an equal one, is a copy where frames are known to be copied.
    if (isSoon && (isSure || this.#isKnownToCopy(words, at))) {
      words[at + FLAGS] = flags | FLAG_DUPLICATE;
      if (isSure) this.#noteSure(words, at);
    } else {
      this.#noteSentAgain(words, at);
    }
  }

  /** Nanoseconds since the frame of which this may be a copy: the last equal one that was none itself. */
  #ageNs(words: Int32Array, at: number): number {
    const place = placeOf(words, at);
    const age = words[at + COPY_AGE]!;
    if (this.#sentAgain[place] !== words[at + FINGERPRINT]) return age;
    const s = (words[at + SECONDS]! - this.#sentAgain[place + 1]!) | 0;
    return Math.min(age, Math.abs(s * 1e9 + (words[at + NANOS]! - this.#sentAgain[place + 2]!)));
  }

  #noteSentAgain(words: Int32Array, at: number): void {
    const place = placeOf(words, at);
    this.#sentAgain[place] = words[at + FINGERPRINT]!;
    this.#sentAgain[place + 1] = words[at + SECONDS]!;
    this.#sentAgain[place + 2] = words[at + NANOS]!;
  }

  #noteSure(words: Int32Array, at: number): void {
    const base = words[at + INTERFACE]! * (SURE_COPIES + 1);
    const turn = this.#sure[base + SURE_COPIES]!;
    this.#sure[base + turn] = words[at + SECONDS]!;
    this.#sure[base + SURE_COPIES] = (turn + 1) % SURE_COPIES;
  }

  #isKnownToCopy(words: Int32Array, at: number): boolean {
    const base = words[at + INTERFACE]! * (SURE_COPIES + 1);
    // The place of the next one holds the oldest.
    const oldest = this.#sure[base + this.#sure[base + SURE_COPIES]!]!;
    return ((words[at + SECONDS]! - oldest) | 0) <= KNOWN_FOR_S;
  }
}

function placeOf(words: Int32Array, at: number): number {
  return (words[at + FINGERPRINT]! & (SENT_AGAIN - 1)) * SENT_AGAIN_WORDS;
}
