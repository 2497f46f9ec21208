import { HeldSegments } from "./held-segments.ts";
import type { StreamEnd, StreamReader } from "./stream-reader.ts";

/** Memory all streams may hold together for early segments, and what became of it. */
export interface StreamMemory {
  readonly bytesPerStream: number;
  readonly bytesInAll: number;
  /** Held now, by all streams. */
  heldBytes: number;
  /** Times a hole was given up because one of the limits was reached. */
  limitReached: number;
}

/** Farther from what comes next than this, a segment is held to be astray. */
const FARTHEST_BYTES = 1 << 24;

/** Astray segments in a row after which the stream goes on from them: the tap has missed much. */
const ASTRAY_BEFORE_LEAP = 8;

/** Longest a hole is waited for, seconds of the source clock: where acknowledgements are seen, and where none are. */
const HOLE_PATIENCE_S = 60;
const HOLE_PATIENCE_WITHOUT_ACKS_S = 5;

/**
 * Puts the bytes of one direction of a TCP connection in order. What is in order goes to the readers at once, without
 * being copied. What comes early is held until the hole before it is filled, until an acknowledgement says that the
 * receiver has what the tap missed, or until too much is held. Of bytes that come more than once the first copy counts.
 */
export class TcpStream {
  readonly #readers: readonly StreamReader[];
  readonly #memory: StreamMemory;
  readonly #held = new HeldSegments();
  /** Sequence number of what comes next, once it is known. */
  #next = 0;
  #hasNext = false;
  /** Highest acknowledgement of the other side, once one was seen. */
  #acknowledged = 0;
  #hasAcknowledged = false;
  #fin = 0;
  #hasFin = false;
  #astray = 0;
  /** Second of the source clock at which the hole that is waited for was first seen; -1: there is none. */
  #holeSinceS = -1;
  /** Nothing is expected any more. */
  isEnded = false;

  constructor(readers: readonly StreamReader[], memory: StreamMemory) {
    this.#readers = readers;
    this.#memory = memory;
  }

  /** Whether bytes wait for others that have not come. */
  get hasHole(): boolean {
    return this.#holeSinceS >= 0;
  }

