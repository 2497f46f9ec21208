/**
 * The record of a TCP connection in the connection table, six lines of memory: what belongs to both sides, then each side's
 * own part. The two endpoints are A and B, in rising order of address and port.
 *
 * Sequence numbers are 32-bit words and compared by their difference, so that they may wrap (RFC 9293 section 3.4).
 * Instants are seconds and nanoseconds in two words; doubles begin at even words.
 */

/** Word 0 is the pool's when the slot is free; the hash of the key while the connection lives. */
export const HASH = 0;
/** Never 0 while the connection lives, and never the same for a later one in the slot. */
export const GENERATION = 1;
/** CONNECTION_* bits. */
export const CONNECTION_FLAGS = 2;
/** Source clock at the last segment: what time-outs run from. */
export const ACTIVE_S = 3;
export const ACTIVE_NANOS = 4;
/** First and last segment. */
export const STARTED_S = 5;
export const STARTED_NANOS = 6;
export const ENDED_S = 7;
export const ENDED_NANOS = 8;
/** Source clock when both FINs were acknowledged. */
export const CLOSED_S = 9;
export const CLOSED_NANOS = 10;
/** First SYN and first SYN-ACK. */
export const SYN_S = 11;
export const SYN_NANOS = 12;
export const SYNACK_S = 13;
export const SYNACK_NANOS = 14;
/** Doubles, nanoseconds; -1: not seen. */
export const SYN_SYNACK = 16;
export const SYNACK_ACK = 18;
/** What lies before is of one connection; what follows, of its place in the table. */
export const FIRST_OF_PLACE = 20;
/** Timer wheel: neighbours in the bucket, and the second the bucket is of. */
export const WHEEL_NEXT = 20;
export const WHEEL_PREVIOUS = 21;
export const WHEEL_DUE_S = 22;
/** Double. */
export const CONNECTION_ID = 24;
/** The key, from here to KEY_KIND. Four words each. */
export const ADDRESS_A = 26;
export const ADDRESS_B = 30;
/** Port of A << 16 | port of B. */
export const PORT_PAIR = 34;
/** Tap group | KEY_* bits. */
export const KEY_KIND = 35;
/** Sides begin here: A, then B. */
export const SIDES = 36;
export const SIDE_WORDS = 30;
export const CONNECTION_WORDS = SIDES + 2 * SIDE_WORDS;

export const KEY_IS_V6 = 1 << 16;
export const KEY_IS_INNER = 1 << 17;
/** Of an inner connection: number of its tunnel by first appearance (connection-table.ts). */
export const KEY_TUNNEL_SHIFT = 18;

/** B opened the connection, so B is the forward sender. */
export const CONNECTION_FORWARD_IS_B = 1 << 0;
/** The opening SYN was captured. */
export const CONNECTION_SYN_SEEN = 1 << 1;
/** The handshake was seen to complete. */
export const CONNECTION_ESTABLISHED = 1 << 2;
/** Something went beyond the opening: a reset from now on is no refusal. */
export const CONNECTION_IN_USE = 1 << 3;
/** Both FINs are acknowledged; what comes within the linger time still belongs to it. */
export const CONNECTION_CLOSED = 1 << 4;
/** Its record has been written; what comes now makes a tail. */
export const CONNECTION_ENDED = 1 << 5;
/** It is tied to flow instances: it has counted something since it began, or ended. */
export const CONNECTION_BOUND = 1 << 6;
/** It has counted as opened, and its directions are settled. */
export const CONNECTION_BEGUN = 1 << 7;
/** It is more than an opening that was never completed. */
export const CONNECTION_CARRIES = CONNECTION_ESTABLISHED | CONNECTION_IN_USE | CONNECTION_CLOSED;
/** Lowest of the three bits that keep how it ended, for its tail. */
export const CONNECTION_OUTCOME = 8;
/** Two of the codes kept there (connection-ends.ts has them all). */
export const OUTCOME_RESET = 2;
export const OUTCOME_REFUSED = 3;
/** Somebody watches it (connection-watch.ts). */
export const CONNECTION_WATCHED = 1 << 11;

/**
 * Words of a side. Everything "sent" is by this side, as the tap saw it. What every segment touches comes first; what is
 * counted only once the side sends payload is in a record of its own (payload-record.ts).
 */
