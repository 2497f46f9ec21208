import { FLAG_FRAGMENT, KIND_SHIFT, LENGTH, PAYLOAD_BYTES, TCP_FLAGS_WINDOW } from "@trafmon/packet";
import { INSTANCE_STRIDE } from "../classify/instance-record.ts";
import { TUPLE_CONNECTION, TUPLE_FIRST_MEMBER, type TupleCache } from "../classify/tuple-cache.ts";
import type { ClassMeasurements } from "../measure/class-measurements.ts";
import { FIN, RST, SYN } from "../measure/tcp/tcp-flags.ts";
import { AHEAD_ENDS, AHEAD_PAYLOAD, type TcpMeasuring } from "../measure/tcp/tcp-measuring.ts";
import type { RecordPool } from "../tables/record-pool.ts";

/** Packets looked ahead at: as many as the processor has room to wait for. */
export const AHEAD = 32;
/** As long as there are fewer, all that belongs to them, some 20 lines each, stays in the processor's cache by itself. */
const TUPLES_IN_CACHE = 512;
/** Bits of FLAGS of what is no whole packet: fragments, and records that are no packets. */
const NOT_WHOLE_PACKET = FLAG_FRAGMENT | (3 << KIND_SHIFT);

export interface LookAheadParts {
  readonly tuples: TupleCache;
  /** The flow instances' records. */
  readonly instances: RecordPool;
  readonly tcp: TcpMeasuring;
  readonly measurements: ClassMeasurements;
}

/**
 * Finds the tuples of the next few packets and touches what counting them will need, so that the memory it lies in is
 * fetched for all of them at once rather than for one after the other. With many flows that is most of the work, so
 * nothing is touched that such a packet does not need: lines of memory are what it costs.
 */
export class LookAhead {
  readonly #parts: LookAheadParts;
  /** Cache entries of the packets looked ahead at, -1: not known. Behind them what keeps reads from being left out. */
  readonly #found = new Int32Array(AHEAD + 1).fill(-1);
  /** Moves in the tuple cache when they were found. */
  #foundAfterMoves = 0;
  /** The first flow instance of each and its direction in it, as in the cache entry; 0: none. */
  readonly #members = new Int32Array(AHEAD);
  /** Of the TCP segments among them: connection and sender (TUPLE_CONNECTION) << 2 | AHEAD_* bits of TcpMeasuring. */
  readonly #segments = new Int32Array(AHEAD);
  /** Their members. */
  readonly #membersOfTcp = new Int32Array(AHEAD);

  constructor(parts: LookAheadParts) {
    this.#parts = parts;
  }

  /** Looks ahead at the records from word `from` on, not beyond `until`. Returns at how many. */
  look(words: Int32Array, from: number, until: number): number {
    const { tuples } = this.#parts;
    const found = this.#found;
    const count = tuples.findAll(words, from, until, found, NOT_WHOLE_PACKET);
    this.#foundAfterMoves = tuples.moves;
    if (tuples.taken >= TUPLES_IN_CACHE) found[AHEAD] = this.#touch(words, from, count);
    return count;
  }

  /** The cache entry of the packet looked ahead at in this place; -1: not known. */
  entryOf(place: number): number {
    return this.#parts.tuples.moves === this.#foundAfterMoves ? this.#found[place]! : -1;
  }

  #touch(words: Int32Array, from: number, count: number): number {
    const { tcp, measurements } = this.#parts;
    const tuples = this.#parts.tuples.words;
    const instances = this.#parts.instances.words;
    const found = this.#found;
    const members = this.#members;
    const segments = this.#segments;
    const membersOfTcp = this.#membersOfTcp;
    let touched = 0;
    let ofTcp = 0;
    let at = from;
    for (let place = 0; place < count; place++) {
      const entry = found[place]!;
      // Record 0 of every table is there, and empty.
      const member = entry < 0 ? 0 : tuples[entry + TUPLE_FIRST_MEMBER]!;
      const connection = entry < 0 ? 0 : tuples[entry + TUPLE_CONNECTION]!;
      touched ^= instances[(member >>> 1) * INSTANCE_STRIDE]!;
      members[place] = member;
      membersOfTcp[ofTcp] = member;
      segments[ofTcp] =
        (connection << 2) |
        (words[at + PAYLOAD_BYTES] === 0 ? 0 : AHEAD_PAYLOAD) |
        ((words[at + TCP_FLAGS_WINDOW]! & (SYN | FIN | RST)) === 0 ? 0 : AHEAD_ENDS);
      ofTcp += connection === 0 ? 0 : 1;
      at += words[at + LENGTH]!;
    }
    touched ^= tcp.touch(segments, ofTcp);
    touched ^= measurements.touch(members, count);
    touched ^= tcp.touchNamed(segments, ofTcp);
    const notable = tcp.keepNotable(segments, membersOfTcp, ofTcp);
    touched ^= measurements.touchTcp(membersOfTcp, notable);
    touched ^= measurements.touchNamed(members, count);
    return touched ^ measurements.touchTcpNamed(membersOfTcp, notable);
  }
}
