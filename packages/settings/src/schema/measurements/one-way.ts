import type { SignatureField } from "../../model.ts";
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
    details: withDefault(
      choice("none", "latency", "timestamps"),
      "none",
      "What is written of each packet: nothing, its latency per pair of hops (log `owlat`), or the instant at every hop (log `owts`).",
    ),
    verdicts: withDefault(
      choice("together", "apart"),
      "together",
      "Whether matched, lost, missed and dropped packets stand in one record (log `owct`) or in records of their own (logs `owlost`, `owmiss`, `owdrop`).",
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
  children: () => [{ element: hopElement, occurs: "some" }],
});

export const oneWay: MeasurementSchema<"oneWay"> = {
  key: "oneWay",
  element: oneWayElement,
  settings: (read) => {
    const values = valuesOf(read, oneWayElement);
    return {
      intervalS: values.interval,
      timeoutMs: values.timeout,
      details: values.details,
      verdicts: values.verdicts,
      fields: signatureFields.filter((field) => values.fields.includes(field)),
      payloadBytes: values.payload,
      hops: childrenOf(read, hopElement).map((hop) => valuesOf(hop, hopElement)),
    };
  },
};
