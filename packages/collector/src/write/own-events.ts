import { formatLine, observationTypes, type RecordOf } from "@trafmon/observation";
import { type Clock, instantOf, type Logger } from "@trafmon/runtime";
import type { CommittedLogs } from "./committed-logs.ts";

type EventRecord = RecordOf<typeof observationTypes.event>;

/** What the collector itself has to tell goes to its log and, as records under its own name, to the event files. */
export class OwnEvents {
  readonly #logs: CommittedLogs;
  readonly #collector: string;
  readonly #epoch: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #format = formatLine(observationTypes.event);
  #recordNo = 0;

  constructor(logs: CommittedLogs, collector: string, epoch: string, clock: Clock, log: Logger) {
    this.#logs = logs;
    this.#collector = collector;
    this.#epoch = epoch;
    this.#clock = clock;
    this.#log = log;
  }

  /** `code`: fixed for ever; `origin`: whom it concerns; `parameters`: its figures. */
  tell(severity: EventRecord["severity"], code: string, origin: string, text: string, parameters: object = {}): void {
    const { s, nanos } = instantOf(this.#clock);
    const record: EventRecord = {
      at_s: s,
      at_nanos: nanos,
      origin,
      severity,
      code,
      text,
      parameters: JSON.stringify(parameters),
    };
    this.#logs.append(
      observationTypes.event,
      `${this.#format(record, this.#collector, this.#epoch, ++this.#recordNo)}\n`,
    );
    const level = severity === "warning" ? "warn" : severity;
    this.#log[level]({ code, origin, ...parameters }, text);
  }
}
