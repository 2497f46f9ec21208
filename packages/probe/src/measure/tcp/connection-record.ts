/**
 * The record of a TCP connection in the connection table: what belongs to both sides, then each side's own part, then the
 * flow instances it is reported in. The two endpoints are A and B, in rising order of address and port.
 *
 * Sequence numbers are 32-bit words and compared by their difference, so that they may wrap (RFC 9293 section 3.4).
 * Instants are seconds and nanoseconds in two words; doubles begin at even words.
 */

/** Word 0 is the pool's when the slot is free; the hash of the key while the connection lives. */
export const HASH = 0;
/** Never 0 while the connection lives, and never the same for a later one in the slot. */
export const GENERATION = 1;
/** Double. */
export const CONNECTION_ID = 2;
/** Four words each. */
export const ADDRESS_A = 4;
export const ADDRESS_B = 8;
/** Port of A << 16 | port of B. */
export const PORT_PAIR = 12;
/** Tap group | KEY_* bits. */
export const KEY_KIND = 13;
/** CONNECTION_* bits. */
export const CONNECTION_FLAGS = 14;
/** First and last segment. */
export const STARTED_S = 15;
export const STARTED_NANOS = 16;
export const ENDED_S = 17;
export const ENDED_NANOS = 18;
/** Source clock at the last segment: what time-outs run from. */
export const ACTIVE_S = 19;
export const ACTIVE_NANOS = 20;
/** Source clock when both FINs were acknowledged. */
export const CLOSED_S = 21;
/** First SYN and first SYN-ACK. */
export const SYN_S = 22;
export const SYN_NANOS = 23;
export const SYNACK_S = 24;
export const SYNACK_NANOS = 25;
/** Doubles, nanoseconds; -1: not seen. */
export const SYN_SYNACK = 26;
export const SYNACK_ACK = 28;
/** Timer wheel: neighbours in the bucket, and the second the bucket is of. */
export const WHEEL_NEXT = 30;
export const WHEEL_PREVIOUS = 31;
export const WHEEL_DUE_S = 32;
export const CLOSED_NANOS = 33;
/** Sides begin here: A, then B. */
export const SIDES = 34;
export const SIDE_WORDS = 60;
/** Flow instance in each class that asks for TCP, 0: none. Shape: [classes that ask]. */
export const MEMBERS = SIDES + 2 * SIDE_WORDS;

export const KEY_IS_V6 = 1 << 16;
export const KEY_IS_INNER = 1 << 17;

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
/** Lowest of the three bits that keep how it ended, for its tail. */
export const CONNECTION_OUTCOME = 8;

/** Words of a side. Everything "sent" is by this side, as the tap saw it. */
export const SIDE_FLAGS = 0;
export const INITIAL_SEQUENCE = 1;
/** Sequence number behind the highest payload sent. */
export const NEXT = 2;
/** Lowest payload sequence number that is accounted for. */
export const BASE = 3;
/** Highest acknowledgement of this side's data. */
export const ACKNOWLEDGED = 4;
/** Last window advertised, as in the header. */
export const WINDOW = 5;
/** Least and greatest window, bytes. */
export const WINDOW_MIN = 6;
export const WINDOW_MAX = 7;
/** Shift of the option; 255: none. */
export const WINDOW_SCALE = 8;
export const MSS = 9;
export const FIN_SEQUENCE = 10;
/** Segments that await their ACK, oldest first (sent-segments.ts). */
export const SENT_FIRST = 11;
export const SENT_LAST = 12;
export const SENT_LENGTH = 13;
/** The side's record of what goes wrong (trouble-record.ts), 0: nothing did. */
export const TROUBLE = 14;
export const LAST_S = 15;
export const LAST_NANOS = 16;
export const FIRST_PAYLOAD_S = 17;
export const FIRST_PAYLOAD_NANOS = 18;
export const LAST_PAYLOAD_S = 19;
export const LAST_PAYLOAD_NANOS = 20;
/** Segments with payload, for distances in the stream. */
export const DATA_SEGMENTS = 21;
export const IN_FLIGHT_MIN = 22;
export const IN_FLIGHT_MAX = 23;
export const IN_FLIGHT_INITIAL = 24;
export const LARGEST = 25;
export const SMALLEST = 26;
export const SYN_COUNT = 27;
export const FIN_COUNT = 28;
export const RST_COUNT = 29;
export const RTT_SAMPLES = 30;
/** Doubles of a side, counted from its first word. */
export const PACKETS = 32;
export const BYTES = 34;
export const PAYLOAD = 36;
export const UNIQUE = 38;
/** Nanoseconds. */
export const RTT_SUM = 40;
/** Sum of squared distances from the mean (Welford), square nanoseconds. */
export const RTT_SPREAD = 42;
export const RTT_MIN = 44;
export const RTT_MAX = 46;
/** Smoothed round trip and its variation (RFC 6298), nanoseconds; 0: not known. */
export const SRTT = 48;
export const RTTVAR = 50;
export const LONGEST_IDLE = 52;
/** Where counting begins: what lies before is state of the connection, what lies behind starts anew for a tail. */
export const FIRST_COUNTER = LAST_S;

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
/** IN_FLIGHT_MAX holds a figure; the same for the other two. */
export const SIDE_FLIGHT_MEASURED = 1 << 13;
export const SIDE_PEAK_MEASURED = 1 << 14;
export const SIDE_HAS_PAYLOAD = 1 << 15;
/** Flags of what is counted rather than known, cleared for a tail. */
export const SIDE_MEASURED =
  SIDE_WINDOW_MEASURED | SIDE_FLIGHT_MEASURED | SIDE_PEAK_MEASURED | SIDE_HAS_PAYLOAD | SIDE_PAYLOAD_ACKED;

/** Nanoseconds from one instant to another. Exact up to 104 days. */
export function nanosBetween(s: number, nanos: number, laterS: number, laterNanos: number): number {
  return ((laterS - s) | 0) * 1e9 + (laterNanos - nanos);
}
