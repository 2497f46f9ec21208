import type { Counters, Logger } from "@trafmon/runtime";
import { ClockDiscipline } from "./capture/clock-discipline.ts";
import type { FileFault } from "./capture/file-capture.ts";
import type { InterfaceChange } from "./capture/live-capture.ts";
import { loadNativeBinding } from "./capture/native-binding.ts";
import { offloadWarnings } from "./capture/offloads.ts";
import type { FilteredInterface } from "./capture/replay-filters.ts";
import type { ProbeEvents } from "./probe-events.ts";

/** What happens to the probe's sources and records, told both in the log and as events. */
export class ProbeNews {
  readonly #log: Logger;
  readonly #captureLog: Logger;
  readonly #events: ProbeEvents;
  readonly #discipline = new ClockDiscipline();

  constructor(log: Logger, captureLog: Logger, events: ProbeEvents) {
    this.#log = log;
    this.#captureLog = captureLog;
    this.#events = events;
  }

  /** Filters as they can be applied to files: none without our binding, which is told. */
  applicable(filters: readonly FilteredInterface[]): readonly FilteredInterface[] {
    const filtered = filters.flatMap(({ name, filter }) => (filter === "" ? [] : [name]));
    if (filtered.length === 0) return filters;
    try {
      loadNativeBinding();
      return filters;
    } catch (error) {
      const text = "capture filters are not applied to files: the capture addon cannot be loaded";
      this.#log.warn({ interfaces: filtered, reason: (error as Error).message }, text);
      this.#events.tell("warning", "filter_not_applied", "probe", text, { interfaces: filtered });
      return filters.map(({ name }) => ({ name, filter: "" }));
    }
  }

  /** A record that cannot be written is a fault of ours, and a hole in what was measured. */
  refusedRecords(counters: Counters): void {
    const refused = Object.fromEntries(counters.byReason("records_refused").entries());
    if (Object.keys(refused).length === 0) return;
    this.#log.error({ refused }, "records with impossible values were not sent");
    this.#events.tell("error", "records_refused", "probe", "records with impossible values were not sent", refused);
  }

  faults(faults: readonly FileFault[]): void {
    for (const { path, fault, offset } of faults) {
      this.#log.warn({ path, offset, fault }, "a capture file could not be read to its end");
      this.#events.tell("warning", "capture_file_damaged", path, "a capture file could not be read to its end", {
        fault,
        offset,
      });
    }
  }

  offloads(interfaceNames: readonly string[]): void {
    for (const { interfaceName, on, fix } of offloadWarnings(loadNativeBinding(), interfaceNames)) {
      const text = "offloads are on: captured frames are not those on the wire";
      this.#captureLog.warn({ interface: interfaceName, on, fix }, text);
      this.#events.tell("warning", "offloads_on", interfaceName, text, { on, fix });
    }
  }

  /** Whether intervals and one-way delays can be trusted. */
  clock(): void {
    const state = loadNativeBinding().clock();
    const news = this.#discipline.look(state);
    if (news === null) return;
    const figures = state === null ? {} : { offset_ns: state.offsetNs, error_ns: state.errorNs };
    if (news === "good") {
      this.#captureLog.info(figures, "the clock of this machine is kept right");
      this.#events.tell(
        "info",
        "clock_disciplined",
        "probe",
        "the clock of the probe's machine is kept right",
        figures,
      );
      return;
    }
    const [text, fix] =
      news === "adrift"
        ? ["nothing keeps the clock of the probe's machine right", "apt-get install chrony, and see chronyc tracking"]
        : ["the clock of the probe's machine may be far off", "see chronyc tracking, or the time server it follows"];
    this.#captureLog.warn({ ...figures, fix }, `${text}: times, and one-way delays above all, cannot be relied on`);
    this.#events.tell("warning", "clock_undisciplined", "probe", text, { ...figures, fix });
  }

  interface({ interfaceName, isUp, reason }: InterfaceChange): void {
    if (isUp) {
      this.#captureLog.info({ interface: interfaceName }, "an interface is back");
      this.#events.tell("info", "interface_back", interfaceName, "the interface gives packets again");
      // It may be another one of the same name.
      this.offloads([interfaceName]);
    } else {
      this.#captureLog.warn({ interface: interfaceName, reason }, "an interface has failed");
      this.#events.tell("warning", "interface_failed", interfaceName, "the interface gives no packets any more", {
        reason,
      });
    }
  }
}
