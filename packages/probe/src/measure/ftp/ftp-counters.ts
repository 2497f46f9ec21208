import { observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import { IntervalCells } from "../interval-cells.ts";
import type { MeasurementParts } from "../measurement.ts";

/** What happens on a control connection. */
export type FtpEvent =
  | "session_opened"
  | "login_accepted"
  | "login_refused"
  | "transfer_started"
  | "transfer_completed"
  | "transfer_failed"
  | "transfer_aborted";

const EVENTS: readonly FtpEvent[] = [
  "session_opened",
  "login_accepted",
  "login_refused",
  "transfer_started",
  "transfer_completed",
  "transfer_failed",
  "transfer_aborted",
];

/** Doubles of a cell, behind its head: the events, then the bytes of each direction. */
const FIRST_EVENT = 2;
const BYTES = FIRST_EVENT + EVENTS.length;
const STRIDE = 2 * (BYTES + 2);

/** `ftpct`: what happened in an instance's FTP sessions, told by the FTP analysis rather than by packets. */
export class FtpCounters extends IntervalCells {
  readonly #writer: RecordWriter<typeof observationTypes.ftpct>;
  readonly #record: RecordOf<typeof observationTypes.ftpct>;

  constructor(parts: MeasurementParts, intervalS: number) {
    super(parts, intervalS, STRIDE);
    this.#writer = parts.sink.writerOf(observationTypes.ftpct);
    this.#record = {
      flow_id: 0,
      interval_start_s: 0,
      interval_s: intervalS,
      sessions_opened: 0,
      logins_accepted: 0,
      logins_refused: 0,
      transfers_started: 0,
      transfers_completed: 0,
      transfers_failed: 0,
      transfers_aborted: 0,
      fwd_bytes: 0,
      rev_bytes: 0,
    };
  }

  /** It sees no packets. */
  count(): void {}

  /** `s`: second of what happened. */
  happened(slot: number, s: number, event: FtpEvent): void {
    this.pool.numbers[this.cellAt(slot, s) / 2 + FIRST_EVENT + EVENTS.indexOf(event)]! += 1;
  }

  /** Counts payload of a data connection. `reverse`: 0 or 1. */
  addBytes(slot: number, s: number, reverse: number, bytes: number): void {
    this.pool.numbers[this.cellAt(slot, s) / 2 + BYTES + reverse]! += bytes;
  }

  protected write(base: number, flowId: number, startS: number): void {
    const { numbers } = this.pool;
    const first = base / 2 + FIRST_EVENT;
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    record.sessions_opened = numbers[first]!;
    record.logins_accepted = numbers[first + 1]!;
    record.logins_refused = numbers[first + 2]!;
    record.transfers_started = numbers[first + 3]!;
    record.transfers_completed = numbers[first + 4]!;
    record.transfers_failed = numbers[first + 5]!;
    record.transfers_aborted = numbers[first + 6]!;
    record.fwd_bytes = numbers[base / 2 + BYTES]!;
    record.rev_bytes = numbers[base / 2 + BYTES + 1]!;
    this.#writer.write(record);
  }
}
