import { element, valuesOf } from "../element.ts";
import { interval, type MeasurementSchema } from "./measurement.ts";

export const ipCountersElement = element({
  name: "ipCounters",
  meaning:
    "IP packets, bytes and fragments per flow instance and interval, and copies of frames beside them (log `ipct`). The account class needs it: volumes are made of it.",
  attributes: { interval },
});

export const ipCounters: MeasurementSchema<"ipCounters"> = {
  key: "ipCounters",
  element: ipCountersElement,
  settings: (read) => ({ intervalS: valuesOf(read, ipCountersElement).interval }),
};
