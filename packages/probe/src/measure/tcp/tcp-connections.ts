import {
  INTERFACE,
  IP_BYTES,
  NANOS,
  PAYLOAD_BYTES,
  PORTS,
  SECONDS,
  TCP_FLAGS_WINDOW,
  TCP_SEQUENCE,
} from "@trafmon/packet";
import type { ServiceLookup } from "../../classify/service-lookup.ts";
import { TUPLE_CONNECTION, TUPLE_GENERATION } from "../../classify/tuple-cache.ts";
import { AcknowledgementAnalysis } from "./acknowledgement-analysis.ts";
import type { ConnectionEnds } from "./connection-ends.ts";
import type { ConnectionMembers } from "./connection-members.ts";
import { ConnectionOpening } from "./connection-opening.ts";
import {
  ACKNOWLEDGED,
  ACTIVE_NANOS,
  ACTIVE_S,
  BYTES,
  CLOSED_NANOS,
  CLOSED_S,
  CONNECTION_BOUND,
  CONNECTION_CLOSED,
  CONNECTION_ENDED,
  CONNECTION_FLAGS,
  CONNECTION_FORWARD_IS_B,
  CONNECTION_IN_USE,
  CONNECTION_OUTCOME,
  ENDED_NANOS,
  ENDED_S,
  FIN_COUNT,
  FIN_SEQUENCE,
  FIRST_OF_PLACE,
  FIRST_PAYLOAD_NANOS,
  FIRST_PAYLOAD_S,
  GENERATION,
  LAST_NANOS,
  LAST_PAYLOAD_NANOS,
  LAST_PAYLOAD_S,
  LAST_S,
  LONGEST_IDLE,
  MEMBERS,
  nanosBetween,
  PACKETS,
  PAYLOAD,
  RST_COUNT,
  SIDE_FIN_ACKED,
  SIDE_FLAGS,
  SIDE_HAS_ACKNOWLEDGED,
  SIDE_HAS_FIN,
  SIDE_HAS_PAYLOAD,
  SIDE_HAS_RST,
  STARTED_NANOS,
  STARTED_S,
  SYN_SYNACK,
  SYNACK_ACK,
} from "./connection-record.ts";
import { resetVerdict, type SegmentVerdict } from "./segment-verdict.ts";
import { SequenceAnalysis } from "./sequence-analysis.ts";
import { ACK, FIN, RST, SYN } from "./tcp-flags.ts";
import type { TcpTables } from "./tcp-tables.ts";

const TCP = 6;
/** Code of "reset" in CONNECTION_OUTCOME: what a reset of an unknown connection says of it. */
const OUTCOME_RESET = 2;

export interface TcpConnectionsParts {
  readonly tables: TcpTables;
  readonly members: ConnectionMembers;
  readonly ends: ConnectionEnds;
  readonly verdict: SegmentVerdict;
  readonly serviceOf: ServiceLookup;
  /** Number of the tap group of each interface. */
  readonly tapGroupOf: Int32Array;
}

/** Follows TCP connections, one segment after the other, each once however many classes ask for it. */
export class TcpConnections {
  readonly #parts: TcpConnectionsParts;
  readonly #tables: TcpTables;
  readonly #verdict: SegmentVerdict;
  readonly #opening: ConnectionOpening;
  readonly #sequences: SequenceAnalysis;
  readonly #acknowledgements: AcknowledgementAnalysis;

  constructor(parts: TcpConnectionsParts) {
    this.#parts = parts;
    this.#tables = parts.tables;
    this.#verdict = parts.verdict;
    this.#sequences = new SequenceAnalysis(parts.tables, parts.verdict);
    this.#acknowledgements = new AcknowledgementAnalysis(parts.tables, parts.verdict);
    this.#opening = new ConnectionOpening(parts.tables, parts.verdict, this.#acknowledgements);
  }

