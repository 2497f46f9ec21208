import type { Logger } from "pino";
import type { Clock } from "./clock.ts";

/**
 * Logs trouble that may come a million times a second: the first at once, what follows within the interval as one line
 * with a count. Keys are chosen by code; a key made of input would fill the memory.
 */
export class RepeatedTrouble {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #open = new Map<string, { repeated: number; data: object; message: string; callOff: () => void }>();

  constructor(log: Logger, clock: Clock, intervalMs = 60_000) {
    this.#log = log;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
  }

  /** `key`: what counts as the same trouble. `data` is shown as of the first and of the last time. */
  warn(key: string, data: object, message: string): void {
    const open = this.#open.get(key);
    if (open !== undefined) {
      open.repeated++;
      open.data = data;
      return;
    }
    this.#log.warn(data, message);
    const callOff = this.#clock.after(this.#intervalMs, () => this.#close(key));
    this.#open.set(key, { repeated: 0, data, message, callOff });
  }

  /** Writes the counts that are still open, at the end of the program. */
  flush(): void {
    for (const key of [...this.#open.keys()]) this.#close(key);
  }

  #close(key: string): void {
    const open = this.#open.get(key);
    if (open === undefined) return;
    open.callOff();
    this.#open.delete(key);
    if (open.repeated > 0) {
      this.#log.warn({ ...open.data, repeated: open.repeated, withinS: this.#intervalMs / 1000 }, open.message);
    }
  }
}
