import { partialValuesOf, type ReadElement, type Rule } from "@trafmon/settings/schema";
import { segmentHeaderBytes } from "../schema/ends-attributes.ts";
import { rootElement } from "../schema/root-element.ts";
import { familyOf } from "./ends-fit.ts";
import { faultAt, trafficOf } from "./traffic-of.ts";

/** Segments fit into packets, and the receive buffer holds at least one. */
export const segmentsFit: Rule = (root, faults) => {
  for (const each of trafficOf(root)) {
    const headers = headerBytes(each);
    const most = mostSegmentBytes(root, each);
    const { mss, window } = each.values as { mss?: number | null; window?: number };
    if (headers === null || most === null) continue;
    if (typeof mss === "number" && mss > most)
      faultAt(each, "mss", faults, `${mss} and headers of ${headers} are more than the mtu`, `${most} or less`);
    const segment = mss ?? most;
    if (window !== undefined && window < segment)
      faultAt(each, "window", faults, `${window} bytes do not hold a segment of ${segment}`, `${segment} or more`);
  }
};

/** Payload of a segment that fills a packet; null for what has no segments or could not be read. */
export function mostSegmentBytes(root: ReadElement, traffic: ReadElement): number | null {
  const { mtu } = partialValuesOf(root, rootElement);
  const headers = headerBytes(traffic);
  return mtu === undefined || headers === null ? null : mtu - headers;
}

function headerBytes(traffic: ReadElement): number | null {
  const { timestamps } = traffic.values;
  const family = familyOf(traffic, "from");
  return family === null || typeof timestamps !== "boolean" ? null : segmentHeaderBytes(family, timestamps);
}
