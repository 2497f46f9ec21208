import { type Configuration, carriedProbes } from "@trafmon/settings";

/** Who may speak for a probe: the probe itself, or a collector that it sends to and that forwards to us. */
export interface Sender {
  /** What its hello says. */
  readonly name: string;
  readonly probe: string;
  /** Name of the collector that forwards; null: the probe itself. */
  readonly relay: string | null;
  readonly keyFile: string;
  /** It has nothing new to bring, only what waited when the configuration had it forward to us. */
  readonly isDraining: boolean;
}

/** Everybody who may send to a collector, by what a hello says: `probe` or `relay/probe`; no name has a slash in it. */
export function sendersTo(configuration: Configuration, collector: string): ReadonlyMap<string, Sender> {
  const senders = new Map<string, Sender>();
  for (const { name, keyFile } of configuration.probes)
    senders.set(name, { name, probe: name, relay: null, keyFile, isDraining: false });
  for (const { name: relay, forwardTo, drainTo } of configuration.collectors) {
    const to = [...(forwardTo === null ? [] : [forwardTo]), ...drainTo].find((each) => each.collector === collector);
    if (to === undefined) continue;
    const carried = new Set(carriedProbes(configuration, relay));
    for (const each of carriedProbes(configuration, relay, true)) {
      const name = `${relay}/${each.name}`;
      const isDraining = to !== forwardTo || !carried.has(each);
      senders.set(name, { name, probe: each.name, relay, keyFile: to.keyFile, isDraining });
    }
  }
  return senders;
}

/** Those whom the configuration has bring a probe's runs to a collector. */
export function bringersOf(configuration: Configuration, collector: string, probe: string): readonly Sender[] {
  const isSentDirectly = configuration.probes.some(
    ({ name, sendTo }) => name === probe && sendTo.some((to) => to.collector === collector),
  );
  return [...sendersTo(configuration, collector).values()].filter(
    (each) => each.probe === probe && (each.relay !== null || isSentDirectly),
  );
}
