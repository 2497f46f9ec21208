import type { Instant } from "@trafmon/runtime";
import type { TransactionRow } from "../../ledger/ledger-row.ts";

/** A request that is about to be sent, and the reply to it. */
export interface PreparedRequest {
  /** What the ledger says of it. */
  readonly words: Pick<TransactionRow, "protocol" | "identifier" | "operation" | "name" | "version">;
  /** Of the reply, in the ledger. */
  readonly status: string | null;
  /** Behind the UDP or ICMP header. */
  readonly request: Uint8Array;
  /** @param now instant at the server */
  reply(now: Instant): Uint8Array;
}

/** Makes requests, one after the other. */
export type PrepareRequest = (now: Instant) => PreparedRequest;
