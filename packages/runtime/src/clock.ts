/** An instant: whole seconds since the epoch, UTC, and nanoseconds 0 .. 999999999. */
export interface Instant {
  readonly s: number;
  readonly nanos: number;
}

/**
 * Where a part gets its time and its timers from. Live it is the machine's, in replay it follows the packets, in tests
 * it is moved by hand.
 */
export interface Clock {
  /** Milliseconds since the epoch, UTC. May jump when somebody sets the time. */
  wallMs(): number;
  /** Milliseconds, with fraction, of a time that never jumps; only differences mean something. */
  monotonicMs(): number;
  /** Calls once, `delayMs` from now. The function returned calls it off. */
  after(delayMs: number, call: () => void): () => void;
  /** Calls every `periodMs` until called off. Missed calls are not made up for. */
  every(periodMs: number, call: () => void): () => void;
}

/** The present instant of a clock. */
export function instantOf(clock: Clock): Instant {
  const ms = clock.wallMs();
  const s = Math.floor(ms / 1000);
  return { s, nanos: Math.round((ms - s * 1000) * 1e6) };
}

/** Longest delay Node's own timers take; a longer one would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/**
 * The machine's clock. Its timers do not keep the process alive: a program lives as long as its parts, and a part
 * that waits holds a socket, a file or a promise that `runProgram` waits for.
 */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, call) {
    let leftMs = delayMs;
    let timer: NodeJS.Timeout;
    const wait = () => {
      const stepMs = Math.min(leftMs, LONGEST_DELAY_MS);
      leftMs -= stepMs;
      timer = setTimeout(leftMs > 0 ? wait : call, stepMs);
      timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  },
  every(periodMs, call) {
    const timer = setInterval(call, periodMs);
    timer.unref();
    return () => clearInterval(timer);
  },
};

/** Resolves after `delayMs` of the clock, or at once, without throwing, when the signal aborts. */
export function sleep(clock: Clock, delayMs: number, stopping?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopping?.aborted) return resolve();
    const onAbort = () => {
      callOff();
      resolve();
    };
    const callOff = clock.after(delayMs, () => {
      stopping?.removeEventListener("abort", onAbort);
      resolve();
    });
    stopping?.addEventListener("abort", onAbort, { once: true });
  });
}
