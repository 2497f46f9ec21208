/** One of many, with its volume. */
export interface Ranked {
  readonly label: string;
  readonly bytes: bigint;
}

/** The largest of many, and what is not listed one by one. Everything given is in exactly one of the three. */
export interface TopList<T extends Ranked> {
  readonly top: readonly T[];
  /** Above the threshold, below the top. */
  readonly others: readonly T[];
  /** Below the threshold. */
  readonly below: readonly T[];
}

/** `thresholdBytes`: less than this is not listed; 0 lists all that has any volume. Ties go by name. */
export function topList<T extends Ranked>(all: readonly T[], top: number, thresholdBytes: bigint): TopList<T> {
  const sorted = [...all].sort((a, b) => {
    if (a.bytes !== b.bytes) return a.bytes > b.bytes ? -1 : 1;
    return a.label < b.label ? -1 : a.label > b.label ? 1 : 0;
  });
  const enough = sorted.filter((each) => each.bytes >= thresholdBytes);
  return {
    top: enough.slice(0, top),
    others: enough.slice(top),
    below: sorted.filter((each) => each.bytes < thresholdBytes),
  };
}

/** Bytes that a mean rate comes to over a time; rounded up, so that less is below the rate. */
export function thresholdBytes(bitsPerS: number, seconds: number): bigint {
  return (BigInt(bitsPerS) * BigInt(Math.round(seconds)) + 7n) / 8n;
}
