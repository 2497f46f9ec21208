import type { CollectorSettings } from "../model/collector-settings.ts";
import { alertCommands, onAlertElement, trapTargets, trapToElement } from "./alert-action-elements.ts";
import { alertElement, alertSettings } from "./alert-element.ts";
import { optional, required, withDefault } from "./attribute.ts";
import { drainToElement, drainToSettings } from "./drain-to-element.ts";
import { childrenOf, element, type ReadElement, valuesOf } from "./element.ts";
import { forwardToElement, forwardToSettings } from "./forward-to-element.ts";
import { healthElement, healthPlace } from "./health-element.ts";
import { listenEndpoint } from "./network-kinds.ts";
import { dayFraction, durationMs, size, wholeNumber } from "./number-kinds.ts";
import { choice, name, path } from "./text-kinds.ts";

export const collectorElement = element({
  name: "collector",
  meaning: "One process that receives what probes measured and writes it to log files.",
  attributes: {
    name: required(name, "Name given on the command line of tmon_collector. It stands in the names of the log files."),
    listen: withDefault(
      listenEndpoint,
      "127.0.0.1:7601",
      "Address and UDP port the datagrams of the probes are received on. Set the machine's own address, or 0.0.0.0 or [::] for all of them, as soon as a probe runs elsewhere. Port 0 takes any free port, which only tests want.",
    ),
    logDir: withDefault(
      path,
      "/var/trafMon/collector/",
      "Folder of the log files. The loader reads it: files without .part are complete.",
    ),
    stateDir: optional(
      path,
      "Folder of the journal and of records that still wait. It must survive a restart, else records are written twice.",
      "/var/trafMon/state/ followed by the collector's name.",
    ),
    logInterval: withDefault(
      dayFraction,
      "5min",
      "How often the open log files are closed and handed to the loader, aligned to midnight UTC. Shorter shows traffic sooner and makes more files.",
    ),
    commitInterval: withDefault(
      durationMs("1ms", "10s"),
      "200ms",
      "Longest time received records wait until they are on the disk and acknowledged. Longer costs fewer disk flushes and more memory in the probes.",
    ),
    security: withDefault(
      choice("sealed", "none"),
      "sealed",
      "Whether datagrams are encrypted and authenticated with each probe's key, or open to anybody on the way. The probes must say the same.",
    ),
    maxSightings: withDefault(
      wholeNumber(1000, 50_000_000),
      "2000000",
      "Sightings of packets at hops that wait in memory for those of the other hops, of all one-way classes together, at most. Each takes about 100 bytes. Beyond it the packets that have waited longest are settled as they stand: what is not known of them counts as unknown, and an event tells how many they were.",
    ),
    receiveBuffer: withDefault(
      size("64KiB", "1GiB"),
      "8MiB",
      "Kernel buffer asked for on the socket. Larger takes longer bursts; the kernel may grant less, see net.core.rmem_max.",
    ),
  },
  children: () => [
    { element: forwardToElement, occurs: "optional" },
    { element: drainToElement, occurs: "any" },
    { element: healthElement, occurs: "optional" },
    { element: alertElement, occurs: "any" },
    { element: onAlertElement, occurs: "any" },
    { element: trapToElement, occurs: "any" },
  ],
});

/** `all`: every collector of the file, of which one may be forwarded to. */
export function collectorSettings(read: ReadElement, all: readonly ReadElement[]): CollectorSettings {
  const values = valuesOf(read, collectorElement);
  const [forwardTo] = childrenOf(read, forwardToElement);
  const listenOf = (name: string) =>
    all.map((each) => valuesOf(each, collectorElement)).find((each) => each.name === name)?.listen;
  return {
    name: values.name,
    listenAddress: values.listen.address,
    listenPort: values.listen.port,
    logDir: values.logDir,
    stateDir: values.stateDir ?? `/var/trafMon/state/${values.name}/`,
    logIntervalS: values.logInterval,
    commitIntervalMs: values.commitInterval,
    security: values.security,
    receiveBufferBytes: values.receiveBuffer,
    alerts: alertSettings(read),
    alertCommands: alertCommands(read),
    trapTargets: trapTargets(read, values.name),
    health: healthPlace(read),
    maxSightings: values.maxSightings,
    forwardTo: forwardTo === undefined ? null : forwardToSettings(forwardTo, values.name, listenOf),
    drainTo: childrenOf(read, drainToElement).map((each) => drainToSettings(each, values.name, listenOf)),
  };
}