  /**
   * Takes a segment whose header was decoded, and says in the verdict what it is.
   * `tuples`, `entry`: the cache entry of its tuple, which remembers its connection.
   */
  segment(words: Int32Array, at: number, tuples: Int32Array, entry: number, clockS: number, clockNanos: number): void {
    const length = words[at + PAYLOAD_BYTES]!;
    const tcpFlags = words[at + TCP_FLAGS_WINDOW]! & 0x1ff;
    resetVerdict(this.#verdict, length);
    const found = this.#find(words, at, tuples, entry, clockS, clockNanos);
    let slot = found >>> 1;
    const isB = (found & 1) !== 0;
    if (slot !== 0 && tcpFlags & SYN && (tcpFlags & RST) === 0) this.#restartAtNewSyn(words, at, slot, isB, tcpFlags);
    if (slot === 0) slot = this.#begin();
    tuples[entry + TUPLE_CONNECTION] = (slot << 1) | (isB ? 1 : 0);
    const { words: records, stride } = this.#tables.connections.pool;
    const base = slot * stride;
    tuples[entry + TUPLE_GENERATION] = records[base + GENERATION]!;
    if ((records[base + CONNECTION_FLAGS]! & CONNECTION_BOUND) === 0) {
      this.#bind(words, at, slot, isB, tcpFlags, tuples, entry, clockS);
    }
    this.#touch(words, at, base, clockS, clockNanos);

    const side = this.#tables.sideOf(slot, isB);
    const other = this.#tables.sideOf(slot, !isB);
    this.#count(words, at, base, side, length);
    if (tcpFlags & SYN && (tcpFlags & RST) === 0) this.#opening.take(words, at, base, side, other, tcpFlags);
    this.#sequences.take(words, at, side, other, tcpFlags, length);
    this.#acknowledgements.take(words, at, side, other, tcpFlags, length);
    if (tcpFlags & FIN) this.#fin(words, at, side, tcpFlags, length);
    if (tcpFlags & RST) this.#rst(side);
    if ((records[base + CONNECTION_FLAGS]! & CONNECTION_ENDED) === 0) {
      this.#advance(words, at, slot, side, other, tcpFlags, clockS, clockNanos);
    }
  }

  /** Takes a segment of which no more than the ports is known: it counts, and says nothing. */
  headless(words: Int32Array, at: number, tuples: Int32Array, entry: number, clockS: number, clockNanos: number): void {
    const found = this.#find(words, at, tuples, entry, clockS, clockNanos);
    const slot = found >>> 1 || this.#begin();
    const isB = (found & 1) !== 0;
    const { words: records, stride } = this.#tables.connections.pool;
    const base = slot * stride;
    if ((records[base + CONNECTION_FLAGS]! & CONNECTION_BOUND) === 0) {
      this.#bind(words, at, slot, isB, 0, tuples, entry, clockS);
    }
    records[base + CONNECTION_FLAGS]! |= CONNECTION_IN_USE;
    this.#touch(words, at, base, clockS, clockNanos);
    this.#count(words, at, base, this.#tables.sideOf(slot, isB), words[at + PAYLOAD_BYTES]!);
  }

  /** The segment's connection << 1 | 1 when endpoint B sent it; connection 0: there is none. */
  #find(words: Int32Array, at: number, tuples: Int32Array, entry: number, clockS: number, clockNanos: number): number {
    const { connections } = this.#tables;
    const cached = tuples[entry + TUPLE_CONNECTION]!;
    const { words: records, stride } = connections.pool;
    if (cached !== 0 && records[(cached >>> 1) * stride + GENERATION] === tuples[entry + TUPLE_GENERATION]) {
      if (!this.#parts.ends.isOver(cached >>> 1, clockS, clockNanos)) return cached;
    }
    connections.key(words, at, this.#parts.tapGroupOf[words[at + INTERFACE]!] ?? 0);
    let slot = connections.find();
    // What is over may have ended, and its tail with it.
    while (slot !== 0 && this.#parts.ends.isOver(slot, clockS, clockNanos)) slot = connections.find();
    return (slot << 1) | (connections.senderIsB ? 1 : 0);
  }

  /** A new connection with the key last made. */
  #begin(): number {
    const { connections } = this.#tables;
    let slot = connections.add();
    if (slot === 0) {
      this.#parts.ends.evict();
      slot = connections.add();
    }
    this.#clear(slot * connections.pool.stride);
    return slot;
  }

  #restartAtNewSyn(words: Int32Array, at: number, slot: number, isB: boolean, tcpFlags: number): void {
    const side = this.#tables.sideOf(slot, isB);
    const other = this.#tables.sideOf(slot, !isB);
    if (!this.#opening.beginsAnew(words, at, side, other, tcpFlags)) return;
    this.#parts.ends.superseded(slot, words[at + SECONDS]!);
    const { pool } = this.#tables.connections;
    const base = slot * pool.stride;
    pool.words.fill(0, base + CONNECTION_FLAGS, base + FIRST_OF_PLACE);
    pool.words.fill(0, this.#tables.sideOf(slot, false), base + MEMBERS);
    this.#tables.connections.renumber(slot);
    this.#clear(base);
  }

  #clear(base: number): void {
    const { numbers } = this.#tables.connections.pool;
    numbers[(base + SYN_SYNACK) / 2] = -1;
    numbers[(base + SYNACK_ACK) / 2] = -1;
  }

  /** Begins to count: a new connection, or the tail of an ended one. */
  #bind(
    words: Int32Array,
    at: number,
    slot: number,
    isB: boolean,
    tcpFlags: number,
    tuples: Int32Array,
    entry: number,
    clockS: number,
  ): void {
    const { words: records, stride } = this.#tables.connections.pool;
    const base = slot * stride;
    const isNew = (records[base + CONNECTION_FLAGS]! & CONNECTION_ENDED) === 0;
    this.#parts.members.bind(base, tuples, entry);
    records[base + STARTED_S] = records[base + ENDED_S] = words[at + SECONDS]!;
    records[base + STARTED_NANOS] = records[base + ENDED_NANOS] = words[at + NANOS]!;
    if (isNew) {
      if (this.#isForward(words, at, tcpFlags) === isB) records[base + CONNECTION_FLAGS]! |= CONNECTION_FORWARD_IS_B;
      if (tcpFlags & RST) {
        // A reset of a connection nobody saw: it has ended before, so this is its tail.
        records[base + CONNECTION_FLAGS]! |= CONNECTION_ENDED | (OUTCOME_RESET << CONNECTION_OUTCOME);
      } else {
        this.#parts.members.happened(base, words[at + SECONDS]!, "opened");
      }
    }
    records[base + ACTIVE_S] = clockS;
    this.#parts.ends.schedule(slot, clockS);
  }

  /** Whether the sender of a connection's first segment is the forward one. */
  #isForward(words: Int32Array, at: number, tcpFlags: number): boolean {
    if (tcpFlags & SYN) return (tcpFlags & ACK) === 0;
    const source = words[at + PORTS]! >>> 16;
    const destination = words[at + PORTS]! & 0xffff;
    const service = source === destination ? null : this.#parts.serviceOf(TCP, source, destination);
    return service === null || service.port === destination;
  }

  /** Notes the segment's instant. */
  #touch(words: Int32Array, at: number, base: number, clockS: number, clockNanos: number): void {
    const records = this.#tables.connections.pool.words;
    records[base + ACTIVE_S] = clockS;
    records[base + ACTIVE_NANOS] = clockNanos;
    const s = words[at + SECONDS]!;
    const nanos = words[at + NANOS]!;
    if (nanosBetween(records[base + ENDED_S]!, records[base + ENDED_NANOS]!, s, nanos) > 0) {
      records[base + ENDED_S] = s;
      records[base + ENDED_NANOS] = nanos;
    } else if (nanosBetween(records[base + STARTED_S]!, records[base + STARTED_NANOS]!, s, nanos) < 0) {
      records[base + STARTED_S] = s;
      records[base + STARTED_NANOS] = nanos;
    }
  }

