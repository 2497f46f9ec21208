import { Random } from "./random.ts";

/**
 * What one piece of traffic has of its own on the path: its chance, and the order of its packets. Two pieces of traffic
 * so never change each other.
 */
export class Lane {
  /** Number of the stream in the ledger, from 1. */
  readonly stream: number;
  readonly random: Random;
  /** When the last packet came to the end of each link: forward ones, then backward ones. */
  readonly lastNs: Float64Array;
  #packets = 0;

  constructor(stream: number, seed: number, links: number) {
    this.stream = stream;
    this.random = new Random(seed);
    this.lastNs = new Float64Array(2 * links);
  }

  /** Number of the next packet, from 1. */
  nextNumber(): number {
    return ++this.#packets;
  }
}
