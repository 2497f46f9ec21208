import { withDefault } from "../attribute.ts";
import { element, valuesOf } from "../element.ts";
import { yesNo } from "../text-kinds.ts";
import type { MeasurementSchema } from "./measurement.ts";
import { requestProtocolList, requestProtocolNames } from "./two-way-delays.ts";

export const transactionsElement = element({
  name: "transactions",
  meaning:
    "One record per request of the class's twoWayDelays, with its instants and what it asked (log `trans`). Names, paths and answers are in it, so ask for it where they may be kept; SNMP communities never are. On busy servers these records are most of what a probe sends.",
  attributes: {
    protocols: withDefault(
      requestProtocolList,
      requestProtocolNames.join(" "),
      "The protocols recorded, of those that twoWayDelays measures.",
    ),
    query: withDefault(
      yesNo,
      "no",
      "Whether the path of an HTTP request is recorded with its query, which may hold what people typed.",
    ),
  },
});

export const transactions: MeasurementSchema<"transactions"> = {
  key: "transactions",
  element: transactionsElement,
  settings: (read) => {
    const { protocols, query } = valuesOf(read, transactionsElement);
    return { protocols: [...new Set(protocols)], query };
  },
};
