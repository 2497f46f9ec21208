/** A run of payload that waits for what comes before it. */
export interface HeldSegment {
  readonly sequence: number;
  /** Bytes on the wire; of these the first `bytes.length` were captured. */
  readonly length: number;
  readonly bytes: Uint8Array;
  /** Instant of the packet. */
  readonly seconds: number;
  readonly nanos: number;
}

/** What holding a segment costs besides its bytes, roughly: many tiny segments are to be bounded too. */
export const HELD_SEGMENT_BYTES = 128;

/** Segments of one direction that came too early, in the order of their sequence numbers, without overlap. */
export class HeldSegments {
  readonly #segments: HeldSegment[] = [];
  /** Memory they take. */
  bytes = 0;

  get first(): HeldSegment | undefined {
    return this.#segments[0];
  }

  takeFirst(): HeldSegment {
    const first = this.#segments.shift()!;
    this.bytes -= first.bytes.length + HELD_SEGMENT_BYTES;
    return first;
  }

  /** Puts in what of a segment is not held yet; the first copy of a byte stays. `bytes` is copied. */
  add(sequence: number, length: number, bytes: Uint8Array, seconds: number, nanos: number): void {
    let index = this.#segments.length;
    // Early segments mostly come in order among themselves.
    while (index > 0 && ((this.#segments[index - 1]!.sequence - sequence) | 0) >= 0) index--;
    const before = this.#segments[index - 1];
    let from = before === undefined ? 0 : Math.max(0, (before.sequence + before.length - sequence) | 0);
    while (from < length) {
      const after = this.#segments[index];
      const until = after === undefined ? length : Math.min(length, (after.sequence - sequence) | 0);
      if (until > from) {
        const kept = bytes.slice(Math.min(from, bytes.length), Math.min(until, bytes.length));
        const piece = { sequence: (sequence + from) | 0, length: until - from, bytes: kept, seconds, nanos };
        this.#segments.splice(index, 0, piece);
        this.bytes += kept.length + HELD_SEGMENT_BYTES;
        index++;
      }
      if (after === undefined) return;
      from = Math.max(from, (after.sequence + after.length - sequence) | 0);
      index++;
    }
  }
}
