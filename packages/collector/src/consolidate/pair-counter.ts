import { bucketOf } from "@trafmon/observation";

/** Sums above this are told at once: a number of 53 bits must hold them. */
const MOST_SUM_NS = 2 ** 52;

/** What became of the packets of a hop pair in one interval, since it was told last. Plain, so that it can be kept as JSON. */
export class PairCounter {
  matchedPackets = 0;
  matchedBytes = 0;
  lostPackets = 0;
  lostBytes = 0;
  /** Missed at the earlier hop of the pair, and at the later. */
  missedFromPackets = 0;
  missedFromBytes = 0;
  missedToPackets = 0;
  missedToBytes = 0;
  unknownPackets = 0;
  unknownBytes = 0;
  droppedPackets = 0;
  droppedBytes = 0;
  duplicatePackets = 0;
  duplicateBytes = 0;
  negativePackets = 0;
  latencySumNs = 0;
  latencyMinNs: number | null = null;
  latencyMaxNs: number | null = null;
  /** Bucket to count. */
  histogram = new Map<number, number>();

  static restored(kept: KeptPairCounter): PairCounter {
    const { histogram, ...numbers } = kept;
    return Object.assign(new PairCounter(), numbers, { histogram: new Map(histogram) });
  }

  kept(): KeptPairCounter {
    return { ...this, histogram: [...this.histogram] };
  }

  match(bytes: number, latencyNs: number): void {
    this.matchedPackets++;
    this.matchedBytes += bytes;
    this.latencySumNs += latencyNs;
    if (this.latencyMinNs === null || latencyNs < this.latencyMinNs) this.latencyMinNs = latencyNs;
    if (this.latencyMaxNs === null || latencyNs > this.latencyMaxNs) this.latencyMaxNs = latencyNs;
    if (latencyNs < 0) {
      this.negativePackets++;
      return;
    }
    const bucket = bucketOf(latencyNs);
    this.histogram.set(bucket, (this.histogram.get(bucket) ?? 0) + 1);
  }

  /** The sum of latencies has become so large that it must be told before it loses digits. */
  get isFull(): boolean {
    return Math.abs(this.latencySumNs) > MOST_SUM_NS;
  }
}

export interface KeptPairCounter extends Omit<PairCounter, "histogram" | "isFull" | "match" | "kept"> {
  readonly histogram: readonly (readonly [bucket: number, packets: number])[];
}
