import type { ManagerFigures } from "../../ask/manager-figures.ts";
import { totalBytes } from "../ends.ts";
import { liveSeconds } from "./title.ts";

/** Mean over the time in which a probe was live, or over the whole period where that is nearly the same or not known. */
export function meanRate({ question, coverage, activities }: ManagerFigures): { bitsPerS: number; overWhat: string } {
  const { period } = question;
  const bits = Number(totalBytes(activities)) * 8;
  const [seconds, live] = [(period.untilMs - period.fromMs) / 1000, liveSeconds(coverage)];
  if (live === 0 || live > 0.99 * seconds) return { bitsPerS: bits / seconds, overWhat: "the whole period" };
  return { bitsPerS: bits / live, overWhat: "the time measured" };
}
