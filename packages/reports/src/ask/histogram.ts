import { bucketLowerNs } from "@trafmon/observation";

/**
 * Durations counted in log-linear buckets, 32 to a power of two. What is read from it is the middle of a bucket, within
 * 1.6 % of every value in it.
 */
export class Histogram {
  readonly #samples = new Map<number, bigint>();

  add(bucket: number, samples: bigint): void {
    this.#samples.set(bucket, (this.#samples.get(bucket) ?? 0n) + samples);
  }

  addAll(other: Histogram): void {
    for (const [bucket, samples] of other.#samples) this.add(bucket, samples);
  }

  total(): bigint {
    let total = 0n;
    for (const samples of this.#samples.values()) total += samples;
    return total;
  }

  /** The value that `percent` of all samples do not exceed, nanoseconds; null without samples. */
  percentileNs(percent: number): number | null {
    const total = this.total();
    if (total === 0n) return null;
    let seen = 0n;
    for (const [bucket, samples] of this.#rising()) {
      seen += samples;
      if (Number(seen) * 100 >= percent * Number(total))
        return (bucketLowerNs(bucket) + bucketLowerNs(bucket + 1) - 1) / 2;
    }
    return null;
  }

  /** Bins of `perOctave` to a power of two (a divisor of 32), rising, none left out between the first and the last. */
  bins(perOctave: number): { from: number; until: number; count: bigint }[] {
    const width = 32 / perOctave;
    const sums = new Map<number, bigint>();
    for (const [bucket, samples] of this.#samples) {
      const bin = Math.floor(bucket / width);
      sums.set(bin, (sums.get(bin) ?? 0n) + samples);
    }
    if (sums.size === 0) return [];
    const [first, last] = [Math.min(...sums.keys()), Math.max(...sums.keys())];
    return Array.from({ length: last - first + 1 }, (_, at) => {
      const bin = first + at;
      return { from: bucketLowerNs(bin * width), until: bucketLowerNs((bin + 1) * width), count: sums.get(bin) ?? 0n };
    });
  }

  #rising(): [number, bigint][] {
    return [...this.#samples].sort(([a], [b]) => a - b);
  }
}

/** Histograms by a name, made as they are met. */
export class Histograms {
  readonly #byName = new Map<string, Histogram>();

  of(name: string): Histogram {
    let histogram = this.#byName.get(name);
    if (histogram === undefined) {
      histogram = new Histogram();
      this.#byName.set(name, histogram);
    }
    return histogram;
  }

  get(name: string): Histogram | undefined {
    return this.#byName.get(name);
  }

  names(): string[] {
    return [...this.#byName.keys()];
  }
}
