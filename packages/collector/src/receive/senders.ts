import { type Configuration, carriedProbes } from "@trafmon/settings";

/** Who may speak for a probe: the probe itself, or a collector that it sends to and that forwards to us. */
export interface Sender {
  /** What its hello says. */
  readonly name: string;
  readonly probe: string;
  /** Name of the collector that forwards; null: the probe itself. */
  readonly relay: string | null;
  readonly keyFile: string;
}

/** Everybody who may send to a collector, by what a hello says: `probe` or `relay/probe`; no name has a slash in it. */
export function sendersTo(configuration: Configuration, collector: string): ReadonlyMap<string, Sender> {
  const senders = new Map<string, Sender>();
  for (const { name, keyFile } of configuration.probes) senders.set(name, { name, probe: name, relay: null, keyFile });
  for (const { name: relay, forwardTo } of configuration.collectors) {
    if (forwardTo?.collector !== collector) continue;
    const { keyFile } = forwardTo;
    for (const { name: probe } of carriedProbes(configuration, relay)) {
      const name = `${relay}/${probe}`;
      senders.set(name, { name, probe, relay, keyFile });
    }
  }
  return senders;
}

/** Names of those whom the configuration has bring a probe's runs to a collector. */
export function bringersOf(configuration: Configuration, collector: string, probe: string): readonly string[] {
  const isSentDirectly = configuration.probes.some(
    ({ name, sendTo }) => name === probe && sendTo.some((to) => to.collector === collector),
  );
  return [...sendersTo(configuration, collector).values()]
    .filter((each) => each.probe === probe && (each.relay !== null || isSentDirectly))
    .map(({ name }) => name);
}
