import { observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import { FLAG_FRAGMENT, FLAGS, IP_BYTES, NANOS, SECONDS } from "@trafmon/packet";
import { IntervalCells } from "./interval-cells.ts";
import type { MeasurementParts } from "./measurement.ts";

/** Words of a cell after its head. */
const FIRST_S = 3;
const FIRST_NANOS = 4;
const LAST_S = 5;
const LAST_NANOS = 6;
/** Doubles of a cell: forward, and the reverse one behind it. What every packet touches is within 64 bytes. */
const PACKETS = 4;
const BYTES = 6;
const FRAGMENTS = 8;
const DUPLICATE_PACKETS = 10;
const DUPLICATE_BYTES = 12;
const STRIDE = 32;

type Record = RecordOf<typeof observationTypes.ipct>;

/** `ipct`: every packet of the instance. */
export class IpCounters extends IntervalCells {
  readonly #writer: RecordWriter<typeof observationTypes.ipct>;
  readonly #record: Record;

  constructor(parts: MeasurementParts, intervalS: number) {
    super(parts, intervalS, STRIDE);
    this.#writer = parts.sink.writerOf(observationTypes.ipct);
    this.#record = emptyRecord(intervalS);
  }

  count(words: Int32Array, at: number, slot: number, reverse: number): void {
    const s = words[at + SECONDS]!;
    const nanos = words[at + NANOS]!;
    const base = this.cellAt(slot, s);
    const cells = this.pool.words;
    const { numbers } = this.pool;
    const double = base / 2 + reverse;
    if (numbers[base / 2 + PACKETS]! + numbers[base / 2 + PACKETS + 1]! === 0) {
      cells[base + FIRST_S] = cells[base + LAST_S] = s;
      cells[base + FIRST_NANOS] = cells[base + LAST_NANOS] = nanos;
    } else if (isBefore(cells[base + LAST_S]!, cells[base + LAST_NANOS]!, s, nanos)) {
      cells[base + LAST_S] = s;
      cells[base + LAST_NANOS] = nanos;
    } else if (isBefore(s, nanos, cells[base + FIRST_S]!, cells[base + FIRST_NANOS]!)) {
      cells[base + FIRST_S] = s;
      cells[base + FIRST_NANOS] = nanos;
    }
    numbers[double + PACKETS]! += 1;
    numbers[double + BYTES]! += words[at + IP_BYTES]! >>> 0;
    if (words[at + FLAGS]! & FLAG_FRAGMENT) numbers[double + FRAGMENTS]! += 1;
  }

  protected write(base: number, flowId: number, startS: number): void {
    const cells = this.pool.words;
    const { numbers } = this.pool;
    const double = base / 2;
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    record.fwd_packets = numbers[double + PACKETS]!;
    record.rev_packets = numbers[double + PACKETS + 1]!;
    record.fwd_bytes = numbers[double + BYTES]!;
    record.rev_bytes = numbers[double + BYTES + 1]!;
    record.fwd_fragments = numbers[double + FRAGMENTS]!;
    record.rev_fragments = numbers[double + FRAGMENTS + 1]!;
    record.fwd_duplicate_packets = numbers[double + DUPLICATE_PACKETS]!;
    record.rev_duplicate_packets = numbers[double + DUPLICATE_PACKETS + 1]!;
    record.fwd_duplicate_bytes = numbers[double + DUPLICATE_BYTES]!;
    record.rev_duplicate_bytes = numbers[double + DUPLICATE_BYTES + 1]!;
    record.first_s = cells[base + FIRST_S]! >>> 0;
    record.first_nanos = cells[base + FIRST_NANOS]!;
    record.last_s = cells[base + LAST_S]! >>> 0;
    record.last_nanos = cells[base + LAST_NANOS]!;
    this.#writer.write(record);
  }
}

/** Whether one instant is before another of the same interval; the difference is right where the sign bit turns, too. */
function isBefore(s: number, nanos: number, otherS: number, otherNanos: number): boolean {
  const ahead = (otherS - s) | 0;
  return ahead > 0 || (ahead === 0 && nanos < otherNanos);
}

function emptyRecord(intervalS: number): Record {
  return {
    flow_id: 0,
    interval_start_s: 0,
    interval_s: intervalS,
    fwd_packets: 0,
    rev_packets: 0,
    fwd_bytes: 0,
    rev_bytes: 0,
    fwd_fragments: 0,
    rev_fragments: 0,
    fwd_duplicate_packets: 0,
    rev_duplicate_packets: 0,
    fwd_duplicate_bytes: 0,
    rev_duplicate_bytes: 0,
    first_s: 0,
    first_nanos: 0,
    last_s: 0,
    last_nanos: 0,
  };
}
