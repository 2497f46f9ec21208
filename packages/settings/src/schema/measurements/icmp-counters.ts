import { element, valuesOf } from "../element.ts";
import { interval, type MeasurementSchema } from "./measurement.ts";

export const icmpCountersElement = element({
  name: "icmpCounters",
  meaning: "ICMP and ICMPv6 packets and bytes per type and code (log `icmpct`).",
  attributes: { interval },
});

export const icmpCounters: MeasurementSchema<"icmpCounters"> = {
  key: "icmpCounters",
  element: icmpCountersElement,
  settings: (read) => ({ intervalS: valuesOf(read, icmpCountersElement).interval }),
};