  /** The connection's first sequence number is known: its SYN was seen. `first`: number of its first byte. */
  begin(first: number): void {
    if (this.#hasNext) return;
    this.#next = first;
    this.#hasNext = true;
  }

  /**
   * Takes a segment's payload. `length`: bytes on the wire; `bytes`: the first of them, as far as captured. `clockS`:
   * the source clock.
   */
  take(sequence: number, length: number, bytes: Uint8Array, seconds: number, nanos: number, clockS: number): void {
    if (this.isEnded || length === 0) return;
    if (!this.#hasNext) this.#pickUp(sequence, seconds, nanos);
    let ahead = (sequence - this.#next) | 0;
    if (Math.abs(ahead) > FARTHEST_BYTES) {
      if (++this.#astray < ASTRAY_BEFORE_LEAP) return;
      this.#leap(sequence, seconds, nanos);
      ahead = 0;
    }
    this.#astray = 0;
    let skipped = ahead < 0 ? -ahead : 0;
    let kept = length - skipped;
    if (this.#hasFin) kept = Math.min(kept, (this.#fin - sequence - skipped) | 0);
    if (kept <= 0) return;
    skipped = Math.min(skipped, bytes.length);
    const fresh = bytes.subarray(skipped, Math.min(bytes.length, skipped + kept));
    if (ahead <= 0 && this.#held.first === undefined) {
      this.#give(kept, fresh, seconds, nanos);
    } else {
      this.#hold((sequence + Math.max(0, -ahead)) | 0, kept, fresh, seconds, nanos);
      this.#settle(seconds, nanos, clockS);
    }
    if (this.#hasFin) this.#endAtFin(seconds, nanos);
  }

  /** The other side has everything before this number. */
  acknowledge(number: number, seconds: number, nanos: number, clockS: number): void {
    if (this.isEnded) return;
    if (this.#hasNext && Math.abs((number - this.#next) | 0) > FARTHEST_BYTES) return;
    if (this.#hasAcknowledged && ((number - this.#acknowledged) | 0) <= 0) return;
    this.#acknowledged = number;
    this.#hasAcknowledged = true;
    if (this.#holeSinceS >= 0) this.#settle(seconds, nanos, clockS);
    if (this.#hasFin) this.#endAtFin(seconds, nanos);
  }

  /** The side sends nothing behind this number. */
  finish(number: number, seconds: number, nanos: number, clockS: number): void {
    if (this.isEnded || this.#hasFin) return;
    if (!this.#hasNext) this.#pickUp(number, seconds, nanos);
    const ahead = (number - this.#next) | 0;
    if (ahead < 0 || ahead > FARTHEST_BYTES) return;
    this.#fin = number;
    this.#hasFin = true;
    this.#endAtFin(seconds, nanos);
    if (!this.isEnded && this.#holeSinceS < 0) this.#holeSinceS = clockS;
  }

  /** Gives up a hole that has been waited for too long. */
  expire(clockS: number, clockNanos: number): void {
    if (this.#holeSinceS < 0) return;
    const patienceS = this.#hasAcknowledged ? HOLE_PATIENCE_S : HOLE_PATIENCE_WITHOUT_ACKS_S;
    if (clockS - this.#holeSinceS < patienceS) return;
    if (this.#held.first === undefined) {
      this.#endBehindGap(clockS, clockNanos);
      return;
    }
    this.#skipHole(clockS, clockNanos);
    this.#settle(clockS, clockNanos, clockS);
    if (this.#hasFin) this.#endAtFin(clockS, clockNanos);
    // What was held may have brought the FIN's turn, with a hole of its own before it.
    if (!this.isEnded && this.#hasFin && this.#holeSinceS < 0) this.#holeSinceS = clockS;
  }

  /** Gives what is held, with its holes, and ends. */
  end(how: StreamEnd, seconds: number, nanos: number): void {
    if (this.isEnded) return;
    while (this.#held.first !== undefined) this.#skipHole(seconds, nanos);
    this.#end(how, seconds, nanos);
  }

  /** The connection is picked up in its midst, perhaps just behind what the other side has acknowledged. */
  #pickUp(sequence: number, seconds: number, nanos: number): void {
    this.#next = sequence;
    this.#hasNext = true;
    for (const reader of this.#readers) reader.gap(null, seconds, nanos);
  }

  #leap(sequence: number, seconds: number, nanos: number): void {
    while (this.#held.first !== undefined) this.#skipHole(seconds, nanos);
    const ahead = (sequence - this.#next) | 0;
    this.#next = sequence;
    this.#hasFin = false;
    this.#hasAcknowledged = false;
    for (const reader of this.#readers) reader.gap(ahead > 0 ? ahead : null, seconds, nanos);
  }

  /** Gives what comes next to the readers, and what was not captured of it as a gap. */
  #give(length: number, bytes: Uint8Array, seconds: number, nanos: number): void {
    this.#next = (this.#next + length) | 0;
    for (const reader of this.#readers) {
      if (bytes.length > 0) reader.bytes(bytes, seconds, nanos);
      if (length > bytes.length) reader.gap(length - bytes.length, seconds, nanos);
    }
  }

  #hold(sequence: number, length: number, bytes: Uint8Array, seconds: number, nanos: number): void {
    const before = this.#held.bytes;
    this.#held.add(sequence, length, bytes, seconds, nanos);
    this.#memory.heldBytes += this.#held.bytes - before;
  }

  /** Gives what has come to be in order, holes that need not be waited for included. */
  #settle(seconds: number, nanos: number, clockS: number): void {
    const memory = this.#memory;
    for (let first = this.#held.first; first !== undefined; first = this.#held.first) {
      const ahead = (first.sequence - this.#next) | 0;
      if (ahead > 0 && !this.#isAcknowledged(first.sequence)) {
        const isTooMuch = this.#held.bytes > memory.bytesPerStream || memory.heldBytes > memory.bytesInAll;
        if (!isTooMuch) {
          if (this.#holeSinceS < 0) this.#holeSinceS = clockS;
          return;
        }
        memory.limitReached++;
      }
      this.#skipHole(seconds, nanos);
    }
  }

  #isAcknowledged(number: number): boolean {
    return this.#hasAcknowledged && ((this.#acknowledged - number) | 0) >= 0;
  }

  /** Gives the first segment that is held, and what is missing before it as a gap. */
  #skipHole(seconds: number, nanos: number): void {
    const before = this.#held.bytes;
    const first = this.#held.takeFirst();
    this.#memory.heldBytes -= before - this.#held.bytes;
    this.#holeSinceS = -1;
    const missing = (first.sequence - this.#next) | 0;
    if (missing > 0) {
      for (const reader of this.#readers) reader.gap(missing, seconds, nanos);
      this.#next = first.sequence;
    }
    this.#give(first.length, first.bytes, first.seconds, first.nanos);
  }

  /** Ends the stream when all before its FIN was given, or will not come although the other side has it. */
  #endAtFin(seconds: number, nanos: number): void {
    if (this.#held.first !== undefined) return;
    if (((this.#fin - this.#next) | 0) > 0 && !this.#isAcknowledged(this.#fin)) return;
    this.#endBehindGap(seconds, nanos);
  }

  #endBehindGap(seconds: number, nanos: number): void {
    const missing = (this.#fin - this.#next) | 0;
    if (missing > 0) for (const reader of this.#readers) reader.gap(missing, seconds, nanos);
    this.#end("fin", seconds, nanos);
  }

  #end(how: StreamEnd, seconds: number, nanos: number): void {
    this.isEnded = true;
    this.#holeSinceS = -1;
    for (const reader of this.#readers) reader.end(how, seconds, nanos);
  }
}
