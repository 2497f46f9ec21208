import type { Ledger } from "../ledger/ledger.ts";
import type { TransactionRow } from "../ledger/ledger-row.ts";
import type { SocketOptions } from "../send/socket-options.ts";
import type { RunClock } from "./run-clock.ts";

/** What every exchange writes into. */
export interface Recording {
  readonly clock: RunClock;
  /** null: nothing is written down. */
  readonly ledger: Pick<Ledger, "transaction" | "transfer"> | null;
}

/** Who is asked. */
export interface Server {
  /** In numbers. */
  readonly address: string;
  readonly port: number;
}

export interface AskingOptions extends SocketOptions {
  /** How long a reply is waited for, after each copy of the request. */
  readonly timeoutMs?: number;
  /** Copies of the request sent at most, the first included. */
  readonly tries?: number;
  /** How long after the last time-out a reply still counts as late, and after a reply its copies are counted. */
  readonly lingerMs?: number;
  /** Ends the exchange early: what was asked then counts as unanswered. */
  readonly stopping?: AbortSignal;
}

export const ASKING_DEFAULTS = { timeoutMs: 2000, tries: 1, lingerMs: 0 } as const;

/**
 * One request and what became of it. The world's trouble is never thrown. The ledger has those requests that left: not
 * one for which there was no route or no connection, since nobody on the way can have seen it.
 */
export interface Exchange {
  readonly row: TransactionRow;
  /** Why there is no reply, or no good one: a system's or a protocol's word, such as ECONNREFUSED or SERVFAIL. */
  readonly trouble: string | null;
}
