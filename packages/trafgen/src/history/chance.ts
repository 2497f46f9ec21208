import type { Random } from "../craft/random.ts";

/** Number of happenings where `mean` are expected (Poisson; Knuth's product, normal approximation above 30). */
export function poisson(random: Random, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = -1;
  for (let product = 1; product > limit; product *= random.fraction()) count++;
  return Math.max(0, count);
}

/** How many of `n` come about when each does with this probability. */
export function binomial(random: Random, n: number, probability: number): number {
  return Math.min(n, poisson(random, n * probability));
}

/** A size or duration with this median: sizes of files and answers spread by orders of magnitude. */
export function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(sigma * normal(random));
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.below(items.length)]!;
}

function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.fraction()));
  return radius * Math.cos(2 * Math.PI * random.fraction());
}
