import type { Ends, Repetition } from "../scenario/scenario.ts";
import { gapNs } from "./arrival-clock.ts";
import type { Craft } from "./craft.ts";
import { EndPicker } from "./end-picker.ts";
import type { Lane } from "./lane.ts";
import { Random, seedOf } from "./random.ts";
import type { TrafficSource } from "./traffic-source.ts";

/** Traffic that is started several times in a cycle, each time between the next ends. */
export abstract class RepeatedStarts implements TrafficSource {
  readonly craft: Craft;
  readonly lane: Lane;
  readonly picker: EndPicker;
  random: Random;
  readonly #traffic: Ends & Repetition;

  constructor(traffic: Ends & Repetition, craft: Craft) {
    this.#traffic = traffic;
    this.craft = craft;
    this.lane = craft.lane(traffic.number);
    this.picker = new EndPicker(traffic);
    this.random = new Random(seedOf(craft.seed, traffic.number));
  }

  /** Starts once. The picker has the ends. */
  abstract start(): void;

  begin(atNs: number, cycle: number): void {
    const { number, count, startNs } = this.#traffic;
    this.random = new Random(seedOf(this.craft.seed, number, cycle));
    this.#schedule(atNs + startNs, count);
  }

  #schedule(atNs: number, left: number): void {
    const { arrivals, everyNs } = this.#traffic;
    this.craft.timeline.call(atNs, () => {
      this.picker.next(this.random);
      this.start();
      if (left > 1) this.#schedule(atNs + gapNs(arrivals, everyNs, this.random), left - 1);
    });
  }
}