export const SIDE_FLAGS = 0;
/** Sequence number behind the highest payload sent. */
export const NEXT = 1;
/** Highest acknowledgement of this side's data. */
export const ACKNOWLEDGED = 2;
/** Least round trip, handshake included, whole microseconds up; 0: not known. */
export const LEAST_RTT_MICROS = 3;
/** Segments that await their ACK, oldest first (sent-segments.ts). */
export const SENT_FIRST = 4;
export const SENT_LAST = 5;
/** The side's record of its payload (payload-record.ts), 0: it has sent none. */
export const PAYLOAD_RECORD = 6;
/** The side's record of what goes wrong (trouble-record.ts), 0: nothing did. */
export const TROUBLE = 7;
/** Doubles: smoothed round trip and its variation (RFC 6298), nanoseconds; 0: not known. */
export const SRTT = 8;
export const RTTVAR = 10;
/** What follows is of no use to a segment of the other side, which acknowledges. */
/** Last window advertised, as in the header. */
export const WINDOW = 12;
/** Lowest payload sequence number that is accounted for. */
export const BASE = 13;
export const FIN_SEQUENCE = 14;
export const INITIAL_SEQUENCE = 15;
/** Of its SYN: MSS, 0: none | shift of the window scale option << 16, 255: none. */
export const SYN_OPTIONS = 16;
/** What lies before is state of the connection; what follows is counted, and starts anew for a tail. */
export const FIRST_COUNTER = 17;
export const LAST_S = 17;
export const LAST_NANOS = 18;
/** Least and greatest window, bytes. */
export const WINDOW_MIN = 19;
export const WINDOW_MAX = 20;
export const SYN_COUNT = 21;
/** Doubles. */
export const PACKETS = 22;
export const BYTES = 24;
export const LONGEST_IDLE = 26;
export const FIN_COUNT = 28;
export const RST_COUNT = 29;

export const SIDE_HAS_SYN = 1 << 0;
/** NEXT and BASE are known. */
export const SIDE_HAS_NEXT = 1 << 1;
export const SIDE_HAS_ACKNOWLEDGED = 1 << 2;
export const SIDE_HAS_WINDOW = 1 << 3;
export const SIDE_SYN_ACKED = 1 << 4;
export const SIDE_HAS_FIN = 1 << 5;
export const SIDE_FIN_ACKED = 1 << 6;
export const SIDE_HAS_RST = 1 << 7;
export const SIDE_SACK_PERMITTED = 1 << 8;
/** A byte at NEXT was sent to probe a zero window. */
export const SIDE_PROBED = 1 << 9;
/** Segments that await their ACK are not in rising order. */
export const SIDE_UNSORTED = 1 << 10;
/** Payload of this side has been acknowledged. */
export const SIDE_PAYLOAD_ACKED = 1 << 11;
/** WINDOW_MIN and WINDOW_MAX hold a window. */
export const SIDE_WINDOW_MEASURED = 1 << 12;
/** IN_FLIGHT_MAX of the payload record holds a figure; the same for the other two. */
export const SIDE_FLIGHT_MEASURED = 1 << 13;
export const SIDE_PEAK_MEASURED = 1 << 14;
export const SIDE_HAS_PAYLOAD = 1 << 15;
/** HIGHEST_SACKED of the side's trouble record holds a number. */
export const SIDE_SACKED = 1 << 16;
/** Its SYN was sent more than once, so that it cannot be told which one was answered. */
export const SIDE_SYN_REPEATED = 1 << 17;
/** Flags of what is counted rather than known, cleared for a tail. */
export const SIDE_MEASURED =
  SIDE_WINDOW_MEASURED |
  SIDE_FLIGHT_MEASURED |
  SIDE_PEAK_MEASURED |
  SIDE_HAS_PAYLOAD |
  SIDE_PAYLOAD_ACKED |
  SIDE_SACKED;

/** Nanoseconds from one instant to another. Exact up to 104 days. */
export function nanosBetween(s: number, nanos: number, laterS: number, laterNanos: number): number {
  return ((laterS - s) | 0) * 1e9 + (laterNanos - nanos);
}