  #count(words: Int32Array, at: number, base: number, side: number, length: number): void {
    const { words: records, numbers } = this.#tables.connections.pool;
    const s = words[at + SECONDS]!;
    const nanos = words[at + NANOS]!;
    const double = side / 2;
    if (numbers[double + PACKETS / 2]! > 0) {
      const idleNs = nanosBetween(records[side + LAST_S]!, records[side + LAST_NANOS]!, s, nanos);
      if (idleNs > numbers[double + LONGEST_IDLE / 2]!) numbers[double + LONGEST_IDLE / 2] = idleNs;
    }
    records[side + LAST_S] = s;
    records[side + LAST_NANOS] = nanos;
    numbers[double + PACKETS / 2]! += 1;
    numbers[double + BYTES / 2]! += words[at + IP_BYTES]! >>> 0;
    if (length === 0) return;
    numbers[double + PAYLOAD / 2]! += length;
    records[base + CONNECTION_FLAGS]! |= CONNECTION_IN_USE;
    records[side + LAST_PAYLOAD_S] = s;
    records[side + LAST_PAYLOAD_NANOS] = nanos;
    if (records[side + SIDE_FLAGS]! & SIDE_HAS_PAYLOAD) return;
    records[side + SIDE_FLAGS]! |= SIDE_HAS_PAYLOAD;
    records[side + FIRST_PAYLOAD_S] = s;
    records[side + FIRST_PAYLOAD_NANOS] = nanos;
  }

  #fin(words: Int32Array, at: number, side: number, tcpFlags: number, length: number): void {
    const records = this.#tables.connections.pool.words;
    const verdict = this.#verdict;
    verdict.isNotable = verdict.isFin = true;
    records[side + FIN_COUNT]! += 1;
    verdict.isFinRepeat = (records[side + SIDE_FLAGS]! & SIDE_HAS_FIN) !== 0;
    if (verdict.isFinRepeat) return;
    records[side + SIDE_FLAGS]! |= SIDE_HAS_FIN;
    const sequence = (words[at + TCP_SEQUENCE]! + (tcpFlags & SYN ? 1 : 0) + length) | 0;
    records[side + FIN_SEQUENCE] = sequence;
    // Its ACK may have overtaken it.
    const isCovered = ((records[side + ACKNOWLEDGED]! - sequence) | 0) > 0;
    if (records[side + SIDE_FLAGS]! & SIDE_HAS_ACKNOWLEDGED && isCovered) records[side + SIDE_FLAGS]! |= SIDE_FIN_ACKED;
  }

  #rst(side: number): void {
    const records = this.#tables.connections.pool.words;
    this.#verdict.isNotable = this.#verdict.isRst = true;
    records[side + RST_COUNT]! += 1;
    records[side + SIDE_FLAGS]! |= SIDE_HAS_RST;
  }

  /** Moves the state of a connection that has not ended. */
  #advance(
    words: Int32Array,
    at: number,
    slot: number,
    side: number,
    other: number,
    tcpFlags: number,
    clockS: number,
    clockNanos: number,
  ): void {
    const { words: records, stride } = this.#tables.connections.pool;
    const base = slot * stride;
    const s = words[at + SECONDS]!;
    if (tcpFlags & RST) {
      this.#parts.ends.reset(slot, s, clockS);
      return;
    }
    if ((tcpFlags & SYN) === 0) {
      records[base + CONNECTION_FLAGS]! |= CONNECTION_IN_USE;
      if (this.#opening.completes(words, at, base, side, other)) this.#parts.members.happened(base, s, "established");
    }
    const bothFlags = records[side + SIDE_FLAGS]! & records[other + SIDE_FLAGS]!;
    if (bothFlags & SIDE_FIN_ACKED && (records[base + CONNECTION_FLAGS]! & CONNECTION_CLOSED) === 0) {
      records[base + CONNECTION_FLAGS]! |= CONNECTION_CLOSED;
      records[base + CLOSED_S] = clockS;
      records[base + CLOSED_NANOS] = clockNanos;
      this.#parts.members.happened(base, s, "closed");
      this.#parts.ends.schedule(slot, clockS);
    } else if (tcpFlags & FIN) {
      this.#parts.ends.schedule(slot, clockS);
    }
  }
}
