import type { Timeline } from "./timeline.ts";

/** What a script waits for before it goes on. */
export type Wait = { readonly delayNs: number } | { readonly until: () => boolean };

/** Goes through a script, step by step, as what it waits for comes to pass. */
export class ScriptRunner {
  readonly #timeline: Timeline;
  readonly #script: Iterator<Wait, void>;
  readonly #isOver: () => boolean;
  #wait: Wait | null = null;
  #isRunning = false;
  #isEnded = false;

  /** @param isOver ends the script early */
  constructor(timeline: Timeline, script: Iterator<Wait, void>, isOver: () => boolean) {
    this.#timeline = timeline;
    this.#script = script;
    this.#isOver = isOver;
  }

  /** Begins, or looks whether what is waited for has come to pass. Harmless from within the script. */
  readonly poke = (): void => {
    if (this.#isRunning || this.#isEnded) return;
    this.#isRunning = true;
    while (this.#isReady()) {
      const { done, value } = this.#script.next();
      if (done === true) {
        this.#isEnded = true;
        break;
      }
      this.#wait = value;
      if ("delayNs" in value) {
        this.#timeline.call(this.#timeline.nowNs + value.delayNs, () => this.#wake(value));
        break;
      }
    }
    this.#isRunning = false;
  };

  #isReady(): boolean {
    if (this.#isOver()) {
      this.#isEnded = true;
      return false;
    }
    return this.#wait === null || ("until" in this.#wait && this.#wait.until());
  }

  #wake(wait: Wait): void {
    if (this.#wait === wait) this.#wait = null;
    this.poke();
  }
}
