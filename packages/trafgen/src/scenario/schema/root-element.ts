import {
  type ElementSchema,
  element,
  instant,
  interfaceName,
  name,
  optional,
  path,
  required,
  title,
  wholeNumber,
  withDefault,
  yesNo,
} from "@trafmon/settings/schema";
import { mac } from "./address-kinds.ts";
import { cycles, durationNs, share, signedDurationNs } from "./amount-kinds.ts";
import { conversationElement } from "./conversation-element.ts";
import { exchangeElements } from "./exchange-elements.ts";
import { streamElement } from "./stream-element.ts";

export const targetElement = element({
  name: "target",
  meaning:
    "Where the packets go, unless -w, -i or -s of the command line says otherwise. One of captureFile, interface and sockets is given.",
  attributes: {
    captureFile: optional(
      path,
      "A pcap file to be written, with nanoseconds; with several hops one for each, which has the hop's name before its ending.",
      "No file.",
    ),
    interface: optional(
      interfaceName,
      "A network interface that the packets are sent on as they are, both sides of a conversation too.",
      "No interface.",
    ),
    sourceMac: optional(
      mac,
      "Ethernet address of the side that begins. Frames of the other side have both addresses exchanged.",
      "The interface's own; in files 02:00:00:00:00:02.",
    ),
    destinationMac: optional(
      mac,
      "Ethernet address of the other side, or of the router to it.",
      "In files 02:00:00:00:00:01; an interface needs one.",
    ),
    sockets: withDefault(
      yesNo,
      "no",
      "Whether the operating system sends: this machine is the side that begins, real servers are the other.",
    ),
  },
});

export const hopElement = element({
  name: "hop",
  meaning:
    "A tap, and the way to it from the hop before; for packets of the other side, the same way back. To the first hop the way is from the side that begins, on top of the clientDelay of its traffic.",
  attributes: {
    name: required(name, "Name of the hop: in its file's name, and for scripted troubles."),
    delay: withDefault(durationNs("0", "10min"), "0", "One-way delay."),
    jitter: withDefault(durationNs("0", "1min"), "0", "Added to the delay by chance: uniform from 0 to this."),
    loss: withDefault(share, "0", "Share of the packets that are lost."),
    duplicates: withDefault(share, "0", "Share of the packets that are doubled; the copy goes on by itself."),
    reordered: withDefault(share, "0", "Share of the packets that are held up so that others overtake them."),
    reorderedBy: withDefault(durationNs("1us", "1min"), "2ms", "How long they are held up."),
    missed: withDefault(
      share,
      "0",
      "Share of the packets that pass without the tap seeing them. At the last tap of a packet's way nobody can tell that from loss.",
    ),
    doubled: withDefault(share, "0", "Share of the packets that the tap sees twice, as a mirror port may show them."),
    clockOffset: withDefault(
      signedDurationNs("1h"),
      "0",
      "Error of the tap's clock: added to its timestamps. The ledger's instants and delays at this hop have it too, since a monitor must find it.",
    ),
    routers: withDefault(wholeNumber(0, 63), "0", "Routers on the way: each takes one from the TTL or hop limit."),
  },
});

export const pathElement = element({
  name: "path",
  meaning:
    "The taps that the traffic passes, in the direction from the side that begins to the other. Each gets a capture file of its own. On interfaces and sockets the network is the real one, and this is left out.",
  attributes: {},
  children: () => [{ element: hopElement, occurs: "some" }],
});

export const trafficElements: readonly ElementSchema[] = [streamElement, conversationElement, ...exchangeElements];

export const trafficElement = element({
  name: "traffic",
  meaning: "What is sent, all at its own times. At most 1000 elements.",
  attributes: {},
  children: () => trafficElements.map((each) => ({ element: each, occurs: "any" as const })),
  mixture: { least: 1, most: 1000 },
});

export const rootElement = element({
  name: "trafgen",
  meaning: "A scenario of trafgen.",
  attributes: {
    title: withDefault(title, "trafgen", "What the scenario is for; printed and written into the ledger."),
    seed: withDefault(
      wholeNumber(0, 4_294_967_295),
      "1",
      "Beginning of all chance. The same scenario and seed give the same capture files, byte for byte.",
    ),
    startAt: withDefault(
      instant,
      "2026-01-05T00:00:00Z",
      "Instant that capture files begin at. On interfaces and sockets it begins at once.",
    ),
    cycles: withDefault(cycles, "1", "How often all is repeated."),
    pause: withDefault(durationNs("0", "1d"), "0", "From the end of one cycle to the beginning of the next."),
    mtu: withDefault(wholeNumber(1280, 9216), "1500", "Longest IP packet; a longer one is sent as fragments."),
  },
  children: () => [
    { element: targetElement, occurs: "optional" },
    { element: pathElement, occurs: "optional" },
    { element: trafficElement, occurs: "one" },
  ],
});
