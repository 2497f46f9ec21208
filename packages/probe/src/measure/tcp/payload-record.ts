/**
 * What a side of a connection counts once it sends payload. Openings that nothing comes of, and those who only listen,
 * need none, so it is a record of its own, taken with the first payload. Record 0 is always empty: what a side without one
 * has counted. Word 0 is the pool's when the record is free.
 */
/** Segments that await their ACK (sent-segments.ts). */
export const SENT_LENGTH = 0;
/** Segments with payload never seen before, for distances in the stream (RFC 4737 leaves duplicates out). */
export const DATA_SEGMENTS = 1;
export const LAST_PAYLOAD_S = 2;
export const LAST_PAYLOAD_NANOS = 3;
/** Doubles. */
export const PAYLOAD = 4;
export const UNIQUE = 6;
export const LARGEST = 8;
export const SMALLEST = 9;
export const IN_FLIGHT_MAX = 10;
/** Of the segment that ends the stream so far: IP identification, and LAST_IS_BYTE; TCP timestamp. 0: none. */
export const LAST_IDENTIFICATION = 11;
export const LAST_TIMESTAMP = 12;
export const IN_FLIGHT_MIN = 13;
export const IN_FLIGHT_INITIAL = 14;
export const RTT_SAMPLES = 15;
/** Doubles, nanoseconds. */
export const RTT_SUM = 16;
/** Sum of squared distances from the mean (Welford), square nanoseconds. */
export const RTT_SPREAD = 18;
export const RTT_MIN = 20;
export const RTT_MAX = 22;
export const FIRST_PAYLOAD_S = 24;
export const FIRST_PAYLOAD_NANOS = 25;
/** Two lines of memory. */
export const PAYLOAD_STRIDE = 32;

/** With LAST_IDENTIFICATION: the segment was a single byte of payload. */
export const LAST_IS_BYTE = 1 << 16;

/** Sets what is counted back to 0; what holes and segments are measured in stays. `base`: word where the record begins. */
export function clearPayloadCounters(words: Int32Array, base: number): void {
  words.fill(0, base + DATA_SEGMENTS + 1, base + PAYLOAD_STRIDE);
}
