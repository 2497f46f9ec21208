import type { Instant } from "@trafmon/runtime";

/** The wall clock and our own may differ by this before somebody is taken to have set it, milliseconds. */
const LARGEST_STRAY_MS = 5;

/**
 * Time of a run: nanoseconds after its start, exact to about a microsecond. Follows the wall clock when it is set, since
 * a ledger is compared with captures, which have the wall clock's instants too.
 */
export class RunClock {
  readonly start: Instant;
  /** Wall clock minus `performance.now()`, milliseconds. */
  #originMs = performance.timeOrigin;
  readonly #startMs: number;

  constructor() {
    this.#follow();
    const nowMs = this.#originMs + performance.now();
    const s = Math.floor(nowMs / 1000);
    this.start = { s, nanos: Math.floor((nowMs - s * 1000) * 1e6) };
    this.#startMs = nowMs;
  }

  nowNs(): number {
    this.#follow();
    return Math.max(0, Math.round((this.#originMs + performance.now() - this.#startMs) * 1e6));
  }

  /** Nanoseconds after the start of an instant of the wall clock. */
  at({ s, nanos }: Instant): number {
    return (s - this.start.s) * 1e9 + (nanos - this.start.nanos);
  }

  /** The instant of the wall clock so many nanoseconds after the start. */
  instant(atNs: number): Instant {
    const nanos = this.start.nanos + atNs;
    const seconds = Math.floor(nanos / 1e9);
    return { s: this.start.s + seconds, nanos: nanos - seconds * 1e9 };
  }

  /**
   * The two clocks are read one after the other, and a busy machine may let a second pass in between. So our own is read
   * on both sides: the wall clock has been set only where it strays from both.
   */
  #follow(): void {
    const beforeMs = this.#originMs + performance.now();
    const nowMs = Date.now();
    const afterMs = this.#originMs + performance.now();
    // Date.now() is cut off to whole milliseconds.
    if (nowMs - afterMs > LARGEST_STRAY_MS) this.#originMs += nowMs - afterMs;
    else if (nowMs + 1 - beforeMs < -LARGEST_STRAY_MS) this.#originMs += nowMs - beforeMs;
  }
}
