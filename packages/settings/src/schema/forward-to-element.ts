import type { DrainToSettings, ForwardToSettings } from "../model/collector-settings.ts";
import { optional, required, type ValuesOf, withDefault } from "./attribute.ts";
import { element, type ReadElement, valuesOf } from "./element.ts";
import { type Endpoint, targetEndpoint } from "./network-kinds.ts";
import { bitRate, size } from "./number-kinds.ts";
import { name, path } from "./text-kinds.ts";

export const forwardToElement = element({
  name: "forwardTo",
  meaning:
    "Another collector, e.g. a central one, that gets everything this one takes, as the records of the probes they come from. It takes from this one what its configuration lets it carry: the probes that send to it, and those that collectors send to it which forward to it in turn. A change counts as soon as the file is in force.",
  attributes: {
    collector: required(name, "Name of another collector of this file."),
    address: optional(
      targetEndpoint,
      "Where datagrams for it are sent, where that differs from where it listens (address translation, a collector on all addresses).",
      "The collector's own listen address, which must then be one address and one port.",
    ),
    rate: withDefault(
      bitRate("8kbit", "100Gbit"),
      "100Mbit",
      "Most bits per second sent to it, headers not counted. What is more waits in the spool.",
    ),
    keyFile: optional(
      path,
      'File of the key shared by the two collectors: 32 bytes as 64 hexadecimal digits, mode 0600. Both read the same path. Used with security="sealed" only, which both must say.',
      "/etc/trafMon/cred/ followed by the name of the collector that forwards and .key.",
    ),
    spool: withDefault(
      size("1MiB", "1TiB"),
      "1GiB",
      "Most bytes that wait in stateDir until the other has them. When it is full the oldest counters go first, and the gap is reported; the logs of this collector keep them.",
    ),
  },
});

/** `listenOf`: where a collector of the file listens. */
export function forwardToSettings(
  read: ReadElement,
  ownName: string,
  listenOf: (collector: string) => Endpoint | undefined,
): ForwardToSettings {
  const values = valuesOf(read, forwardToElement);
  return { ...wayTo(values, ownName, listenOf), spoolBytes: values.spool };
}

/** How datagrams get to another collector of the file. */
export function wayTo(
  values: Omit<ValuesOf<typeof forwardToElement.attributes>, "spool">,
  ownName: string,
  listenOf: (collector: string) => Endpoint | undefined,
): DrainToSettings {
  const target = values.address ?? listenOf(values.collector);
  if (target === undefined) throw new Error(`no rule refused the unknown collector ${values.collector}`);
  return {
    collector: values.collector,
    address: target.address,
    port: target.port,
    rateBitsPerS: values.rate,
    keyFile: values.keyFile ?? `/etc/trafMon/cred/${ownName}.key`,
  };
}
