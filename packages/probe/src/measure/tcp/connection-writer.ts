import { type ObservationSink, observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import { AddressPair } from "../../classify/address-pair.ts";
import { emptyRecordOf } from "../empty-record.ts";
import type { ConnectionMembers } from "./connection-members.ts";
import {
  ADDRESS_A,
  ADDRESS_B,
  CONNECTION_ESTABLISHED,
  CONNECTION_FLAGS,
  CONNECTION_FORWARD_IS_B,
  CONNECTION_ID,
  CONNECTION_SYN_SEEN,
  ENDED_NANOS,
  ENDED_S,
  KEY_IS_INNER,
  KEY_IS_V6,
  KEY_KIND,
  PORT_PAIR,
  SIDE_FLAGS,
  SIDE_HAS_PAYLOAD,
  STARTED_NANOS,
  STARTED_S,
  SYN_SYNACK,
  SYNACK_ACK,
} from "./connection-record.ts";
import { LAST_PAYLOAD_NANOS, LAST_PAYLOAD_S } from "./payload-record.ts";
import { fillSides, type Side } from "./side-columns.ts";
import type { TcpTables } from "./tcp-tables.ts";

type Record = RecordOf<typeof observationTypes.tcpcx>;
export type ConnectionOutcome = Record["outcome"];

/** Writes `tcpcx` records of connections in the table. */
export class ConnectionWriter {
  readonly #tables: TcpTables;
  readonly #members: ConnectionMembers;
  readonly #tapGroups: readonly string[];
  readonly #addresses = new AddressPair();
  readonly #writer: RecordWriter<typeof observationTypes.tcpcx>;
  readonly #record = emptyRecordOf(observationTypes.tcpcx);

  /** `tapGroups`: names by number. */
  constructor(tables: TcpTables, members: ConnectionMembers, tapGroups: readonly string[], sink: ObservationSink) {
    this.#tables = tables;
    this.#members = members;
    this.#tapGroups = tapGroups;
    this.#writer = sink.writerOf(observationTypes.tcpcx);
  }

  /** Writes a connection, if a class asks for records of it. */
  write(slot: number, outcome: ConnectionOutcome, isTail: boolean): void {
    const base = slot * this.#tables.connections.pool.stride;
    this.#members.reportedIn(slot, (flowId, otherClasses) => {
      this.#record.flow_id = flowId;
      this.#record.other_classes = otherClasses;
      this.#fill(slot, base, outcome, isTail);
      this.#writer.write(this.#record);
    });
  }

  #fill(slot: number, base: number, outcome: ConnectionOutcome, isTail: boolean): void {
    const { words, numbers } = this.#tables.connections.pool;
    const flags = words[base + CONNECTION_FLAGS]!;
    const forwardIsB = (flags & CONNECTION_FORWARD_IS_B) !== 0;
    const isV6 = (words[base + KEY_KIND]! & KEY_IS_V6) !== 0;
    const ports = words[base + PORT_PAIR]!;
    const record = this.#record;
    record.connection_id = numbers[(base + CONNECTION_ID) / 2]!;
    record.tail = isTail;
    record.tap_group = this.#tapGroups[words[base + KEY_KIND]! & 0xffff] ?? "";
    record.fwd_address = this.#addresses.forward(words, base + (forwardIsB ? ADDRESS_B : ADDRESS_A), isV6);
    record.rev_address = this.#addresses.reverse(words, base + (forwardIsB ? ADDRESS_A : ADDRESS_B), isV6);
    record.fwd_port = forwardIsB ? ports & 0xffff : ports >>> 16;
    record.rev_port = forwardIsB ? ports >>> 16 : ports & 0xffff;
    const isInner = (words[base + KEY_KIND]! & KEY_IS_INNER) !== 0;
    record.tunnel = isInner ? this.#tables.connections.tunnelOf(base) || null : null;
    record.started_s = words[base + STARTED_S]! >>> 0;
    record.started_nanos = words[base + STARTED_NANOS]!;
    record.ended_s = words[base + ENDED_S]! >>> 0;
    record.ended_nanos = words[base + ENDED_NANOS]!;
    record.outcome = outcome;
    record.syn_seen = (flags & CONNECTION_SYN_SEEN) !== 0;
    record.established = (flags & CONNECTION_ESTABLISHED) !== 0;
    record.syn_synack_ns = known(numbers[(base + SYN_SYNACK) / 2]!);
    record.synack_ack_ns = known(numbers[(base + SYNACK_ACK) / 2]!);
    const forward = this.#side(slot, base, forwardIsB);
    const reverse = this.#side(slot, base, !forwardIsB);
    fillSides(record, forward, reverse);
    const payloads = this.#tables.payloads.words;
    const forwardHasPayload = (words[forward.at + SIDE_FLAGS]! & SIDE_HAS_PAYLOAD) !== 0;
    record.fwd_last_payload_s = forwardHasPayload ? payloads[forward.payload + LAST_PAYLOAD_S]! >>> 0 : null;
    record.fwd_last_payload_nanos = forwardHasPayload ? payloads[forward.payload + LAST_PAYLOAD_NANOS]! : null;
    const reverseHasPayload = (words[reverse.at + SIDE_FLAGS]! & SIDE_HAS_PAYLOAD) !== 0;
    record.rev_last_payload_s = reverseHasPayload ? payloads[reverse.payload + LAST_PAYLOAD_S]! >>> 0 : null;
    record.rev_last_payload_nanos = reverseHasPayload ? payloads[reverse.payload + LAST_PAYLOAD_NANOS]! : null;
  }

  #side(slot: number, base: number, isB: boolean): Side {
    const { connections, payloads, troubles } = this.#tables;
    const at = this.#tables.sideOf(slot, isB);
    return {
      words: connections.pool.words,
      numbers: connections.pool.numbers,
      payloads,
      troubles,
      connection: base,
      at,
      payload: this.#tables.payloadAt(at),
      other: this.#tables.sideOf(slot, !isB),
    };
  }
}

function known(ns: number): number | null {
  return ns < 0 ? null : ns;
}
