import { childrenOf, partialValuesOf, type ReadElement, type Rule } from "@trafmon/settings/schema";
import {
  binElement,
  fixedSizeElement,
  histogramElement,
  streamElement,
  uniformSizeElement,
} from "../schema/stream-element.ts";
import { familyOf } from "./ends-fit.ts";
import { faultAt, trafficOf } from "./traffic-of.ts";

export const streamsMakeSense: Rule = (root, faults) => {
  for (const stream of trafficOf(root).filter(({ schema }) => schema === streamElement)) {
    const values = partialValuesOf(stream, streamElement);
    if (values.packets === null && values.duration === null)
      faults.add(stream.source.line, stream.source.path, null, "it has no end", "packets or duration, or both");
    if ((values.on === null) !== (values.off === null))
      faultAt(stream, values.on === null ? "on" : "off", faults, "bursts need both on and off");
    const family = familyOf(stream, "from");
    const headers = (family === 6 ? 40 : 20) + (values.protocol === "tcp" ? 20 : 8);
    for (const [read, least, most] of sizes(stream)) {
      for (const [attribute, bytes] of [least, most]) {
        if (family !== null && typeof bytes === "number" && bytes < headers)
          faultAt(read, attribute, faults, `${bytes} bytes are fewer than the headers`, `${headers} or more`);
      }
      const [low, high] = [least[1], most[1]];
      if (typeof low === "number" && typeof high === "number" && high < low)
        faultAt(read, most[0], faults, `${high} is less than ${low}`, "the larger of both");
    }
  }
};

type Bound = readonly [attribute: string, bytes: number | null | undefined];

/** Every element of a stream that says sizes, with its bounds. */
function sizes(stream: ReadElement): readonly (readonly [ReadElement, Bound, Bound])[] {
  const fixed = childrenOf(stream, fixedSizeElement).map((read) => {
    const { bytes } = partialValuesOf(read, fixedSizeElement);
    return [read, ["bytes", bytes], ["bytes", null]] as const;
  });
  const uniform = childrenOf(stream, uniformSizeElement).map((read) => {
    const { from, to } = partialValuesOf(read, uniformSizeElement);
    return [read, ["from", from], ["to", to]] as const;
  });
  const bins = childrenOf(stream, histogramElement)
    .flatMap((read) => childrenOf(read, binElement))
    .map((read) => {
      const { bytes, upTo } = partialValuesOf(read, binElement);
      return [read, ["bytes", bytes], ["upTo", upTo]] as const;
    });
  return [...fixed, ...uniform, ...bins];
}
