import {
  childrenOf,
  choice,
  element,
  name,
  optional,
  type ReadElement,
  required,
  size,
  valuesOf,
  wholeNumber,
  withDefault,
} from "@trafmon/settings/schema";
import type { ConversationTraffic, Hop, Place, Stall, Step, Trouble } from "../scenario.ts";
import { durationNs } from "./amount-kinds.ts";
import {
  endsAttributes,
  endsOf,
  repetitionAttributes,
  repetitionOf,
  tcpAttributes,
  tcpMannersOf,
} from "./ends-attributes.ts";

const side = choice("client", "server");

const at = withDefault(
  name,
  "sender",
  "Where on its way: sender (before all taps), receiver (behind all taps), or the name of a hop (on the way to it).",
);

const segment = required(
  wholeNumber(1, 1_000_000_000),
  "Number of the segment within the send, from 1. Retransmissions are not counted.",
);

export const loseElement = element({
  name: "lose",
  meaning:
    "A data segment is lost. Whether it is sent again after three duplicate ACKs or after the time-out follows from what comes behind it: as in life, the last segments of a send need the time-out.",
  attributes: {
    segment,
    times: withDefault(wholeNumber(1, 20), "1", "How many transmissions of it are lost: 2 loses the first repeat too."),
    at,
  },
});

export const delayElement = element({
  name: "delay",
  meaning:
    "A data segment is held up on its way. Held up a little, it comes out of order if others follow it at once; held up longer than three segments behind it take, it is sent again for nothing (and D-SACK says so).",
  attributes: {
    segment,
    by: withDefault(durationNs("1us", "10min"), "180us", "How much later it comes."),
    at,
  },
});

export const duplicateElement = element({
  name: "duplicate",
  meaning: "A copy of a data segment comes behind it, equal to the last byte, as networks and mirror ports make them.",
  attributes: {
    segment,
    by: withDefault(durationNs("1us", "10min"), "20us", "How much later the copy comes."),
    at,
  },
});

export const loseAckElement = element({
  name: "loseAck",
  meaning: "An acknowledgement without payload is lost, among those that answer this send.",
  attributes: {
    number: required(wholeNumber(1, 1_000_000_000), "Number of the ACK since the send began, from 1."),
    at,
  },
});

export const stallElement = element({
  name: "stall",
  meaning:
    "The receiving program stops reading for a while: its window closes, the sender probes it, and a window update opens it again.",
  attributes: {
    afterBytes: withDefault(size("0", "1GiB"), "0", "It stops once it has read so many bytes of this send."),
    for: withDefault(durationNs("1ms", "1h"), "2s", "How long it does not read."),
  },
});

export const sendElement = element({
  name: "send",
  meaning:
    "One side sends bytes. The next step begins when the other side has all of them, or, if it is this side's again, when all are acknowledged.",
  attributes: {
    by: required(side, "Who sends."),
    bytes: required(size("1", "1GiB"), "How many bytes."),
    segment: optional(wholeNumber(1, 8960), "Payload of each segment; no more than mss.", "The mss."),
  },
  children: () => [
    { element: loseElement, occurs: "any" },
    { element: delayElement, occurs: "any" },
    { element: duplicateElement, occurs: "any" },
    { element: loseAckElement, occurs: "any" },
    { element: stallElement, occurs: "any" },
  ],
});

export const pauseElement = element({
  name: "pause",
  meaning: "Nothing happens for a while.",
  attributes: { for: required(durationNs("1us", "1d"), "How long.") },
});

export const keepAliveElement = element({
  name: "keepAlive",
  meaning: "One side asks whether the other is still there, with segments of no payload below what is acknowledged.",
  attributes: {
    by: required(side, "Who asks."),
    count: withDefault(wholeNumber(1, 1000), "1", "How often."),
    every: withDefault(durationNs("1ms", "1d"), "10s", "Time before each."),
  },
});

export const setWindowElement = element({
  name: "setWindow",
  meaning: "The receive buffer of one side gets another size; the other side hears of it at once.",
  attributes: {
    by: required(side, "Whose buffer."),
    bytes: required(size("512", "1GiB"), "Its new size."),
  },
});

