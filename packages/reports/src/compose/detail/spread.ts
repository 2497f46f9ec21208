/** Median, p95 and p99 of bins, each at the middle of its bin. */
export function marksOf(
  bins: readonly { readonly from: number; readonly until: number; readonly count: bigint }[],
): { label: string; value: number }[] {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0n);
  if (total === 0n) return [];
  return [50, 95, 99].map((percent) => {
    let seen = 0n;
    const bin = bins.find((each) => {
      seen += each.count;
      return Number(seen) * 100 >= percent * Number(total);
    })!;
    return { label: percent === 50 ? "median" : `p${percent}`, value: Math.sqrt(bin.from * bin.until) };
  });
}
