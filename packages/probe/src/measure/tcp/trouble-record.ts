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
/** Retransmissions by cause, in tstat's order: rto fs reor dup unk fc unrto unfs. Shape: [8]. */
export const CAUSE = 13;
export const CAUSE_UNKNOWN = CAUSE + 4;
/** Holes in what was sent, rising (sequence-holes.ts). */
export const FIRST_HOLE = 21;
export const HOLE_COUNT = 22;
/** Duplicate and SACK ACKs about this side's data so far. */
export const LOSS_SIGNALS = 23;
/** Double. */
export const RETRANSMITTED_BYTES = 24;
export const TROUBLE_STRIDE = 26;
