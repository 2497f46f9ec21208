import { element, valuesOf } from "../element.ts";
import { interval, type MeasurementSchema } from "./measurement.ts";

export const udpCountersElement = element({
  name: "udpCounters",
  meaning: "UDP datagrams, payload bytes and datagrams without checksum (log `udpct`).",
  attributes: { interval },
});

export const udpCounters: MeasurementSchema<"udpCounters"> = {
  key: "udpCounters",
  element: udpCountersElement,
  settings: (read) => ({ intervalS: valuesOf(read, udpCountersElement).interval }),
};
