import {
  CONNECTION_ENDED,
  CONNECTION_FLAGS,
  CONNECTION_ID,
  CONNECTION_WATCHED,
  KEY_IS_V6,
  KEY_KIND,
  PORT_PAIR,
  SIDE_FLAGS,
  SIDE_HAS_PAYLOAD,
  STARTED_NANOS,
  STARTED_S,
} from "./connection-record.ts";
import { addressWord, portOf } from "./connection-table.ts";
import type { ConnectionSoFar, FollowedConnections, Instant, SentSoFar } from "./connection-watch.ts";
import { FIRST_PAYLOAD_NANOS, FIRST_PAYLOAD_S, LAST_PAYLOAD_NANOS, LAST_PAYLOAD_S, UNIQUE } from "./payload-record.ts";
import type { TcpTables } from "./tcp-tables.ts";

/** Shows connections of the table to those who are not to know how they are kept. */
export class ConnectionView implements FollowedConnections {
  readonly #tables: TcpTables;

  constructor(tables: TcpTables) {
    this.#tables = tables;
  }

  numberOf(slot: number): number {
    const { connections } = this.#tables;
    const { words, numbers, stride } = connections.pool;
    const base = slot * stride;
    if (slot === 0 || !connections.isLive(slot) || (words[base + CONNECTION_FLAGS]! & CONNECTION_ENDED) !== 0) return 0;
    return numbers[(base + CONNECTION_ID) / 2]!;
  }

  soFar(slot: number): ConnectionSoFar {
    const { words, stride } = this.#tables.connections.pool;
    return {
      started: instant(words, slot * stride + STARTED_S, slot * stride + STARTED_NANOS),
      a: this.#side(slot, false),
      b: this.#side(slot, true),
    };
  }

  watch(slot: number): void {
    const { words, stride } = this.#tables.connections.pool;
    words[slot * stride + CONNECTION_FLAGS]! |= CONNECTION_WATCHED;
  }

  #side(slot: number, isB: boolean): SentSoFar {
    const { words, stride } = this.#tables.connections.pool;
    const { words: payloads, numbers } = this.#tables.payloads;
    const base = slot * stride;
    const side = this.#tables.sideOf(slot, isB);
    const payload = this.#tables.payloadAt(side);
    const isV6 = (words[base + KEY_KIND]! & KEY_IS_V6) !== 0;
    const at = base + addressWord(isB);
    const hasPayload = (words[side + SIDE_FLAGS]! & SIDE_HAS_PAYLOAD) !== 0;
    return {
      address: Uint8Array.from(
        { length: isV6 ? 16 : 4 },
        (_, byte) => words[at + (byte >> 2)]! >>> (24 - 8 * (byte & 3)),
      ),
      port: portOf(words[base + PORT_PAIR]!, isB),
      uniqueBytes: numbers[(payload + UNIQUE) / 2]!,
      firstPayload: hasPayload ? instant(payloads, payload + FIRST_PAYLOAD_S, payload + FIRST_PAYLOAD_NANOS) : null,
      lastPayload: hasPayload ? instant(payloads, payload + LAST_PAYLOAD_S, payload + LAST_PAYLOAD_NANOS) : null,
    };
  }
}

function instant(words: Int32Array, s: number, nanos: number): Instant {
  return { s: words[s]! >>> 0, nanos: words[nanos]! };
}
