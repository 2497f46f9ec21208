import { IP_BYTES, NANOS, SECONDS } from "@trafmon/packet";
import {
  ACTIVE_NANOS,
  ACTIVE_S,
  BYTES,
  CONNECTION_FLAGS,
  CONNECTION_IN_USE,
  ENDED_NANOS,
  ENDED_S,
  LAST_NANOS,
  LAST_S,
  LONGEST_IDLE,
  nanosBetween,
  PACKETS,
  SIDE_FLAGS,
  SIDE_HAS_PAYLOAD,
  STARTED_NANOS,
  STARTED_S,
} from "./connection-record.ts";
import { FIRST_PAYLOAD_NANOS, FIRST_PAYLOAD_S, LAST_PAYLOAD_NANOS, LAST_PAYLOAD_S, PAYLOAD } from "./payload-record.ts";
import type { TcpTables } from "./tcp-tables.ts";

/** Counts what every segment adds to its connection: volumes and instants. `base`: word where the connection begins. */
export class SegmentCounts {
  readonly #tables: TcpTables;

  constructor(tables: TcpTables) {
    this.#tables = tables;
  }

  /** Notes the segment's instant. */
  touch(words: Int32Array, at: number, base: number, clockS: number, clockNanos: number): void {
    const records = this.#tables.connections.pool.words;
    const s = words[at + SECONDS]!;
    const nanos = words[at + NANOS]!;
    // The clock waits before it follows a leap of time; when it does, the connection must not look old.
    const isAhead = nanosBetween(clockS, clockNanos, s, nanos) > 0;
    records[base + ACTIVE_S] = isAhead ? s : clockS;
    records[base + ACTIVE_NANOS] = isAhead ? nanos : clockNanos;
    if (nanosBetween(records[base + ENDED_S]!, records[base + ENDED_NANOS]!, s, nanos) > 0) {
      records[base + ENDED_S] = s;
      records[base + ENDED_NANOS] = nanos;
    } else if (nanosBetween(records[base + STARTED_S]!, records[base + STARTED_NANOS]!, s, nanos) < 0) {
      records[base + STARTED_S] = s;
      records[base + STARTED_NANOS] = nanos;
    }
  }

  /** Counts a segment of a side. `length`: payload bytes. */
  count(words: Int32Array, at: number, base: number, side: number, length: number): void {
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
    records[base + CONNECTION_FLAGS]! |= CONNECTION_IN_USE;
    const payload = this.#tables.payloadOf(side);
    const { words: payloads, numbers: payloadNumbers } = this.#tables.payloads;
    payloadNumbers[(payload + PAYLOAD) / 2]! += length;
    payloads[payload + LAST_PAYLOAD_S] = s;
    payloads[payload + LAST_PAYLOAD_NANOS] = nanos;
    if (records[side + SIDE_FLAGS]! & SIDE_HAS_PAYLOAD) return;
    records[side + SIDE_FLAGS]! |= SIDE_HAS_PAYLOAD;
    payloads[payload + FIRST_PAYLOAD_S] = s;
    payloads[payload + FIRST_PAYLOAD_NANOS] = nanos;
  }
}
