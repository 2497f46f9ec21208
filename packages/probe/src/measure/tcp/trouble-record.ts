/**
 * What goes wrong on one side of a connection. Most sides never need one, so it is a record of its own, taken when
 * something first does. Word 0 is the pool's.
 */
export const RETRANSMITTED = 2;
export const UPSTREAM_LOSS = 3;
export const OUT_OF_ORDER = 4;
/** Greatest RFC 4737 reordering extent. */
export const EXTENT = 5;
export const DUPLICATE_ACKS = 6;
export const KEEP_ALIVES = 7;
export const ZERO_WINDOW_PROBES = 8;
export const SACK_BLOCKS = 9;
export const DSACK_BLOCKS = 10;
export const ZERO_WINDOWS = 11;
export const DUPLICATE_FRAMES = 12;
/** Retransmissions by cause, in tstat's order (retransmission-cause.ts). Shape: [8]. */
export const CAUSE = 13;
/** Holes in what was sent, rising (sequence-holes.ts). */
export const FIRST_HOLE = 21;
export const HOLE_COUNT = 22;
/** Duplicate and SACK ACKs about this side's data so far. */
export const LOSS_SIGNALS = 23;
/** Double. */
export const RETRANSMITTED_BYTES = 24;
/** Instants of the last three loss signals, oldest first, seconds and nanoseconds. Shape: [3, 2]. */
export const SIGNAL_TIMES = 26;
/** RECOVERY_*: what the sender is doing about a loss, and the highest sequence number when it began. */
export const RECOVERY = 32;
export const RECOVERY_POINT = 33;
/** Greatest n of RFC 4737's n-reordering. */
export const N_REORDERING = 34;
/** Highest sequence number of this side's data that a SACK block reported; holds with SIDE_SACKED. */
export const HIGHEST_SACKED = 35;
/** Segments acknowledged of late, oldest first (sent-segments.ts). */
export const ACKED_FIRST = 36;
export const ACKED_LAST = 37;
export const ACKED_LENGTH = 38;
export const TROUBLE_STRIDE = 40;

/** Sets what is counted back to 0; holes and what is known of losses stay. `base`: word where the record begins. */
export function clearTroubleCounters(words: Int32Array, base: number): void {
  words.fill(0, base + RETRANSMITTED, base + FIRST_HOLE);
  words.fill(0, base + RETRANSMITTED_BYTES, base + RETRANSMITTED_BYTES + 2);
  words[base + N_REORDERING] = 0;
}

export const RECOVERY_NONE = 0;
export const RECOVERY_FAST = 1;
export const RECOVERY_TIMEOUT = 2;
