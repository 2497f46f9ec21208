import type { Measurements } from "../../model/measurements.ts";
import type { RequestProtocolPorts } from "../../model/request-settings.ts";
import { withDefault } from "../attribute.ts";
import type { ElementSchema, ReadElement } from "../element.ts";
import { interval as intervalKind } from "../number-kinds.ts";

/** One measurement a class can ask for: its element, named as its key in the model, and how its settings are made. */
export interface MeasurementSchema<K extends keyof Measurements = keyof Measurements> {
  readonly key: K;
  readonly element: ElementSchema;
  /** `ports`: what the whole file says of request/response protocols. */
  settings(read: ReadElement, ports: RequestProtocolPorts): NonNullable<Measurements[K]>;
}

/** Every counter has one. */
export const interval = withDefault(
  intervalKind,
  "60s",
  "Length of the intervals counted over, aligned to the epoch. Those above a minute fill the tables per hour and per day only.",
);
