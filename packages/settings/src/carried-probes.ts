import type { Configuration } from "./model/configuration.ts";
import type { ProbeSettings } from "./model/probe-settings.ts";

/** Probes whose records a collector has to take: of those that send to it, and of those whose collectors forward to it. */
export function carriedProbes({ collectors, probes }: Configuration, collector: string): readonly ProbeSettings[] {
  const carriers = new Set([collector]);
  // The set grows while it is walked; no ring is possible.
  for (const carrier of carriers)
    for (const each of collectors) if (each.forwardTo?.collector === carrier) carriers.add(each.name);
  return probes.filter((probe) => probe.sendTo.some((to) => carriers.has(to.collector)));
}
