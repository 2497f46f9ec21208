const MINUTE_MS = 60_000;

/** A minute's part of an amount. `minute`: minutes since the epoch. */
export interface MinuteShare {
  readonly minute: number;
  readonly amount: bigint;
}

/**
 * Spreads an amount over the half-open minutes that [firstMs, lastMs] touches, in proportion to the overlap in
 * milliseconds, in integers that add up to it exactly: what rounding down leaves goes to the largest remainders, ties to
 * the earliest. Without duration it falls wholly into its minute. Minutes that would get nothing are left out.
 * `firstMs` <= `lastMs`: milliseconds since the epoch.
 */
export function spreadOverMinutes(amount: bigint, firstMs: number, lastMs: number): MinuteShare[] {
  const first = Math.floor(firstMs / MINUTE_MS);
  if (firstMs === lastMs) return amount === 0n ? [] : [{ minute: first, amount }];
  const durationMs = BigInt(lastMs - firstMs);
  const shares: { minute: number; amount: bigint; remainder: bigint }[] = [];
  let left = amount;
  for (let minute = first; minute * MINUTE_MS < lastMs; minute++) {
    const overlapMs = Math.min(lastMs, (minute + 1) * MINUTE_MS) - Math.max(firstMs, minute * MINUTE_MS);
    const product = amount * BigInt(overlapMs);
    const whole = product / durationMs;
    shares.push({ minute, amount: whole, remainder: product % durationMs });
    left -= whole;
  }
  const byRemainder = [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.minute - b.minute : a.remainder > b.remainder ? -1 : 1,
  );
  // Fewer than there are shares.
  for (let i = 0; left > 0n; i++, left--) byRemainder[i]!.amount++;
  return shares.filter((each) => each.amount > 0n).map(({ minute, amount: part }) => ({ minute, amount: part }));
}
