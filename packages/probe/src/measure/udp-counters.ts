import { observationTypes, type RecordWriter } from "@trafmon/observation";
import { CHECKSUM, PAYLOAD_BYTES, SECONDS } from "@trafmon/packet";
import { IntervalCells } from "./interval-cells.ts";
import type { MeasurementParts } from "./measurement.ts";

/** Doubles of a cell: forward, and the reverse one behind it. */
const DATAGRAMS = 2;
const PAYLOAD = 4;
const CHECKSUMLESS = 6;
const STRIDE = 16;

/** `udpct`: UDP datagrams; a fragmented one counts once, with its first fragment. */
export class UdpCounters extends IntervalCells {
  readonly #writer: RecordWriter<typeof observationTypes.udpct>;
  readonly #record;

  constructor(parts: MeasurementParts, intervalS: number) {
    super(parts, intervalS, STRIDE);
    this.#writer = parts.sink.writerOf(observationTypes.udpct);
    this.#record = {
      flow_id: 0,
      interval_start_s: 0,
      interval_s: intervalS,
      fwd_datagrams: 0,
      rev_datagrams: 0,
      fwd_payload_bytes: 0,
      rev_payload_bytes: 0,
      fwd_checksumless: 0,
      rev_checksumless: 0,
    };
  }

  count(words: Int32Array, at: number, slot: number, reverse: number): void {
    const base = this.cellAt(slot, words[at + SECONDS]!);
    const { numbers } = this.pool;
    const double = base / 2 + reverse;
    numbers[double + DATAGRAMS]! += 1;
    numbers[double + PAYLOAD]! += words[at + PAYLOAD_BYTES]! >>> 0;
    if (words[at + CHECKSUM] === 0) numbers[double + CHECKSUMLESS]! += 1;
  }

  protected write(base: number, flowId: number, startS: number): void {
    const { numbers } = this.pool;
    const double = base / 2;
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    record.fwd_datagrams = numbers[double + DATAGRAMS]!;
    record.rev_datagrams = numbers[double + DATAGRAMS + 1]!;
    record.fwd_payload_bytes = numbers[double + PAYLOAD]!;
    record.rev_payload_bytes = numbers[double + PAYLOAD + 1]!;
    record.fwd_checksumless = numbers[double + CHECKSUMLESS]!;
    record.rev_checksumless = numbers[double + CHECKSUMLESS + 1]!;
    this.#writer.write(record);
  }
}
