import type { Configuration } from "./model/configuration.ts";
import type { ProbeSettings } from "./model/probe-settings.ts";

/**
 * Probes whose records a collector has to take: of those that send to it, and of those whose collectors forward to it;
 * `drainedToo`: as well of those whose collectors drain to it what they forwarded before.
 */
export function carriedProbes(
  { collectors, probes }: Configuration,
  collector: string,
  drainedToo = false,
): readonly ProbeSettings[] {
  const carriers = new Set([collector]);
  // The set grows while it is walked, until it has all.
  for (const carrier of carriers) {
    for (const { name, forwardTo, drainTo } of collectors) {
      const isDrained = drainedToo && drainTo.some((to) => to.collector === carrier);
      if (isDrained || forwardTo?.collector === carrier) carriers.add(name);
    }
  }
  return probes.filter((probe) => probe.sendTo.some((to) => carriers.has(to.collector)));
}
