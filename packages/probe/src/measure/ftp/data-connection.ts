import type { Instant } from "../tcp/connection-watch.ts";
import type { DataOffer } from "./data-offer.ts";

/** What one side of a data connection has sent. */
export interface DataSent {
  /** Payload bytes, each counted once. */
  bytes: number;
  first: Instant | null;
  last: Instant | null;
}

/** A TCP connection that is known to be an FTP data connection. */
export interface DataConnection {
  /** Its first segment. */
  readonly connected: Instant;
  /** Address of the side that listens. */
  readonly listener: Uint8Array;
  readonly listenerIsB: boolean;
  /** Number of its flow instance in the account class; null: it is in none. */
  readonly accountFlowId: number | null;
  readonly fromListener: DataSent;
  readonly fromPeer: DataSent;
  /** The offers it was made of: one, or two where two servers exchange a file. */
  readonly offers: DataOffer[];
  isEnded: boolean;
}

/** Counts new payload at an instant. */
export function addSent(sent: DataSent, bytes: number, s: number, nanos: number): void {
  sent.bytes += bytes;
  if (sent.first === null || isBefore(s, nanos, sent.first)) sent.first = { s, nanos };
  if (sent.last === null || !isBefore(s, nanos, sent.last)) sent.last = { s, nanos };
}

function isBefore(s: number, nanos: number, than: Instant): boolean {
  return s < than.s || (s === than.s && nanos < than.nanos);
}
