/** What `-t` and `-T` leave in a list. They hide rows, never volume. */
export interface ListLimits {
  readonly top: number;
  readonly thresholdBitsPerS: number;
  /** The threshold's volume over the period. */
  readonly thresholdBytes: bigint;
}
