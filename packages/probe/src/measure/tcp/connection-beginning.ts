import { INTERFACE, NANOS, PORTS, SECONDS } from "@trafmon/packet";
import type { ServiceLookup } from "../../classify/service-lookup.ts";
import { TUPLE_CONNECTION, TUPLE_GENERATION } from "../../classify/tuple-cache.ts";
import type { ConnectionEnds } from "./connection-ends.ts";
import type { ConnectionMembers } from "./connection-members.ts";
import type { ConnectionOpening } from "./connection-opening.ts";
import {
  ACTIVE_S,
  CONNECTION_BEGUN,
  CONNECTION_ENDED,
  CONNECTION_FLAGS,
  CONNECTION_FORWARD_IS_B,
  CONNECTION_OUTCOME,
  CONNECTION_WATCHED,
  CONNECTION_WORDS,
  ENDED_NANOS,
  ENDED_S,
  FIRST_OF_PLACE,
  GENERATION,
  OUTCOME_RESET,
  STARTED_NANOS,
  STARTED_S,
  SYN_SYNACK,
  SYNACK_ACK,
} from "./connection-record.ts";
import type { ConnectionWatch } from "./connection-watch.ts";
import { ACK, RST, SYN } from "./tcp-flags.ts";
import type { TcpTables } from "./tcp-tables.ts";

const TCP = 6;

export interface ConnectionBeginningParts {
  readonly tables: TcpTables;
  readonly members: ConnectionMembers;
  readonly ends: ConnectionEnds;
  readonly opening: ConnectionOpening;
  readonly watch: ConnectionWatch;
  readonly serviceOf: ServiceLookup;
  /** Number of the tap group of each interface. */
  readonly tapGroupOf: Int32Array;
}

/** Finds the connection of a segment, and begins one where there is none. */
export class ConnectionBeginning {
  readonly #parts: ConnectionBeginningParts;
  readonly #tables: TcpTables;

  constructor(parts: ConnectionBeginningParts) {
    this.#parts = parts;
    this.#tables = parts.tables;
  }

  /** The segment's connection << 1 | 1 when endpoint B sent it; connection 0: there is none. */
  find(words: Int32Array, at: number, tuples: Int32Array, entry: number, clockS: number, clockNanos: number): number {
    const { connections } = this.#tables;
    const cached = tuples[entry + TUPLE_CONNECTION]!;
    const { words: records, stride } = connections.pool;
    const isCurrent = records[(cached >>> 1) * stride + GENERATION] === tuples[entry + TUPLE_GENERATION];
    if (cached !== 0 && isCurrent && connections.isOfTunnel(cached >>> 1, words, at)) {
      if (!this.#parts.ends.isOver(cached >>> 1, clockS, clockNanos)) return cached;
    }
    connections.key(words, at, this.#parts.tapGroupOf[words[at + INTERFACE]!] ?? 0);
    let slot = connections.find();
    // What is over may have ended, and its tail with it.
    while (slot !== 0 && this.#parts.ends.isOver(slot, clockS, clockNanos)) slot = connections.find();
    return (slot << 1) | (connections.senderIsB ? 1 : 0);
  }

  /** A new connection with the key last made. */
  begin(): number {
    const { connections } = this.#tables;
    let slot = connections.add();
    if (slot === 0) {
      this.#parts.ends.evict();
      slot = connections.add();
    }
    this.#clear(slot * connections.pool.stride);
    return slot;
  }

  /** Begins another connection in the place of one when a SYN says so. */
  restartAtNewSyn(words: Int32Array, at: number, slot: number, isB: boolean, tcpFlags: number): void {
    const side = this.#tables.sideOf(slot, isB);
    const other = this.#tables.sideOf(slot, !isB);
    const base = slot * this.#tables.connections.pool.stride;
    if (!this.#parts.opening.beginsAnew(words, at, base, side, other, tcpFlags)) return;
    this.#parts.ends.superseded(slot, words[at + SECONDS]!);
    const { pool } = this.#tables.connections;
    pool.words.fill(0, base + CONNECTION_FLAGS, base + FIRST_OF_PLACE);
    pool.words.fill(0, this.#tables.sideOf(slot, false), base + CONNECTION_WORDS);
    this.#tables.connections.renumber(slot);
    this.#clear(base);
  }

  /** Begins to count: a new connection, one that goes on under another configuration, or the tail of an ended one. */
  bind(
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
    const isNew = (records[base + CONNECTION_FLAGS]! & CONNECTION_BEGUN) === 0;
    records[base + CONNECTION_FLAGS]! |= CONNECTION_BEGUN;
    this.#parts.members.bind(slot, tuples, entry);
    records[base + STARTED_S] = records[base + ENDED_S] = words[at + SECONDS]!;
    records[base + STARTED_NANOS] = records[base + ENDED_NANOS] = words[at + NANOS]!;
    if (isNew) {
      if (this.#isForward(words, at, tcpFlags) === isB) records[base + CONNECTION_FLAGS]! |= CONNECTION_FORWARD_IS_B;
      if (tcpFlags & RST) {
        // A reset of a connection nobody saw: it has ended before, so this is its tail.
        records[base + CONNECTION_FLAGS]! |= CONNECTION_ENDED | (OUTCOME_RESET << CONNECTION_OUTCOME);
      } else {
        this.#parts.members.happened(slot, words[at + SECONDS]!, "opened");
        if (this.#parts.watch.began(slot, words, at, isB, tuples, entry)) {
          records[base + CONNECTION_FLAGS]! |= CONNECTION_WATCHED;
        }
      }
    }
    records[base + ACTIVE_S] = clockS;
    this.#parts.ends.schedule(slot, clockS);
  }

  #clear(base: number): void {
    const { numbers } = this.#tables.connections.pool;
    numbers[(base + SYN_SYNACK) / 2] = -1;
    numbers[(base + SYNACK_ACK) / 2] = -1;
  }

  /** Whether the sender of a connection's first segment is the forward one. */
  #isForward(words: Int32Array, at: number, tcpFlags: number): boolean {
    if (tcpFlags & SYN) return (tcpFlags & ACK) === 0;
    const source = words[at + PORTS]! >>> 16;
    const destination = words[at + PORTS]! & 0xffff;
    const service = source === destination ? null : this.#parts.serviceOf(TCP, source, destination);
    return service === null || service.port === destination;
  }
}