export const halfCloseElement = element({
  name: "halfClose",
  meaning: "One side sends its FIN; the other may go on sending.",
  attributes: { by: required(side, "Who closes.") },
});

export const resetElement = element({
  name: "reset",
  meaning: "One side sends RST. It must be the last step.",
  attributes: { by: required(side, "Who resets.") },
});

const stepElements = [sendElement, pauseElement, keepAliveElement, setWindowElement, halfCloseElement, resetElement];

export const conversationElement = element({
  name: "conversation",
  meaning: "A TCP connection whose every step is scripted. The steps stand in it in order.",
  attributes: {
    ...endsAttributes("49152-65535", "9009"),
    ...repetitionAttributes,
    ...tcpAttributes,
    begin: withDefault(
      choice("handshake", "middle", "refused", "unanswered"),
      "handshake",
      "How it begins: with a handshake, in its middle as if the taps had come late, with a SYN that is answered with RST, or with SYNs that nobody answers (four of them). The last two have no steps.",
    ),
    ending: withDefault(
      choice("fin", "reset", "open"),
      "fin",
      "How it ends after the last step: FINs of both sides, the client's first; RST by the client; or not at all.",
    ),
  },
  children: () => stepElements.map((each) => ({ element: each, occurs: "any" as const })),
  mixture: { least: 0, most: 100_000 },
});

export function conversationTraffic(
  read: ReadElement,
  number: number,
  mtuBytes: number,
  hops: readonly Hop[],
): ConversationTraffic {
  const values = valuesOf(read, conversationElement);
  return {
    ...endsOf(values, number),
    ...repetitionOf(values),
    ...tcpMannersOf(values, values.from.family, mtuBytes),
    kind: "conversation",
    begin: values.begin,
    ending: values.ending,
    steps: read.children.map((each) => stepOf(each, hops)),
  };
}

function stepOf(read: ReadElement, hops: readonly Hop[]): Step {
  switch (read.schema.name) {
    case sendElement.name:
      return sendStep(read, hops);
    case pauseElement.name:
      return { kind: "pause", forNs: valuesOf(read, pauseElement).for };
    case keepAliveElement.name: {
      const { by, count, every } = valuesOf(read, keepAliveElement);
      return { kind: "keepAlive", by, count, everyNs: every };
    }
    case setWindowElement.name:
      return { kind: "setWindow", ...valuesOf(read, setWindowElement) };
    case halfCloseElement.name:
      return { kind: "halfClose", by: valuesOf(read, halfCloseElement).by };
    default:
      return { kind: "reset", by: valuesOf(read, resetElement).by };
  }
}

function sendStep(read: ReadElement, hops: readonly Hop[]): Step {
  const { by, bytes, segment } = valuesOf(read, sendElement);
  const troubles: Trouble[] = [
    ...childrenOf(read, loseElement).map((each): Trouble => {
      const values = valuesOf(each, loseElement);
      return { kind: "lose", number: values.segment, times: values.times, byNs: 0, at: placeOf(values.at, hops) };
    }),
    ...childrenOf(read, delayElement).map((each): Trouble => {
      const values = valuesOf(each, delayElement);
      return { kind: "delay", number: values.segment, times: 1, byNs: values.by, at: placeOf(values.at, hops) };
    }),
    ...childrenOf(read, duplicateElement).map((each): Trouble => {
      const values = valuesOf(each, duplicateElement);
      return { kind: "duplicate", number: values.segment, times: 1, byNs: values.by, at: placeOf(values.at, hops) };
    }),
    ...childrenOf(read, loseAckElement).map((each): Trouble => {
      const values = valuesOf(each, loseAckElement);
      return { kind: "loseAck", number: values.number, times: 1, byNs: 0, at: placeOf(values.at, hops) };
    }),
  ];
  const stalls = childrenOf(read, stallElement).map((each): Stall => {
    const values = valuesOf(each, stallElement);
    return { afterBytes: values.afterBytes, forNs: values.for };
  });
  return { kind: "send", by, bytes, segmentBytes: segment, troubles, stalls };
}

/** A rule has made sure that there is such a hop. */
function placeOf(text: string, hops: readonly Hop[]): Place {
  return text === "sender" || text === "receiver" ? text : { hop: hops.findIndex((each) => each.name === text) + 1 };
}
