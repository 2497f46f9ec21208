import { withDefault } from "../attribute.ts";
import { element, valuesOf } from "../element.ts";
import { durationS } from "../number-kinds.ts";
import type { MeasurementSchema } from "./measurement.ts";

const idleRange = durationS("1s", "7d");

export const tcpConnectionsElement = element({
  name: "tcpConnections",
  meaning:
    "One record per TCP connection, with everything known about it (log `tcpcx`). A connection in several classes is recorded once, under the first that asks.",
  attributes: {
    idle: withDefault(idleRange, "1h", "Silence after which an established connection is taken as ended."),
    synIdle: withDefault(
      idleRange,
      "60s",
      "Silence after which a connection that was never answered is taken as ended.",
    ),
    halfClosedIdle: withDefault(
      idleRange,
      "120s",
      "Silence after which a connection that one side has closed is taken as ended.",
    ),
    closedLinger: withDefault(
      durationS("0", "10min"),
      "5s",
      "Least time both closings stay acknowledged before the record is written, so that stragglers still count in it.",
    ),
  },
});

export const tcpConnections: MeasurementSchema<"tcpConnections"> = {
  key: "tcpConnections",
  element: tcpConnectionsElement,
  settings: (read) => {
    const values = valuesOf(read, tcpConnectionsElement);
    return {
      idleS: values.idle,
      synIdleS: values.synIdle,
      halfClosedIdleS: values.halfClosedIdle,
      closedLingerS: values.closedLinger,
    };
  },
};
