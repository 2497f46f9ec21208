import type { PacketKind } from "../../ledger/packet-kind.ts";

/** A stretch of the byte stream, half-open. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

/**
 * A segment as its sender means it. Places in the byte stream count from 0 for the first byte after the SYN, which
 * itself is at -1; they do not wrap.
 */
export interface TcpSegment {
  readonly kind: PacketKind;
  readonly flags: number;
  readonly from: number;
  readonly payload: Uint8Array;
  /** What its sender waits for next; null: no ACK flag. */
  readonly acknowledged: number | null;
  /** The window field as it is sent. */
  readonly window: number;
  /** What the window field means, in bytes. */
  readonly windowBytes: number;
  /** SACK blocks; the first reports a duplicate where `isDsack`. */
  readonly blocks: readonly Stretch[];
  readonly isDsack: boolean;
  readonly tsValue: number;
  readonly tsEcho: number;
}
