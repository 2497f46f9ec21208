import { withDefault } from "../attribute.ts";
import { element, valuesOf } from "../element.ts";
import { sliceBounds } from "../number-kinds.ts";
import { interval, type MeasurementSchema } from "./measurement.ts";

export const ipSizesElement = element({
  name: "ipSizes",
  meaning: "Packets per slice of IP length, per flow instance and interval (log `ipsz`).",
  attributes: {
    interval,
    bounds: withDefault(
      sliceBounds,
      "64 128 256 512 1024 1280 1500",
      "Where one slice ends and the next begins, bytes of IP length: n bounds make n + 1 slices, the first from 0, the last without end. A length equal to a bound is in the upper slice.",
    ),
  },
});

export const ipSizes: MeasurementSchema<"ipSizes"> = {
  key: "ipSizes",
  element: ipSizesElement,
  settings: (read) => {
    const { interval: intervalS, bounds } = valuesOf(read, ipSizesElement);
    return { intervalS, bounds };
  },
};
