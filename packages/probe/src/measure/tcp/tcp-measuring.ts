import type { ObservationSink } from "@trafmon/observation";
import type { WatchedInterface } from "../../classify/flow-announcer.ts";
import type { FlowClass } from "../../classify/flow-class.ts";
import type { ServiceLookup } from "../../classify/service-lookup.ts";
import type { RecordPool } from "../../tables/record-pool.ts";
import { ConnectionEnds, USUAL_TIMEOUTS } from "./connection-ends.ts";
import { ConnectionMembers } from "./connection-members.ts";
import { LONGEST_IDLE, PAYLOAD_RECORD, SENT_FIRST, SENT_LAST, SIDE_WORDS, SIDES } from "./connection-record.ts";
import { ConnectionView } from "./connection-view.ts";
import type { ConnectionWatch, FollowedConnections } from "./connection-watch.ts";
import { ConnectionWriter } from "./connection-writer.ts";
import { CopyBound } from "./copy-bound.ts";
import { PAYLOAD_STRIDE } from "./payload-record.ts";
import type { ConnectionEventCounter, SegmentVerdict } from "./segment-verdict.ts";
import { TcpConnections } from "./tcp-connections.ts";
import { TcpTables } from "./tcp-tables.ts";

/** Words of a cache line, 64 bytes. */
const WORDS_OF_A_LINE = 16;
/** Last word of a side that every segment touches; the first one is SIDE_FLAGS. */
const LAST_SIDE_WORD = LONGEST_IDLE + 1;

/** Of a segment looked ahead at: it has payload; it opens or closes. Above them the connection and its sender. */
export const AHEAD_PAYLOAD = 1;
export const AHEAD_ENDS = 2;
/** These bits, and the sender's. */
const AHEAD_BITS = 3;

export interface TcpMeasuringParts {
  readonly classes: readonly FlowClass[];
  /** The flow instances' records (instance-record.ts). */
  readonly instances: RecordPool;
  readonly interfaces: readonly WatchedInterface[];
  readonly maxConnections: number;
  readonly firstConnectionId: number;
  /** The connections of an earlier configuration, which go on; null: there are none. */
  readonly carried: TcpTables | null;
  /** Seconds of the source clock. */
  readonly clockS: number;
  readonly connectionEventsOf: (flowClass: FlowClass) => ConnectionEventCounter | null;
  readonly verdict: SegmentVerdict;
  readonly watch: ConnectionWatch;
  readonly sink: ObservationSink;
  readonly serviceOf: ServiceLookup;
}

/** The TCP analysis put together: tables, connections, their ends and their records. */
export class TcpMeasuring {
  /** What others may see of the connections. */
  readonly view: FollowedConnections;
  /** Tells copies of segments from segments sent again. */
  readonly copyBound: CopyBound;
  readonly #tables: TcpTables;
  readonly #members: ConnectionMembers;
  readonly #ends: ConnectionEnds;
  readonly #connections: TcpConnections;

