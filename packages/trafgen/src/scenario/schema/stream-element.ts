import {
  childrenOf,
  choice,
  element,
  optional,
  type ReadElement,
  required,
  valuesOf,
  wholeNumber,
  withDefault,
  yesNo,
} from "@trafmon/settings/schema";
import type { PacketSize, StreamTraffic } from "../scenario.ts";
import { durationNs, rate } from "./amount-kinds.ts";
import { endsAttributes, endsOf } from "./ends-attributes.ts";
import { tcpFlags } from "./word-kinds.ts";

const ipBytes = wholeNumber(20, 65_535);

export const fixedSizeElement = element({
  name: "fixedSize",
  meaning: "All packets have the same size.",
  attributes: { bytes: required(ipBytes, "IP bytes of a packet, headers included.") },
});

export const uniformSizeElement = element({
  name: "uniformSize",
  meaning: "Sizes are drawn uniformly from a range.",
  attributes: {
    from: required(ipBytes, "Smallest packet, IP bytes."),
    to: required(ipBytes, "Largest packet, IP bytes."),
  },
});

export const imixElement = element({
  name: "imix",
  meaning:
    "The simple IMIX: 7 packets of 40 bytes, 4 of 576 and 1 of 1500 in 12, drawn by chance. Where headers need more than 40 bytes, these packets have no payload.",
  attributes: {},
});

export const binElement = element({
  name: "bin",
  meaning: "A size, or a range of sizes, and how common it is.",
  attributes: {
    bytes: required(ipBytes, "IP bytes of a packet; with upTo the smallest of the range."),
    upTo: optional(ipBytes, "Largest of the range.", "All packets of the bin have the same size."),
    weight: required(
      wholeNumber(1, 1_000_000_000),
      "How common: the bin's share is its weight over the sum of weights. Counts of a captured distribution can stand here as they are.",
    ),
  },
});

export const histogramElement = element({
  name: "histogram",
  meaning: "Sizes are drawn from a histogram, e.g. one that was measured.",
  attributes: {},
  children: () => [{ element: binElement, occurs: "some" }],
});

const sizeElements = [fixedSizeElement, uniformSizeElement, imixElement, histogramElement];

export const streamElement = element({
  name: "stream",
  meaning:
    "Single packets at a rate, from one side to the other: UDP datagrams, or TCP segments that belong to no connection. Larger packets than mtu go as fragments. It holds one element that says the sizes.",
  attributes: {
    ...endsAttributes("40000", "9"),
    protocol: withDefault(choice("udp", "tcp"), "udp", "Protocol of the packets."),
    rate: required(rate, "How fast: while bursts are on, the rate within them."),
    arrivals: withDefault(
      choice("constant", "poisson"),
      "constant",
      "Whether packets are evenly spaced, or come by chance with exponential gaps.",
    ),
    on: optional(durationNs("1us", "1d"), "Length of bursts.", "There are no bursts: it sends all the time."),
    off: optional(durationNs("1us", "1d"), "Pause between bursts.", "There are no bursts."),
    burstLengths: withDefault(
      choice("fixed", "exponential"),
      "fixed",
      "Whether on and off are the lengths, or the means of exponential lengths.",
    ),
    packets: optional(
      wholeNumber(1, 1_000_000_000_000),
      "How many packets in a cycle.",
      "As many as come in its duration.",
    ),
    duration: optional(
      durationNs("1us", "90d"),
      "How long it lasts in a cycle, pauses between bursts included.",
      "Until all packets are sent. One of packets and duration must be given; with both, what comes first ends it.",
    ),
    payload: withDefault(
      choice("mark", "zeros", "random"),
      "mark",
      "What is in the packets: a mark with sequence number and timestamp that receivers recognise (docs/traffic-generators.md), zeros, or bytes by chance.",
    ),
    checksum: withDefault(yesNo, "yes", "Whether UDP over IPv4 has a checksum. Over IPv6 there always is one."),
    dontFragment: withDefault(
      yesNo,
      "no",
      "Whether IPv4 packets bear the don't-fragment bit. A packet larger than mtu never does.",
    ),
    flags: withDefault(tcpFlags, "ack", "Flags of TCP segments."),
  },
  children: () => sizeElements.map((each) => ({ element: each, occurs: "one" as const })),
  mixture: { least: 1, most: 1 },
});

export function streamTraffic(read: ReadElement, number: number): StreamTraffic {
  const values = valuesOf(read, streamElement);
  return {
    ...endsOf(values, number),
    kind: "stream",
    protocol: values.protocol,
    rate: values.rate,
    arrivals: values.arrivals,
    bursts:
      values.on === null || values.off === null
        ? null
        : { onNs: values.on, offNs: values.off, lengths: values.burstLengths },
    packets: values.packets,
    durationNs: values.duration,
    payload: values.payload,
    hasChecksum: values.checksum,
    dontFragment: values.dontFragment,
    flags: values.flags,
    size: packetSize(read.children[0]!),
  };
}

const IMIX: PacketSize = {
  kind: "histogram",
  bins: [
    { fromBytes: 40, toBytes: 40, weight: 7 },
    { fromBytes: 576, toBytes: 576, weight: 4 },
    { fromBytes: 1500, toBytes: 1500, weight: 1 },
  ],
};

function packetSize(read: ReadElement): PacketSize {
  switch (read.schema.name) {
    case fixedSizeElement.name:
      return { kind: "fixed", bytes: valuesOf(read, fixedSizeElement).bytes };
    case uniformSizeElement.name: {
      const { from, to } = valuesOf(read, uniformSizeElement);
      return { kind: "uniform", fromBytes: from, toBytes: to };
    }
    case imixElement.name:
      return IMIX;
    default: {
      const bins = childrenOf(read, binElement).map((bin) => {
        const { bytes, upTo, weight } = valuesOf(bin, binElement);
        return { fromBytes: bytes, toBytes: upTo ?? bytes, weight };
      });
      return { kind: "histogram", bins };
    }
  }
}
