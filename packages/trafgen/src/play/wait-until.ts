import type { RunClock } from "./run-clock.ts";

/** Resolves at that instant of the run or just behind it, at once when it is past; false when stopping. */
export function waitUntil(clock: RunClock, atNs: number, stopping: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const waitMs = (atNs - clock.nowNs()) / 1e6;
    if (stopping.aborted) return resolve(false);
    if (waitMs <= 0) return resolve(true);
    const end = () => {
      clearTimeout(timer);
      stopping.removeEventListener("abort", end);
      resolve(!stopping.aborted);
    };
    // Timers cut to whole milliseconds, and must not be early. Longer ones than 24 days would fire at once.
    const timer = setTimeout(end, Math.min(Math.ceil(waitMs), 2 ** 31 - 1));
    stopping.addEventListener("abort", end, { once: true });
  });
}
