import { type ObservationSink, observationTypes } from "@trafmon/observation";

/** The slices of a class's delay distribution. */
export interface DelaySlices {
  readonly count: number;
  /** Inner bounds, nanoseconds, rising. Shape: [count - 1]. */
  readonly boundsNs: Float64Array;
}

export function delaySlices(boundsNs: readonly number[]): DelaySlices {
  return { count: boundsNs.length + 1, boundsNs: Float64Array.from(boundsNs) };
}

/** Number of the slice a delay falls into; a delay equal to a bound is in the upper one. */
export function sliceOf({ boundsNs }: DelaySlices, delayNs: number): number {
  let low = 0;
  let high = boundsNs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (delayNs >= boundsNs[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Says what the slices of a class's delay distribution are. */
export function announceDelaySlices(sink: ObservationSink, className: string, boundsNs: readonly number[]): void {
  const writer = sink.writerOf(observationTypes.slice);
  for (let slice = 0; slice <= boundsNs.length; slice++) {
    writer.write({
      class: className,
      metric: observationTypes.twoway.name,
      slice,
      lower: slice === 0 ? 0 : boundsNs[slice - 1]!,
      upper: boundsNs[slice] ?? null,
    });
  }
}
