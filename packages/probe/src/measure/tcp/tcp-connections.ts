import { PAYLOAD_BYTES, SECONDS, TCP_FLAGS_WINDOW, TCP_SEQUENCE } from "@trafmon/packet";
import { TUPLE_CONNECTION, TUPLE_GENERATION } from "../../classify/tuple-cache.ts";
import { AcknowledgementAnalysis } from "./acknowledgement-analysis.ts";
import { ConnectionBeginning, type ConnectionBeginningParts } from "./connection-beginning.ts";
import { ConnectionOpening } from "./connection-opening.ts";
import {
  ACKNOWLEDGED,
  CLOSED_NANOS,
  CLOSED_S,
  CONNECTION_BOUND,
  CONNECTION_CLOSED,
  CONNECTION_ENDED,
  CONNECTION_FLAGS,
  CONNECTION_IN_USE,
  CONNECTION_WATCHED,
  FIN_COUNT,
  FIN_SEQUENCE,
  GENERATION,
  RST_COUNT,
  SIDE_FIN_ACKED,
  SIDE_FLAGS,
  SIDE_HAS_ACKNOWLEDGED,
  SIDE_HAS_FIN,
  SIDE_HAS_RST,
} from "./connection-record.ts";
import { SegmentCounts } from "./segment-counts.ts";
import { resetVerdict, type SegmentVerdict } from "./segment-verdict.ts";
import { SequenceAnalysis } from "./sequence-analysis.ts";
import { FIN, RST, SYN } from "./tcp-flags.ts";
import type { TcpTables } from "./tcp-tables.ts";
import { DUPLICATE_FRAMES } from "./trouble-record.ts";

export type TcpConnectionsParts = Omit<ConnectionBeginningParts, "opening"> & { readonly verdict: SegmentVerdict };

/** Follows TCP connections, one segment after the other, each once however many classes ask for it. */
export class TcpConnections {
  readonly #parts: TcpConnectionsParts;
  readonly #tables: TcpTables;
  readonly #verdict: SegmentVerdict;
  readonly #beginning: ConnectionBeginning;
  readonly #opening: ConnectionOpening;
  readonly #counts: SegmentCounts;
  readonly #sequences: SequenceAnalysis;
  readonly #acknowledgements: AcknowledgementAnalysis;

  constructor(parts: TcpConnectionsParts) {
    this.#parts = parts;
    this.#tables = parts.tables;
    this.#verdict = parts.verdict;
    this.#sequences = new SequenceAnalysis(parts.tables, parts.verdict);
    this.#acknowledgements = new AcknowledgementAnalysis(parts.tables, parts.verdict);
    this.#opening = new ConnectionOpening(parts.tables, parts.verdict, this.#acknowledgements);
    this.#beginning = new ConnectionBeginning({ ...parts, opening: this.#opening });
    this.#counts = new SegmentCounts(parts.tables);
  }

