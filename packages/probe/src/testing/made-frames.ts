import { LINK_ETHERNET } from "@trafmon/packet";
import type { CaptureSource } from "../capture/capture-source.ts";

const START_S = 1_700_000_000;
/** Frames given between two calls of `fill`. */
const AT_ONCE = 1000;

/** Frames made one after the other, 20 microseconds apart, on one interface. */
export class MadeFrames implements CaptureSource {
  readonly offset = 0;
  readonly linkType = LINK_ETHERNET;
  readonly interfaceNumber = 0;
  readonly isBadTime = false;
  bytes: Uint8Array = new Uint8Array(0);
  capturedBytes = 0;
  wireBytes = 0;
  seconds = START_S;
  nanos = 0;
  #number = 0;
  readonly #count: number;
  readonly #frame: (number: number) => Uint8Array;
  readonly #onFill: (given: number) => Promise<void>;
  #isPause = false;

  /** `onFill`: told after every thousand how many were given. */
  constructor(count: number, frame: (number: number) => Uint8Array, onFill: (given: number) => Promise<void>) {
    this.#count = count;
    this.#frame = frame;
    this.#onFill = onFill;
  }

  async open(): Promise<void> {}

  next(): boolean {
    if (this.#number === this.#count || this.#isPause) return false;
    this.bytes = this.#frame(this.#number++);
    this.capturedBytes = this.wireBytes = this.bytes.length;
    this.seconds = START_S + Math.floor(this.#number / 50_000);
    this.nanos = (this.#number % 50_000) * 20_000;
    this.#isPause = this.#number % AT_ONCE === 0;
    return true;
  }

  async fill(): Promise<boolean> {
    await this.#onFill(this.#number);
    this.#isPause = false;
    return this.#number < this.#count;
  }

  takeDrops(): [] {
    return [];
  }

  async close(): Promise<void> {}
}
