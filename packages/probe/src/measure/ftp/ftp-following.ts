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
  readonly losses: { commands: number; transfers: number };
  /** A session has become unreadable. */
  onEncrypted(connection: StreamConnection): void;
}
