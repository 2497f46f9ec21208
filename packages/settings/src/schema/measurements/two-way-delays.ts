import type { RequestProtocol } from "../../model/request-settings.ts";
import { withDefault } from "../attribute.ts";
import { element, valuesOf } from "../element.ts";
import { delayBounds, durationMs } from "../number-kinds.ts";
import { choice, listOf } from "../text-kinds.ts";
import { interval, type MeasurementSchema } from "./measurement.ts";

export const requestProtocolNames = [
  "icmp",
  "dns",
  "ntp",
  "snmp",
  "http",
  "tls",
  "tcp-handshake",
  "udp",
  "tcp",
  "user",
] as const satisfies readonly RequestProtocol[];

export const requestProtocolList = listOf(choice(...requestProtocolNames));

export const twoWayDelaysElement = element({
  name: "twoWayDelays",
  meaning:
    "Requests, how many were answered, and how long the answers took, per protocol, flow instance and interval (log `twoway`). The class must match both directions. Which ports speak which protocol says requestProtocols.",
  attributes: {
    interval,
    protocols: withDefault(
      requestProtocolList,
      requestProtocolNames.join(" "),
      "The protocols measured. udp, tcp and user do nothing until requestProtocols gives them ports or signatures.",
    ),
    timeout: withDefault(
      durationMs("1ms", "10min"),
      "5s",
      "How long after a request's first copy a reply counts as its answer. A later one is late, and the request unanswered.",
    ),
    late: withDefault(
      durationMs("0", "10min"),
      "30s",
      "How long after the time-out a reply is still known as late. Until then a transaction record waits.",
    ),
    bounds: withDefault(
      delayBounds,
      "1ms 2ms 5ms 10ms 20ms 50ms 100ms 200ms 500ms 1s 2s",
      "Where one slice of the delay distribution ends and the next begins: n bounds make n + 1 slices, the first from 0, the last without end. A delay equal to a bound is in the upper slice.",
    ),
  },
});

export const twoWayDelays: MeasurementSchema<"twoWayDelays"> = {
  key: "twoWayDelays",
  element: twoWayDelaysElement,
  settings: (read, ports) => {
    const values = valuesOf(read, twoWayDelaysElement);
    return {
      intervalS: values.interval,
      protocols: [...new Set(values.protocols)],
      timeoutMs: values.timeout,
      lateMs: values.late,
      boundsNs: values.bounds,
      ports,
    };
  },
};
