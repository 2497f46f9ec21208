import type { DataConnection } from "./data-connection.ts";

export type DataMode = "PORT" | "EPRT" | "PASV" | "EPSV";

/** A data connection that a session has agreed upon: one side listens, the other is to connect. */
export interface DataOffer {
  /** null: the default ports of RFC 959, without a word about them. */
  readonly mode: DataMode | null;
  /**
   * Addresses it may listen at: the one that was named, and the control connection's own where that differs, as behind
   * address translation.
   */
  readonly listeners: readonly Uint8Array[];
  readonly port: number;
  /** Who connects: the other side of the control connection. */
  readonly peer: Uint8Array;
  /** Port it connects from; null: any. */
  readonly peerPort: number | null;
  /** Ports of the control connection on the two sides: it is no data connection itself. */
  readonly control: { readonly listenerPort: number; readonly peerPort: number };
  /** Whether the server listens. */
  readonly isPassive: boolean;
  readonly tapGroup: number;
  readonly isInner: boolean;
  readonly owner: OfferOwner;
  /** The connection that was made of it. */
  connection: DataConnection | null;
  /** It may have been made already when the offer was understood, and been forgotten. */
  isLookedUpInVain: boolean;
}

/** The session that an offer belongs to. */
export interface OfferOwner {
  /** New payload bytes on the offer's connection, from the server's host or the client's. */
  dataBytes(isFromServer: boolean, bytes: number, s: number): void;
  /** The offer's connection has ended: what can be known of it is. */
  dataEnded(offer: DataOffer): void;
}
