import type { Due, Timeline } from "./timeline.ts";

/** Something that happens once it has not been put off for long enough. */
export class Timer {
  readonly #timeline: Timeline;
  readonly #run: (atNs: number) => void;
  #dueNs = 0;
  #alarm: Alarm | null = null;

  constructor(timeline: Timeline, run: (atNs: number) => void) {
    this.#timeline = timeline;
    this.#run = run;
  }

  get isSet(): boolean {
    return this.#alarm !== null;
  }

  /** Sets it anew, whether or not it was set. */
  set(dueNs: number): void {
    this.#dueNs = dueNs;
    // One that is put off rings at its old time and looks again: an ACK must not cost an entry in the timeline.
    if (this.#alarm !== null && this.#alarm.atNs <= dueNs) return;
    this.clear();
    this.#alarm = new Alarm(dueNs, (atNs) => this.#ring(atNs));
    this.#timeline.schedule(dueNs, this.#alarm);
  }

  clear(): void {
    if (this.#alarm !== null) this.#alarm.isCalledOff = true;
    this.#alarm = null;
  }

  #ring(atNs: number): void {
    this.#alarm = null;
    if (this.#dueNs > atNs) this.set(this.#dueNs);
    else this.#run(atNs);
  }
}

class Alarm implements Due {
  readonly atNs: number;
  readonly run: (atNs: number) => void;
  isCalledOff = false;

  constructor(atNs: number, run: (atNs: number) => void) {
    this.atNs = atNs;
    this.run = run;
  }
}
