import { element, valuesOf } from "../element.ts";
import { ftpPorts } from "./ftp-transfers.ts";
import { interval, type MeasurementSchema } from "./measurement.ts";

export const ftpCountersElement = element({
  name: "ftpCounters",
  meaning:
    "FTP sessions, logins, transfers and bytes of data connections per flow instance of control connections and interval (log `ftpct`).",
  attributes: { interval, ports: ftpPorts },
});

export const ftpCounters: MeasurementSchema<"ftpCounters"> = {
  key: "ftpCounters",
  element: ftpCountersElement,
  settings: (read) => {
    const { interval: intervalS, ports } = valuesOf(read, ftpCountersElement);
    return { intervalS, ports: ports.flat() };
  },
};
