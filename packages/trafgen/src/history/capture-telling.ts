import { blankRecord, observationTypes, type RecordOf } from "@trafmon/observation";
import type { FaultCalendar } from "./faults.ts";
import type { HistoryLogs } from "./history-logs.ts";
import { SIZE_BOUNDS } from "./packet-counts.ts";
import { instantOf } from "./span.ts";

/** Share of packets a machine loses that is too slow. */
const DROPPED_SHARE = 0.008;
const LINK_HEADER_BYTES = 14;

/** Tells what the probe has to say of itself: capture statistics and events. */
export class CaptureTelling {
  readonly #logs: HistoryLogs;
  readonly #faults: FaultCalendar;
  readonly #intervalS: number;

  constructor(logs: HistoryLogs, faults: FaultCalendar, intervalS: number) {
    this.#logs = logs;
    this.#faults = faults;
    this.#intervalS = intervalS;
  }

  /** What every run begins with. Nobody is to take this for measured traffic. */
  begin(atS: number, about: object): void {
    this.event(atS, "info", "probe_started", "the probe has started", {});
    this.event(atS, "warning", "synthetic_history", "these observations are made up by trafgen_history", about);
    for (let slice = 0; slice <= SIZE_BOUNDS.length; slice++) {
      this.#logs.write(observationTypes.slice, {
        ...blankRecord(observationTypes.slice),
        class: "all",
        metric: "ipsz",
        slice,
        lower: SIZE_BOUNDS[slice - 1] ?? 0,
        upper: SIZE_BOUNDS[slice] ?? null,
      });
    }
  }

  event(
    atS: number,
    severity: RecordOf<typeof observationTypes.event>["severity"],
    code: string,
    text: string,
    parameters: object,
  ): void {
    const { s, nanos } = instantOf(atS);
    this.#logs.write(observationTypes.event, {
      at_s: s,
      at_nanos: nanos,
      origin: "probe",
      severity,
      code,
      text,
      parameters: JSON.stringify(parameters),
    });
  }

  /** Statistics of the interface over one interval. */
  statistics(intervalStartS: number, { packets, bytes }: { packets: number; bytes: number }): void {
    const drops = this.#faults.isOn("capture drops", intervalStartS) ? Math.ceil(packets * DROPPED_SHARE) : 0;
    this.#logs.write(observationTypes.capst, {
      ...blankRecord(observationTypes.capst),
      interface: "tap1",
      interval_start_s: intervalStartS,
      interval_s: this.#intervalS,
      packets,
      bytes: bytes + packets * LINK_HEADER_BYTES,
      ip_packets: packets,
      ip_bytes: bytes,
      matched: packets,
      kernel_dropped: drops,
    });
    if (drops > 0) {
      this.event(
        intervalStartS + this.#intervalS,
        "warning",
        "packets_dropped",
        "packets were dropped before capture",
        {
          interface: "tap1",
          kernel: drops,
        },
      );
    }
  }
}
