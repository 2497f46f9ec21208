import { childrenOf, type Faults, partialValuesOf, type ReadElement, type Rule } from "@trafmon/settings/schema";
import type { Side } from "../scenario.ts";
import {
  conversationElement,
  halfCloseElement,
  keepAliveElement,
  pauseElement,
  resetElement,
  sendElement,
  setWindowElement,
  stallElement,
} from "../schema/conversation-element.ts";
import { mostSegmentBytes } from "./segments-fit.ts";
import { faultAt, hopsOf, trafficOf } from "./traffic-of.ts";

export const stepsMakeSense: Rule = (root, faults) => {
  const places = ["sender", "receiver", ...hopsOf(root).map(({ values }) => values.name)];
  for (const each of trafficOf(root).filter(({ schema }) => schema === conversationElement)) {
    const { begin, mss: given } = partialValuesOf(each, conversationElement);
    const mss = given ?? mostSegmentBytes(root, each);
    const [first] = each.children;
    if ((begin === "refused" || begin === "unanswered") && first !== undefined)
      faults.add(first.source.line, first.source.path, null, `a connection that is ${begin} has no steps`);
    checkSteps(each, faults);
    for (const send of childrenOf(each, sendElement)) checkSend(send, mss, places, faults);
    for (const step of childrenOf(each, setWindowElement)) {
      const { bytes } = partialValuesOf(step, setWindowElement);
      if (bytes !== undefined && mss !== null && bytes < mss)
        faultAt(step, "bytes", faults, `${bytes} bytes do not hold a segment of ${mss}`, `${mss} or more`);
    }
  }
};

/** Nobody speaks after a FIN or RST of his own. */
function checkSteps(conversation: ReadElement, faults: Faults): void {
  const closed = new Set<Side>();
  let isReset = false;
  for (const step of conversation.children) {
    const by = step.values.by as Side | undefined;
    const { line, path } = step.source;
    if (isReset) faults.add(line, path, null, "the connection is reset by then", "reset as the last step");
    else if (by !== undefined && closed.has(by) && step.schema !== setWindowElement && step.schema !== pauseElement)
      faults.add(line, path, "by", `the ${by} has closed by then`, by === "client" ? "server" : "client");
    if (step.schema === halfCloseElement && by !== undefined) closed.add(by);
    if (step.schema === resetElement) isReset = true;
    if (step.schema === keepAliveElement && conversation.values.begin === "middle" && step === conversation.children[0])
      faults.add(line, path, null, "a connection that begins in its middle cannot begin with this", "a send before it");
  }
}

function checkSend(send: ReadElement, mss: number | null, places: readonly unknown[], faults: Faults): void {
  const { bytes, segment } = partialValuesOf(send, sendElement);
  if (typeof segment === "number" && mss !== null && segment > mss)
    faultAt(send, "segment", faults, `${segment} bytes are more than the mss`, `${mss} or less`);
  const segmentBytes = segment ?? mss;
  const segments = bytes === undefined || segmentBytes === null ? null : Math.ceil(bytes / segmentBytes);
  for (const trouble of send.children) {
    const { segment: number, at, afterBytes } = trouble.values;
    if (segments !== null && typeof number === "number" && number > segments)
      faultAt(trouble, "segment", faults, `there are ${segments} segments`, `1 to ${segments}`);
    if (at !== undefined && !places.includes(at))
      faultAt(trouble, "at", faults, `"${at}" is no hop of this path`, places.join(" "));
    if (trouble.schema === stallElement && bytes !== undefined && typeof afterBytes === "number" && afterBytes >= bytes)
      faultAt(trouble, "afterBytes", faults, `the send has ${bytes} bytes`, `0 to ${bytes - 1}`);
  }
}
