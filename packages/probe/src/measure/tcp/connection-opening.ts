import {
  FLAG_SACK_PERMITTED,
  FLAGS,
  NANOS,
  SECONDS,
  TCP_ACKNOWLEDGEMENT,
  TCP_OPTIONS,
  TCP_SEQUENCE,
} from "@trafmon/packet";
import type { AcknowledgementAnalysis } from "./acknowledgement-analysis.ts";
import {
  ACKNOWLEDGED,
  BASE,
  CONNECTION_ENDED,
  CONNECTION_ESTABLISHED,
  CONNECTION_FLAGS,
  CONNECTION_OUTCOME,
  CONNECTION_SYN_SEEN,
  INITIAL_SEQUENCE,
  NEXT,
  nanosBetween,
  OUTCOME_REFUSED,
  SIDE_FLAGS,
  SIDE_HAS_ACKNOWLEDGED,
  SIDE_HAS_NEXT,
  SIDE_HAS_SYN,
  SIDE_SACK_PERMITTED,
  SIDE_SYN_ACKED,
  SIDE_SYN_REPEATED,
  SYN_COUNT,
  SYN_NANOS,
  SYN_OPTIONS,
  SYN_S,
  SYN_SYNACK,
  SYNACK_ACK,
  SYNACK_NANOS,
  SYNACK_S,
} from "./connection-record.ts";
import { DATA_SEGMENTS } from "./payload-record.ts";
import type { SegmentVerdict } from "./segment-verdict.ts";
import { ACK } from "./tcp-flags.ts";
import type { TcpTables } from "./tcp-tables.ts";

/** Follows the opening of a connection: SYN, SYN-ACK, and when the handshake is complete. */
export class ConnectionOpening {
  readonly #tables: TcpTables;
  readonly #verdict: SegmentVerdict;
  readonly #acknowledgements: AcknowledgementAnalysis;

  constructor(tables: TcpTables, verdict: SegmentVerdict, acknowledgements: AcknowledgementAnalysis) {
    this.#tables = tables;
    this.#verdict = verdict;
    this.#acknowledgements = acknowledgements;
  }

  /** Whether a SYN of `side` begins another connection than the one in the table. */
  beginsAnew(words: Int32Array, at: number, base: number, side: number, other: number, tcpFlags: number): boolean {
    const sides = this.#tables.connections.pool.words;
    const outcome = (sides[base + CONNECTION_FLAGS]! >> CONNECTION_OUTCOME) & 7;
    const isRefused = (sides[base + CONNECTION_FLAGS]! & CONNECTION_ENDED) !== 0 && outcome === OUTCOME_REFUSED;
    // Who was refused tries again, some with the same initial sequence number.
    if (isRefused && (tcpFlags & ACK) === 0) return true;
    const sequence = words[at + TCP_SEQUENCE]!;
    const flags = sides[side + SIDE_FLAGS]!;
    const otherFlags = sides[other + SIDE_FLAGS]!;
    if (flags & SIDE_HAS_SYN && sides[side + INITIAL_SEQUENCE] === sequence) return false;
    if (tcpFlags & ACK && otherFlags & SIDE_HAS_SYN) {
      // It answers this connection's SYN, though an earlier answer had another sequence number.
      if (words[at + TCP_ACKNOWLEDGEMENT] === ((sides[other + INITIAL_SEQUENCE]! + 1) | 0)) {
        return (flags & SIDE_HAS_NEXT) !== 0 && this.#hasData(side);
      }
    }
    if (flags & SIDE_HAS_SYN) return true;
    // The SYN was overtaken by what followed it.
    if (flags & SIDE_HAS_NEXT) return sides[side + BASE] !== ((sequence + 1) | 0);
    // Nothing came from this side yet: both open at once, or its SYN was overtaken by the SYN-ACK.
    return (otherFlags & SIDE_HAS_SYN) === 0;
  }