  /**
   * Takes a segment whose header was decoded, and says in the verdict what it is.
   * `tuples`, `entry`: the cache entry of its tuple, which remembers its connection.
   */
  segment(words: Int32Array, at: number, tuples: Int32Array, entry: number, clockS: number, clockNanos: number): void {
    const length = words[at + PAYLOAD_BYTES]!;
    const tcpFlags = words[at + TCP_FLAGS_WINDOW]! & 0x1ff;
    resetVerdict(this.#verdict, length);
    const found = this.#beginning.find(words, at, tuples, entry, clockS, clockNanos);
    let slot = found >>> 1;
    const isB = (found & 1) !== 0;
    if (slot !== 0 && tcpFlags & SYN && (tcpFlags & RST) === 0)
      this.#beginning.restartAtNewSyn(words, at, slot, isB, tcpFlags);
    if (slot === 0) slot = this.#beginning.begin();
    tuples[entry + TUPLE_CONNECTION] = (slot << 1) | (isB ? 1 : 0);
    const { words: records, stride } = this.#tables.connections.pool;
    const base = slot * stride;
    tuples[entry + TUPLE_GENERATION] = records[base + GENERATION]!;
    if ((records[base + CONNECTION_FLAGS]! & CONNECTION_BOUND) === 0) {
      this.#beginning.bind(words, at, slot, isB, tcpFlags, tuples, entry, clockS);
    }
    this.#counts.touch(words, at, base, clockS, clockNanos);

    const side = this.#tables.sideOf(slot, isB);
    const other = this.#tables.sideOf(slot, !isB);
    if (tcpFlags & SYN && (tcpFlags & RST) === 0) this.#opening.take(words, at, base, side, other, tcpFlags);
    this.#sequences.take(words, at, side, other, tcpFlags, length);
    this.#counts.count(words, at, base, side, length);
    this.#acknowledgements.take(words, at, side, other, tcpFlags, length);
    if (tcpFlags & FIN) this.#fin(words, at, side, tcpFlags, length);
    if (tcpFlags & RST) this.#rst(side);
    if (records[base + CONNECTION_FLAGS]! & CONNECTION_WATCHED) {
      this.#parts.watch.segment(slot, words, at, isB, this.#verdict.uniqueBytes);
    }
    if ((records[base + CONNECTION_FLAGS]! & CONNECTION_ENDED) === 0) {
      this.#advance(words, at, slot, side, other, tcpFlags, clockS, clockNanos);
    }
  }

  /** Takes a segment of which no more than the ports is known: it counts, and says nothing. */
  headless(words: Int32Array, at: number, tuples: Int32Array, entry: number, clockS: number, clockNanos: number): void {
    const side = this.#countOnly(words, at, tuples, entry, clockS, clockNanos);
    const { words: records, stride } = this.#tables.connections.pool;
    records[side - (side % stride) + CONNECTION_FLAGS]! |= CONNECTION_IN_USE;
  }

  /** Takes a copy of an earlier frame: it counts as captured, and is no segment of its own. */
  duplicate(
    words: Int32Array,
    at: number,
    tuples: Int32Array,
    entry: number,
    clockS: number,
    clockNanos: number,
  ): void {
    const side = this.#countOnly(words, at, tuples, entry, clockS, clockNanos);
    this.#tables.countTrouble(side, DUPLICATE_FRAMES);
  }

  /** Counts a packet in its connection without looking into it. Returns its sender's side. */
  #countOnly(
    words: Int32Array,
    at: number,
    tuples: Int32Array,
    entry: number,
    clockS: number,
    clockNanos: number,
  ): number {
    const found = this.#beginning.find(words, at, tuples, entry, clockS, clockNanos);
    const slot = found >>> 1 || this.#beginning.begin();
    const isB = (found & 1) !== 0;
    const { words: records, stride } = this.#tables.connections.pool;
    const base = slot * stride;
    if ((records[base + CONNECTION_FLAGS]! & CONNECTION_BOUND) === 0) {
      this.#beginning.bind(words, at, slot, isB, 0, tuples, entry, clockS);
    }
    this.#counts.touch(words, at, base, clockS, clockNanos);
    const side = this.#tables.sideOf(slot, isB);
    this.#counts.count(words, at, base, side, words[at + PAYLOAD_BYTES]!);
    return side;
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
      if (this.#opening.completes(words, at, base, side, other)) this.#parts.members.happened(slot, s, "established");
    }
    const bothFlags = records[side + SIDE_FLAGS]! & records[other + SIDE_FLAGS]!;
    if (bothFlags & SIDE_FIN_ACKED && (records[base + CONNECTION_FLAGS]! & CONNECTION_CLOSED) === 0) {
      records[base + CONNECTION_FLAGS]! |= CONNECTION_CLOSED;
      records[base + CLOSED_S] = clockS;
      records[base + CLOSED_NANOS] = clockNanos;
      this.#parts.members.happened(slot, s, "closed");
      this.#parts.ends.schedule(slot, clockS);
    } else if (tcpFlags & FIN) {
      this.#parts.ends.schedule(slot, clockS);
    }
  }
}
