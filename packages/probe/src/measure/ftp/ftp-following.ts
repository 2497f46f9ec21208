import type { StreamConnection } from "../../reassemble/stream-protocol.ts";
import type { RecordPool } from "../../tables/record-pool.ts";
import type { DataConnections } from "./data-connections.ts";
import type { FtpTransfers } from "./ftp-transfers.ts";

/** What all sessions that are followed have in common: sessions may be many, so they hold nothing twice. */
export interface FtpFollowing {
  readonly data: DataConnections;
  readonly writer: FtpTransfers;
  /** The flow instances' records. */
  readonly instances: RecordPool;
  /** How long after its end a transfer waits for its data connection to begin. */
  readonly windowS: number;
  /** The source clock. */
  readonly clock: { readonly s: number };
  /** What was given up because there was too much of it. */
  readonly losses: FtpLosses;
  /** A session has become unreadable. */
  onEncrypted(connection: StreamConnection): void;
  /** The control connection has ended, and something of the session is pending. */
  onWaiting(session: PendingSession): void;
  /** The session has ended, and nothing of it is pending any more. */
  onDone(session: PendingSession): void;
}

export interface FtpLosses {
  /** Commands that were no longer to get their replies. */
  commands: number;
  /** Transfers written before their data connection could be known. */
  transfers: number;
  /** Transfers whose data connection may have begun earlier, and been forgotten. */
  connections: number;
}

/** A session of which something may be pending. */
export interface PendingSession {
  /** Writes what has come to be settled. Returns whether the session has ended and nothing of it is pending. */
  settle(): boolean;
  /** Writes everything as it stands. */
  finish(): void;
  /** The same, for there is no more room for it. */
  giveUp(): void;
}
