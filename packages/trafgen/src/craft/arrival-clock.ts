import type { Arrivals, StreamTraffic } from "../scenario/scenario.ts";
import type { Random } from "./random.ts";

/**
 * When the packets of a stream are due. Time within bursts runs on by itself; pauses between them are put in
 * afterwards, so that the rate within bursts is the one asked for, whatever their length.
 */
export class ArrivalClock {
  readonly #stream: Pick<StreamTraffic, "rate" | "arrivals" | "bursts">;
  readonly #random: Random;
  /** Time spent sending, nanoseconds with fraction. */
  #activeNs = 0;
  /** Where on the active axis the present burst ends, and all pauses before it. */
  #burstEndNs: number;
  #pausedNs = 0;
  /** Packets and bits so far, for rates that are evenly spaced: a sum of gaps would drift. */
  #packets = 0;
  #bits = 0;

  constructor(stream: Pick<StreamTraffic, "rate" | "arrivals" | "bursts">, random: Random) {
    this.#stream = stream;
    this.#random = random;
    this.#burstEndNs = stream.bursts === null ? Number.POSITIVE_INFINITY : this.#length(stream.bursts.onNs);
  }

  /** When the next packet is due, whole nanoseconds after the stream's start. Asked before `add`, as often as liked. */
  get dueNs(): number {
    const { bursts } = this.#stream;
    while (bursts !== null && this.#activeNs >= this.#burstEndNs) {
      this.#pausedNs += this.#length(bursts.offNs);
      this.#burstEndNs += this.#length(bursts.onNs);
    }
    return Math.round(this.#activeNs + this.#pausedNs);
  }

  /** Goes on behind a packet of that size. */
  add(ipBytes: number): void {
    const { rate, arrivals } = this.#stream;
    this.#packets++;
    this.#bits += ipBytes * 8;
    const share = rate.unit === "packets" ? 1 : ipBytes * 8;
    if (arrivals === "poisson") this.#activeNs += this.#random.exponential((share * 1e9) / rate.perS);
    else this.#activeNs = ((rate.unit === "packets" ? this.#packets : this.#bits) * 1e9) / rate.perS;
  }

  #length(meanNs: number): number {
    return this.#stream.bursts?.lengths === "exponential" ? this.#random.exponential(meanNs) : meanNs;
  }
}

/** The time from one start to the next. */
export function gapNs(arrivals: Arrivals, everyNs: number, random: Random): number {
  return arrivals === "poisson" ? Math.round(random.exponential(everyNs)) : everyNs;
}