  #hasData(side: number): boolean {
    return this.#tables.payloads.words[this.#tables.payloadAt(side) + DATA_SEGMENTS]! > 0;
  }

  /** Takes a SYN or SYN-ACK of a connection. `base`: word where the connection begins. */
  take(words: Int32Array, at: number, base: number, side: number, other: number, tcpFlags: number): void {
    const { words: records, numbers } = this.#tables.connections.pool;
    const sequence = words[at + TCP_SEQUENCE]!;
    const verdict = this.#verdict;
    const isSynAck = (tcpFlags & ACK) !== 0;
    verdict.isNotable = true;
    verdict.isSyn = !isSynAck;
    verdict.isSynAck = isSynAck;
    records[side + SYN_COUNT]! += 1;
    const isFirst = (records[side + SIDE_FLAGS]! & SIDE_HAS_SYN) === 0;
    verdict.isSynRepeat = !isFirst;
    if (!isFirst) records[side + SIDE_FLAGS]! |= SIDE_SYN_REPEATED;
    if (!isFirst && records[side + INITIAL_SEQUENCE] === sequence) return;

    const isPermitted = (words[at + FLAGS]! & FLAG_SACK_PERMITTED) !== 0;
    const hadNext = (records[side + SIDE_FLAGS]! & SIDE_HAS_NEXT) !== 0;
    records[side + SIDE_FLAGS]! |= SIDE_HAS_SYN | SIDE_HAS_NEXT | (isPermitted ? SIDE_SACK_PERMITTED : 0);
    records[side + INITIAL_SEQUENCE] = sequence;
    records[side + BASE] = (sequence + 1) | 0;
    if (!hadNext || !isFirst) records[side + NEXT] = (sequence + 1) | 0;
    // What it opens may have overtaken it, ACK and all.
    const isCovered = ((records[side + ACKNOWLEDGED]! - sequence) | 0) > 0;
    if (records[side + SIDE_FLAGS]! & SIDE_HAS_ACKNOWLEDGED && isCovered) records[side + SIDE_FLAGS]! |= SIDE_SYN_ACKED;
    records[side + SYN_OPTIONS] = words[at + TCP_OPTIONS]! & 0xffffff;
    const s = words[at + SECONDS]!;
    const nanos = words[at + NANOS]!;
    if (!isSynAck) {
      if ((records[base + CONNECTION_FLAGS]! & CONNECTION_SYN_SEEN) !== 0) return;
      records[base + CONNECTION_FLAGS]! |= CONNECTION_SYN_SEEN;
      records[base + SYN_S] = s;
      records[base + SYN_NANOS] = nanos;
    } else if (numbers[(base + SYN_SYNACK) / 2] === -1 && records[base + SYNACK_S] === 0) {
      records[base + SYNACK_S] = s;
      records[base + SYNACK_NANOS] = nanos;
      if ((records[base + CONNECTION_FLAGS]! & CONNECTION_SYN_SEEN) === 0) return;
      const ns = nanosBetween(records[base + SYN_S]!, records[base + SYN_NANOS]!, s, nanos);
      if (ns < 0) return;
      numbers[(base + SYN_SYNACK) / 2] = ns;
      // Which copy of a repeated SYN was answered cannot be told (Karn).
      if ((records[other + SIDE_FLAGS]! & SIDE_SYN_REPEATED) === 0) this.#acknowledgements.sample(other, ns, false);
    }
  }

  /**
   * After a segment that is no SYN: whether it completed the handshake. That is when both SYNs, or a SYN-ACK that implies
   * the other one, are acknowledged.
   */
  completes(words: Int32Array, at: number, base: number, side: number, other: number): boolean {
    const { words: records, numbers } = this.#tables.connections.pool;
    if (records[base + CONNECTION_FLAGS]! & CONNECTION_ESTABLISHED) return false;
    const [flags, otherFlags] = [records[side + SIDE_FLAGS]!, records[other + SIDE_FLAGS]!];
    if (!isSynSettled(flags) || !isSynSettled(otherFlags)) return false;
    const isSynAckSeen = records[base + SYNACK_S] !== 0;
    if (!isSynAckSeen && (flags & otherFlags & SIDE_HAS_SYN) === 0) return false;
    records[base + CONNECTION_FLAGS]! |= CONNECTION_ESTABLISHED;
    if (!isSynAckSeen) return true;
    const s = words[at + SECONDS]!;
    const nanos = words[at + NANOS]!;
    const ns = nanosBetween(records[base + SYNACK_S]!, records[base + SYNACK_NANOS]!, s, nanos);
    if (ns >= 0) {
      numbers[(base + SYNACK_ACK) / 2] = ns;
      if ((records[other + SIDE_FLAGS]! & SIDE_SYN_REPEATED) === 0) this.#acknowledgements.sample(other, ns, false);
    }
    return true;
  }
}

/** Whether a side's SYN, if it was seen, is acknowledged. */
function isSynSettled(flags: number): boolean {
  return (flags & SIDE_HAS_SYN) === 0 || (flags & SIDE_SYN_ACKED) !== 0;
}
