import { withDefault } from "../attribute.ts";
import { element, valuesOf } from "../element.ts";
import { port } from "../network-kinds.ts";
import { durationS } from "../number-kinds.ts";
import { listOf } from "../text-kinds.ts";
import type { MeasurementSchema } from "./measurement.ts";

export const ftpPorts = withDefault(
  listOf(port),
  "21",
  "TCP ports of FTP control connections. Where services.tsv does not know one, its traffic counts as service ftp. Data connections are found by what is said there, whatever their ports and class; passwords are never recorded.",
);

export const ftpTransfersElement = element({
  name: "ftpTransfers",
  meaning:
    "One record per FTP transfer: who, what, how much, how fast and what became of it (log `ftptf`). A session in several classes is recorded once, under the first that asks. A data connection that the control connection announces counts as service ftp-data, so volumes by service show it. Of sessions that go over to TLS nothing is known but an event.",
  attributes: {
    ports: ftpPorts,
    window: withDefault(
      durationS("0", "5min"),
      "5s",
      "How long a data connection and what is said of it may come in the wrong order: one that began so long before is still found, and a transfer waits so long for one. Where classes differ, the longest counts.",
    ),
  },
});

export const ftpTransfers: MeasurementSchema<"ftpTransfers"> = {
  key: "ftpTransfers",
  element: ftpTransfersElement,
  settings: (read) => {
    const { ports, window } = valuesOf(read, ftpTransfersElement);
    return { ports: ports.flat(), windowS: window };
  },
};
