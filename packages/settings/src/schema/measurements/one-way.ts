import type { SignatureField } from "../../model/measurements.ts";
import { optional, required, withDefault } from "../attribute.ts";
import { childrenOf, element, valuesOf } from "../element.ts";
import { durationMs, wholeNumber } from "../number-kinds.ts";
import { choice, interfaceName, listOf, name } from "../text-kinds.ts";
import { interval, type MeasurementSchema } from "./measurement.ts";

export const signatureFields = [
  "version",
  "protocol",
  "addresses",
  "identification",
  "ports",
  "icmp",
  "sequence",
  "acknowledgement",
  "flags",
  "payload",
] as const satisfies readonly SignatureField[];

export const hopElement = element({
  name: "hop",
  meaning: "A place on the way that a class's packets take. Hops stand in the order of travel, numbered from 1.",
  attributes: {
    probe: required(name, "Probe that watches there."),
    interface: optional(interfaceName, "Interface it watches on.", "All interfaces of the probe."),
  },
});

/** A way has so many hops at most: what is known of a packet's hops fits a byte each way. */
export const MOST_HOPS = 8;

export const routeElement = element({
  name: "route",
  meaning:
    "A legal order of hops, where packets can take several ways or the hops are not passed in the order they stand in. Latencies and verdicts are told of each two consecutive hops of a route, and of its first and last. A packet counts for the route that explains best where it was seen, in case of doubt the one that stands first.",
  attributes: {
    hops: required(
      listOf(wholeNumber(1, MOST_HOPS), MOST_HOPS),
      "Numbers of the hops in the order of travel, each once. Every hop is on a route.",
    ),
  },
});

export const oneWayElement = element({
  name: "oneWay",
  meaning:
    "What became of each packet between the hops of its way, and how long it took: the collector puts together what the probes at the hops saw (logs `owct`, `owlat` or `owts`). The class should match one direction of the traffic only, for the other one goes through the hops backwards. The probes' clocks must agree. Each packet makes a record at each hop.",
  attributes: {
    interval,
    timeout: withDefault(
      durationMs("1ms", "10min"),
      "3s",
      "Longest time a packet takes between the first hop and the last. What is seen later is counted as dropped.",
    ),
    silentLimit: withDefault(
      durationMs("1s", "1d"),
      "10min",
      "How long the collector waits for the probe of a hop that sends nothing. Then what that hop might have seen counts as unknown, never as lost, and what the probe still sends of it as dropped. Longer needs more memory in the collector while a probe is away, and hides less when it comes back.",
    ),
    details: withDefault(
      choice("none", "latency", "timestamps"),
      "none",
      "What is written of each packet: nothing, its latency per pair of hops (log `owlat`), or the instant at every hop (log `owts`).",
    ),
    verdicts: withDefault(
      choice("together", "apart"),
      "together",
      "Whether lost, missed and dropped packets stand in one record with the matched ones (log `owct`), or in records of their own (logs `owlost`, `owmiss`, `owdrop`) and are 0 in `owct`.",
    ),
    fields: withDefault(
      listOf(choice(...signatureFields)),
      signatureFields.join(" "),
      "What tells one packet from all others, and is the same at every hop. Leave out what changes on the way, such as addresses and ports where they are translated. identification: of IPv4, and of fragments; icmp: type, code and the last four bytes of the header; sequence acknowledgement flags: of TCP; payload: of anything but TCP.",
    ),
    payload: withDefault(
      wholeNumber(0, 1024),
      "64",
      "Bytes of payload that count, from the first on. Every hop must capture as many: mind snapLength.",
    ),
  },
  children: () => [
    { element: hopElement, occurs: "some" },
    { element: routeElement, occurs: "any" },
  ],
});

export const oneWay: MeasurementSchema<"oneWay"> = {
  key: "oneWay",
  element: oneWayElement,
  settings: (read) => {
    const values = valuesOf(read, oneWayElement);
    const hops = childrenOf(read, hopElement).map((hop) => valuesOf(hop, hopElement));
    const routes = childrenOf(read, routeElement).map((route) => valuesOf(route, routeElement));
    return {
      intervalS: values.interval,
      timeoutMs: values.timeout,
      silentLimitMs: values.silentLimit,
      details: values.details,
      verdicts: values.verdicts,
      fields: signatureFields.filter((field) => values.fields.includes(field)),
      payloadBytes: values.payload,
      hops,
      routes: routes.length > 0 ? routes : [{ hops: hops.map((_, index) => index + 1) }],
    };
  },
};
