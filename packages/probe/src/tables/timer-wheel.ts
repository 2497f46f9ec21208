import type { RecordPool } from "./record-pool.ts";

/** Seconds the wheel spans; what is due later comes by once a turn and is put off again. */
const BUCKETS = 4096;

/** Which words of a record the wheel uses. */
export interface WheelWords {
  readonly next: number;
  readonly previous: number;
  readonly dueS: number;
}

/** Timers of the records of a pool, at most one each, by the second. Expiry goes in order of seconds. */
export class TimerWheel {
  readonly #pool: RecordPool;
  readonly #words: WheelWords;
  /** First record of each bucket. */
  readonly #buckets = new Int32Array(BUCKETS);
  #nowS = -1;

  constructor(pool: RecordPool, words: WheelWords) {
    this.#pool = pool;
    this.#words = words;
  }

  /** Sets a record's timer, unless it goes off sooner already. `dueS`: seconds since the epoch; `nowS`: the clock. */
  setNoLater(slot: number, dueS: number, nowS: number): void {
    const { words, stride } = this.#pool;
    if (this.#nowS < 0) this.#nowS = nowS;
    const soonest = Math.min(Math.max(dueS, this.#nowS + 1), this.#nowS + BUCKETS - 1);
    const setS = words[slot * stride + this.#words.dueS]! >>> 0;
    if (setS !== 0) {
      if (setS <= soonest) return;
      this.unset(slot);
    }
    const bucket = soonest % BUCKETS;
    const first = this.#buckets[bucket]!;
    words[slot * stride + this.#words.dueS] = soonest;
    words[slot * stride + this.#words.next] = first;
    words[slot * stride + this.#words.previous] = 0;
    if (first !== 0) words[first * stride + this.#words.previous] = slot;
    this.#buckets[bucket] = slot;
  }

  /** Takes a record's timer out. */
  unset(slot: number): void {
    const { words, stride } = this.#pool;
    const base = slot * stride;
    const dueS = words[base + this.#words.dueS]! >>> 0;
    if (dueS === 0) return;
    const next = words[base + this.#words.next]!;
    const previous = words[base + this.#words.previous]!;
    if (previous === 0) this.#buckets[dueS % BUCKETS] = next;
    else words[previous * stride + this.#words.next] = next;
    if (next !== 0) words[next * stride + this.#words.previous] = previous;
    words[base + this.#words.dueS] = 0;
  }

  /**
   * Moves the wheel to a second and hands every record whose timer goes off to `expired`, its timer taken out.
   * `expired` may set the timer of the record it is given, and no other.
   */
  turnTo(nowS: number, expired: (slot: number) => void): void {
    if (this.#nowS < 0 || nowS <= this.#nowS) return;
    const from = Math.max(this.#nowS + 1, nowS - BUCKETS + 1);
    // Timers are set anew from the present on, so that no bucket is met twice in one turn.
    this.#nowS = nowS;
    for (let s = from; s <= nowS; s++) {
      let slot = this.#buckets[s % BUCKETS]!;
      while (slot !== 0) {
        const base = slot * this.#pool.stride;
        const next = this.#pool.words[base + this.#words.next]!;
        // After a leap a bucket may hold what was set anew in this very turn.
        if (this.#pool.words[base + this.#words.dueS]! >>> 0 <= nowS) {
          this.unset(slot);
          expired(slot);
        }
        slot = next;
      }
    }
  }
}
