import { RecordPool } from "../../tables/record-pool.ts";
import {
  FIRST_COUNTER,
  PAYLOAD_RECORD,
  SENT_FIRST,
  SIDE_FLAGS,
  SIDE_MEASURED,
  SIDE_WORDS,
  SIDES,
  TROUBLE,
} from "./connection-record.ts";
import { ConnectionTable } from "./connection-table.ts";
import { clearPayloadCounters, PAYLOAD_STRIDE } from "./payload-record.ts";
import { SentSegments } from "./sent-segments.ts";
import { SequenceHoles } from "./sequence-holes.ts";
import { clearTroubleCounters, TROUBLE_STRIDE } from "./trouble-record.ts";

/** Segments that await their ACK, and holes, remembered per connection of the limit; the least there is room for. */
const AWAITED_PER_CONNECTION = 8;
const HOLES_PER_CONNECTION = 2;
const LEAST_ROOM = 65_536;

/** All memory of the TCP analysis. A side is named by the word of the connections' pool where its record begins. */
export class TcpTables {
  readonly connections: ConnectionTable;
  readonly payloads: RecordPool;
  readonly troubles: RecordPool;
  readonly holes: SequenceHoles;
  readonly sent: SentSegments;

  constructor(maxConnections: number, firstConnectionId: number) {
    this.connections = new ConnectionTable(maxConnections, firstConnectionId);
    this.payloads = new RecordPool(PAYLOAD_STRIDE, 2 * maxConnections);
    this.troubles = new RecordPool(TROUBLE_STRIDE, 2 * maxConnections);
    this.holes = new SequenceHoles(this.troubles, Math.max(LEAST_ROOM, HOLES_PER_CONNECTION * maxConnections));
    this.sent = new SentSegments(
      this.connections.pool,
      this.payloads,
      this.troubles,
      Math.max(LEAST_ROOM, AWAITED_PER_CONNECTION * maxConnections),
    );
  }

  get bytes(): number {
    return this.connections.bytes + this.payloads.bytes + this.troubles.bytes + this.holes.bytes + this.sent.bytes;
  }

  /** Word where a connection's side begins. */
  sideOf(slot: number, isB: boolean): number {
    return slot * this.connections.pool.stride + SIDES + (isB ? SIDE_WORDS : 0);
  }

  /** Word where the side's payload record begins; without one, that of the empty record. */
  payloadAt(side: number): number {
    return this.connections.pool.words[side + PAYLOAD_RECORD]! * PAYLOAD_STRIDE;
  }

  /** The same to write to, made when it has none. */
  payloadOf(side: number): number {
    const { words } = this.connections.pool;
    if (words[side + PAYLOAD_RECORD] === 0) words[side + PAYLOAD_RECORD] = this.payloads.take();
    return words[side + PAYLOAD_RECORD]! * PAYLOAD_STRIDE;
  }

  /** The side's trouble record, made when it has none. */
  troubleOf(side: number): number {
    const { words } = this.connections.pool;
    if (words[side + TROUBLE] === 0) words[side + TROUBLE] = this.troubles.take();
    return words[side + TROUBLE]!;
  }

  /** Adds one to a count of the side's trouble record. `word`: place in trouble-record.ts. */
  countTrouble(side: number, word: number): void {
    const trouble = this.troubleOf(side);
    this.troubles.words[trouble * TROUBLE_STRIDE + word]! += 1;
  }

  /** Lets go of what a side holds beyond its own record. */
  releaseSide(side: number): void {
    const { words } = this.connections.pool;
    if (words[side + SENT_FIRST] !== 0) this.sent.clear(side);
    const trouble = words[side + TROUBLE]!;
    if (trouble === 0) return;
    this.sent.clearAcknowledged(trouble);
    this.holes.clear(trouble);
    this.troubles.give(trouble);
    words[side + TROUBLE] = 0;
  }

  /** Takes over the connections of other tables, as many as there is room for. */
  takeFrom(other: TcpTables): void {
    const { pool } = other.connections;
    for (let slot = 1; slot < pool.end; slot++) {
      if (!other.connections.isLive(slot)) continue;
      const taken = this.connections.adopt(other.connections, slot * pool.stride);
      if (taken === 0) return;
      for (const isB of [false, true]) this.#takeSide(this.sideOf(taken, isB), other, other.sideOf(slot, isB));
    }
  }

  /** Makes what another table holds of a side, beyond the side's own record, this one's. */
  #takeSide(side: number, other: TcpTables, otherSide: number): void {
    const { words } = this.connections.pool;
    words[side + PAYLOAD_RECORD] = 0;
    const otherPayload = other.payloadAt(otherSide);
    if (otherPayload !== 0) {
      const record = other.payloads.words.subarray(otherPayload, otherPayload + PAYLOAD_STRIDE);
      this.payloads.words.set(record, this.payloadOf(side));
    }
    this.sent.take(side, other.sent, otherSide);
    const otherTrouble = other.connections.pool.words[otherSide + TROUBLE]!;
    words[side + TROUBLE] = 0;
    if (otherTrouble === 0) return;
    const trouble = this.troubleOf(side);
    const from = otherTrouble * TROUBLE_STRIDE;
    // Word 0 is the pools' own.
    this.troubles.words.set(
      other.troubles.words.subarray(from + 1, from + TROUBLE_STRIDE),
      trouble * TROUBLE_STRIDE + 1,
    );
    this.sent.dropAcknowledged(trouble);
    this.holes.take(trouble, other.holes, otherTrouble);
  }

  /** Sets all a side has counted back to 0. To be called when it holds nothing else. */
  clearCounters(side: number): void {
    const { words } = this.connections.pool;
    this.#clearOwnCounters(side);
    if (words[side + PAYLOAD_RECORD] !== 0) this.payloads.give(words[side + PAYLOAD_RECORD]!);
    words[side + PAYLOAD_RECORD] = 0;
  }

  /** Sets all a side has counted back to 0, and keeps all that is known of it: it goes on in another record. */
  clearCountersOnly(side: number): void {
    const { words } = this.connections.pool;
    this.#clearOwnCounters(side);
    const payload = this.payloadAt(side);
    if (payload !== 0) clearPayloadCounters(this.payloads.words, payload);
    const trouble = words[side + TROUBLE]!;
    if (trouble !== 0) clearTroubleCounters(this.troubles.words, trouble * TROUBLE_STRIDE);
  }

  #clearOwnCounters(side: number): void {
    const { words } = this.connections.pool;
    words.fill(0, side + FIRST_COUNTER, side + SIDE_WORDS);
    words[side + SIDE_FLAGS]! &= ~SIDE_MEASURED;
  }
}
