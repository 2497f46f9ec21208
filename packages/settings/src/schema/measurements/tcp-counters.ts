import { element, valuesOf } from "../element.ts";
import { interval, type MeasurementSchema } from "./measurement.ts";

export const tcpCountersElement = element({
  name: "tcpCounters",
  meaning:
    "TCP quality per flow instance and interval: connections opened and how they ended, payload, retransmissions, reordering, zero windows, round-trip times (log `tcpct`).",
  attributes: { interval },
});

export const tcpCounters: MeasurementSchema<"tcpCounters"> = {
  key: "tcpCounters",
  element: tcpCountersElement,
  settings: (read) => ({ intervalS: valuesOf(read, tcpCountersElement).interval }),
};