  constructor(parts: TcpMeasuringParts) {
    const { classes, instances, interfaces, verdict, watch, sink, serviceOf } = parts;
    const asking = classes.filter(({ asksTcp }) => asksTcp);
    const tables = tablesFor(parts);
    const members = new ConnectionMembers(tables.connections.pool, instances, classes, parts.connectionEventsOf);
    const tapGroups = [...new Set(interfaces.map(({ tapGroup }) => tapGroup))];
    const writer = new ConnectionWriter(tables, members, tapGroups, sink);
    // A connection is followed once, so the first class that says how long it lasts says it for all.
    const timeouts = asking.find(({ settings }) => settings.measure.tcpConnections)?.settings.measure.tcpConnections;
    this.#tables = tables;
    this.#members = members;
    this.view = new ConnectionView(tables);
    this.#ends = new ConnectionEnds(tables, members, writer, watch, timeouts ?? USUAL_TIMEOUTS);
    if (parts.carried !== null) this.#ends.resume(parts.clockS);
    const tapGroupOf = Int32Array.from(interfaces, ({ tapGroup }) => tapGroups.indexOf(tapGroup));
    this.copyBound = new CopyBound(tables, tapGroupOf);
    this.#connections = new TcpConnections({
      tables,
      members,
      ends: this.#ends,
      verdict,
      watch,
      serviceOf,
      tapGroupOf,
    });
  }

  get nextConnectionId(): number {
    return this.#tables.connections.nextId;
  }

  /** Connections given up because the table was full. */
  get evicted(): number {
    return this.#ends.evicted;
  }

  /** Openings never completed, given up because the table was full. */
  get attemptsEvicted(): number {
    return this.#ends.attemptsEvicted;
  }

  /** Bytes of memory it holds. */
  get bytes(): number {
    return this.#tables.bytes + this.#members.bytes;
  }

  /**
   * Reads of what a segment needs of its connection's record, so that it is fetched into the cache. `segments`: of the
   * first `count`, connection << 3 | 4 when the sender is its endpoint B | AHEAD_* bits.
   */
  touch(segments: Int32Array, count: number): number {
    const { words, stride } = this.#tables.connections.pool;
    let touched = 0;
    for (let index = 0; index < count; index++) {
      const segment = segments[index]!;
      const base = (segment >>> AHEAD_BITS) * stride;
      const side = base + SIDES + ((segment >>> 2) & 1) * SIDE_WORDS;
      const other = base + SIDES + ((~segment >>> 2) & 1) * SIDE_WORDS;
      touched ^= words[base]! ^ words[side]! ^ words[side + LAST_SIDE_WORD]! ^ words[other]!;
    }
    return touched;
  }

  /**
   * Reads of what the records of connections name, once those are in the cache: what a segment with payload is noted in,
   * and what the oldest one of the other side that awaits its ACK is.
   */
  touchNamed(segments: Int32Array, count: number): number {
    const { words, stride } = this.#tables.connections.pool;
    const payloads = this.#tables.payloads.words;
    const { sent } = this.#tables;
    let touched = 0;
    for (let index = 0; index < count; index++) {
      const segment = segments[index]!;
      const sides = (segment >>> AHEAD_BITS) * stride + SIDES;
      const side = sides + ((segment >>> 2) & 1) * SIDE_WORDS;
      const other = sides + ((~segment >>> 2) & 1) * SIDE_WORDS;
      const isPayload = segment & AHEAD_PAYLOAD;
      const awaited = words[other + SENT_FIRST]!;
      const ofOther = awaited === 0 ? 0 : words[other + PAYLOAD_RECORD]! * PAYLOAD_STRIDE;
      touched ^= payloads[isPayload * words[side + PAYLOAD_RECORD]! * PAYLOAD_STRIDE]!;
      touched ^= payloads[ofOther]! ^ payloads[ofOther + WORDS_OF_A_LINE]!;
      touched ^= sent.read(awaited) ^ sent.read(isPayload * words[side + SENT_LAST]!);
    }
    return touched;
  }

  /**
   * Keeps those of `members`, one per segment, whose segments may tell their flow instances more than that there was one:
   * that acknowledge what was awaited, or open or close. Returns how many.
   */
  keepNotable(segments: Int32Array, members: Int32Array, count: number): number {
    const { words, stride } = this.#tables.connections.pool;
    let kept = 0;
    for (let index = 0; index < count; index++) {
      const segment = segments[index]!;
      const other = (segment >>> AHEAD_BITS) * stride + SIDES + ((~segment >>> 2) & 1) * SIDE_WORDS;
      members[kept] = members[index]!;
      kept += (words[other + SENT_FIRST]! | (segment & AHEAD_ENDS)) === 0 ? 0 : 1;
    }
    return kept;
  }

  /** Takes a segment whose header was decoded; the verdict then says what it is. */
  segment(words: Int32Array, at: number, tuples: Int32Array, entry: number, clockS: number, clockNanos: number): void {
    this.#connections.segment(words, at, tuples, entry, clockS, clockNanos);
  }

  /** Takes a segment of which no more than the ports is known. */
  headless(words: Int32Array, at: number, tuples: Int32Array, entry: number, clockS: number, clockNanos: number): void {
    this.#connections.headless(words, at, tuples, entry, clockS, clockNanos);
  }

  /** Takes a copy of an earlier frame: it counts as captured, and says nothing. */
  duplicate(
    words: Int32Array,
    at: number,
    tuples: Int32Array,
    entry: number,
    clockS: number,
    clockNanos: number,
  ): void {
    this.#connections.duplicate(words, at, tuples, entry, clockS, clockNanos);
  }

  /** Ends what is silent too long by the source clock. */
  turnTo(clockS: number, clockNanos: number): void {
    this.#ends.turnTo(clockS, clockNanos);
  }

  /** Writes every connection as it stands, and forgets it. */
  finish(): void {
    this.#ends.finish();
  }

  /** Writes every connection as it stands. What is known of them is given, to go on under another configuration. */
  suspend(): TcpTables {
    this.#ends.suspend();
    return this.#tables;
  }
}

/** The tables of an earlier configuration if they are as large as is asked for, else new ones with their connections. */
function tablesFor({ carried, maxConnections, firstConnectionId }: TcpMeasuringParts): TcpTables {
  if (carried?.connections.pool.limit === maxConnections) return carried;
  const tables = new TcpTables(maxConnections, firstConnectionId);
  if (carried !== null) tables.takeFrom(carried);
  return tables;
}
