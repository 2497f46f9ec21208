import type { ObservationType, RecordOf } from "./observation-type.ts";

/** Takes the records of one type. It keeps nothing of the object given, so callers fill the same one again. */
export interface RecordWriter<T extends ObservationType> {
  write(record: RecordOf<T>): void;
}

/** Where observations go once they are made: towards the collectors, or to whoever tests the measuring code. */
export interface ObservationSink {
  /** The writer of one type; ask once and keep it. */
  writerOf<T extends ObservationType>(type: T): RecordWriter<T>;
  /**
   * Everything captured before this instant has been written. It is also the sink's clock: pending records are sealed
   * by it, so that a replay seals the same records together every time.
   * `s`: seconds since the epoch, UTC; `nanos`: 0 .. 999999999. `heldS`: of what was captured from this second on, not
   * everything has been written all the same; absent: it has.
   */
  advance(s: number, nanos: number, heldS?: number): void;
}
