import type { observationTypes, RecordOf } from "@trafmon/observation";
import type { Message } from "./message.ts";
import { KEY_CLIENT, KEY_SERVER, type RequestKey } from "./request-key.ts";

export type TransactionRecord = RecordOf<typeof observationTypes.trans>;

/** The record of one request and its reply, where a class asks for details; it is filled until it is written. */
export interface Transaction {
  /** The flow instance it counts in, pinned until the record is written. */
  readonly slot: number;
  readonly record: TransactionRecord;
}

/** The record of a request, before it is answered. `bytes`: its payload; null: it has none. */
export function requestRecord(
  flowId: number,
  protocol: TransactionRecord["protocol"],
  key: RequestKey,
  s: number,
  nanos: number,
  request: Message,
  bytes: number | null,
  withQuery: boolean,
): TransactionRecord {
  const { ports } = key;
  return {
    flow_id: flowId,
    protocol,
    client: key.addressOf(KEY_CLIENT),
    client_port: ports === null ? null : ports >>> 16,
    server: key.addressOf(KEY_SERVER),
    server_port: ports === null ? null : ports & 0xffff,
    requested_s: s,
    requested_nanos: nanos,
    replied_s: null,
    replied_nanos: null,
    delay_ns: null,
    last_copy_delay_ns: null,
    identifier: request.identifier,
    outcome: "unanswered",
    name: request.name,
    operation: request.operation,
    object: withQuery && request.object !== null ? request.object + request.query : request.object,
    status: null,
    version: request.version,
    answers: null,
    request_bytes: bytes,
    reply_bytes: null,
    first_body_ns: null,
  };
}
