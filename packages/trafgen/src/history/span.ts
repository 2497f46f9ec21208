/** Seconds of a day. */
export const DAY_S = 86_400;

/** A share of something that goes on for a while: what of it falls into one interval. */
export interface Share {
  /** Seconds since the epoch. */
  readonly intervalStartS: number;
  /** Part of the whole before the interval's beginning and end, 0 .. 1. */
  readonly from: number;
  readonly until: number;
  /** What happens once, at the beginning or the end, falls in here. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Instants of its first and last moment within the interval, seconds since the epoch. */
  readonly firstS: number;
  readonly lastS: number;
}

/** Cuts what goes on evenly from `startS` to `endS` at the borders of intervals. */
export function sharesOf(startS: number, endS: number, intervalS: number): Share[] {
  const shares: Share[] = [];
  const length = Math.max(endS - startS, 1e-9);
  const lastStartS = Math.floor(endS / intervalS) * intervalS;
  for (let at = Math.floor(startS / intervalS) * intervalS; at <= lastStartS; at += intervalS) {
    const isLast = at === lastStartS;
    const firstS = Math.max(at, startS);
    const lastS = isLast ? endS : at + intervalS - 1e-6;
    shares.push({
      intervalStartS: at,
      from: (firstS - startS) / length,
      until: isLast ? 1 : (at + intervalS - startS) / length,
      isFirst: at <= startS,
      isLast,
      firstS,
      lastS,
    });
  }
  return shares;
}

/** What of a whole number falls into a share; the parts of all shares add up to it. */
export function partOf(total: number, { from, until, isLast }: Share): number {
  return (isLast ? total : Math.floor(total * until)) - Math.floor(total * from);
}

/** Seconds since the epoch as the two words of records. */
export function instantOf(atS: number): { readonly s: number; readonly nanos: number } {
  const s = Math.floor(atS);
  // A double holds seconds of our time to a quarter of a microsecond.
  return { s, nanos: Math.min(999_999, Math.floor((atS - s) * 1e6)) * 1000 };
}
