import { type ObservationSink, observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import { type Clock, instantOf } from "@trafmon/runtime";

type EventRecord = RecordOf<typeof observationTypes.event>;

/** What happens to the probe as a whole, as records beside what it measures. */
export class ProbeEvents {
  readonly #writer: RecordWriter<typeof observationTypes.event>;
  readonly #clock: Clock;

  constructor(sink: ObservationSink, clock: Clock) {
    this.#writer = sink.writerOf(observationTypes.event);
    this.#clock = clock;
  }

  /**
   * `code`: fixed for ever; `origin`: the part or interface it concerns; `parameters`: its figures, which in a replay
   * must be the same every time.
   */
  tell(severity: EventRecord["severity"], code: string, origin: string, text: string, parameters: object = {}): void {
    const { s, nanos } = instantOf(this.#clock);
    this.#writer.write({
      at_s: s,
      at_nanos: nanos,
      origin,
      severity,
      code,
      text,
      parameters: JSON.stringify(parameters),
    });
  }
}
