/**
 * Follows certain connections more closely than classes ask for: those that a protocol agrees upon in another
 * connection, as FTP does its data connections. Slots and endpoints are those of the connection table.
 */
export interface ConnectionWatch {
  /**
   * A connection has begun with the segment at `at`, sent by endpoint B or A. `tuples`, `entry`: the cache entry of its
   * tuple. Returns whether it is to be watched.
   */
  began(slot: number, words: Int32Array, at: number, isB: boolean, tuples: Int32Array, entry: number): boolean;
  /** A segment of a watched connection, with so many payload bytes that were not sent before. */
  segment(slot: number, words: Int32Array, at: number, isB: boolean, uniqueBytes: number): void;
  /** A watched connection has ended, and is watched no longer. Its counters can still be read. */
  ended(slot: number): void;
}

/** Nobody watches. */
export const NO_WATCH: ConnectionWatch = { began: () => false, segment: () => {}, ended: () => {} };

/** What one side of a connection has sent so far. */
export interface SentSoFar {
  /** Shape: [4] or [16]. */
  readonly address: Uint8Array;
  readonly port: number;
  readonly uniqueBytes: number;
  /** Instants of payload; null: there was none. */
  readonly firstPayload: Instant | null;
  readonly lastPayload: Instant | null;
}

export interface Instant {
  readonly s: number;
  readonly nanos: number;
}

/** A connection of the table as it stands. */
export interface ConnectionSoFar {
  readonly started: Instant;
  readonly a: SentSoFar;
  readonly b: SentSoFar;
}

/** The connections that are followed, as far as others may see and ask. */
export interface FollowedConnections {
  /** Number of the connection in a slot, within the run; 0: there is none, or it has ended. */
  numberOf(slot: number): number;
  /** Of a slot with a connection. */
  soFar(slot: number): ConnectionSoFar;
  /** Watches a connection that began unwatched. */
  watch(slot: number): void;
}
