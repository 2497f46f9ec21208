import { observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import { FLAG_DUPLICATE, FLAG_FRAGMENT, FLAGS, IP_BYTES, NANOS, SECONDS } from "@trafmon/packet";
import { CELL_START, IntervalCells } from "./interval-cells.ts";
import type { MeasurementParts } from "./measurement.ts";

/** Words of a cell after its head. First and last second count from the interval's start: first | last << 16. */
const SECONDS_IN = 3;
const FIRST_NANOS = 4;
const LAST_NANOS = 5;
/** Forward, and the reverse one behind it; unsigned, and written early before one overflows. */
const PACKETS = 6;
const BYTES = 8;
const FRAGMENTS = 10;
const DUPLICATE_PACKETS = 12;
const DUPLICATE_BYTES = 14;
const STRIDE = 16;

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
    let base = this.cellAt(slot, s);
    const bytes = words[at + IP_BYTES]! >>> 0;
    let total = (this.pool.words[base + BYTES + reverse]! >>> 0) + bytes;
    if (total > 0xffffffff) {
      this.writeOf(slot);
      base = this.cellAt(slot, s);
      total = bytes;
    }
    const cells = this.pool.words;
    this.#notice(base, (s - cells[base + CELL_START]!) | 0, words[at + NANOS]!);
    // There are fewer packets than bytes, so these cannot overflow before.
    cells[base + PACKETS + reverse]! += 1;
    cells[base + BYTES + reverse] = total;
    const flags = words[at + FLAGS]!;
    if ((flags & (FLAG_FRAGMENT | FLAG_DUPLICATE)) === 0) return;
    if (flags & FLAG_FRAGMENT) cells[base + FRAGMENTS + reverse]! += 1;
    if ((flags & FLAG_DUPLICATE) === 0) return;
    cells[base + DUPLICATE_PACKETS + reverse]! += 1;
    // Part of the bytes above, so it cannot overflow before them.
    cells[base + DUPLICATE_BYTES + reverse] = (cells[base + DUPLICATE_BYTES + reverse]! >>> 0) + bytes;
  }

  /** Notes an instant of the cell's interval. `second`: from its start. */
  #notice(base: number, second: number, nanos: number): void {
    const cells = this.pool.words;
    const seconds = cells[base + SECONDS_IN]!;
    const last = seconds >>> 16;
    const isFirst = (cells[base + PACKETS]! | cells[base + PACKETS + 1]!) === 0;
    if (isFirst || second > last || (second === last && nanos >= cells[base + LAST_NANOS]!)) {
      cells[base + SECONDS_IN] = (isFirst ? second : seconds & 0xffff) | (second << 16);
      cells[base + LAST_NANOS] = nanos;
      if (isFirst) cells[base + FIRST_NANOS] = nanos;
      return;
    }
    const first = seconds & 0xffff;
    if (second < first || (second === first && nanos < cells[base + FIRST_NANOS]!)) {
      cells[base + SECONDS_IN] = second | (last << 16);
      cells[base + FIRST_NANOS] = nanos;
    }
  }

  protected write(base: number, flowId: number, startS: number): void {
    const cells = this.pool.words;
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    record.fwd_packets = cells[base + PACKETS]! >>> 0;
    record.rev_packets = cells[base + PACKETS + 1]! >>> 0;
    record.fwd_bytes = cells[base + BYTES]! >>> 0;
    record.rev_bytes = cells[base + BYTES + 1]! >>> 0;
    record.fwd_fragments = cells[base + FRAGMENTS]! >>> 0;
    record.rev_fragments = cells[base + FRAGMENTS + 1]! >>> 0;
    record.fwd_duplicate_packets = cells[base + DUPLICATE_PACKETS]! >>> 0;
    record.rev_duplicate_packets = cells[base + DUPLICATE_PACKETS + 1]! >>> 0;
    record.fwd_duplicate_bytes = cells[base + DUPLICATE_BYTES]! >>> 0;
    record.rev_duplicate_bytes = cells[base + DUPLICATE_BYTES + 1]! >>> 0;
    record.first_s = startS + (cells[base + SECONDS_IN]! & 0xffff);
    record.first_nanos = cells[base + FIRST_NANOS]!;
    record.last_s = startS + (cells[base + SECONDS_IN]! >>> 16);
    record.last_nanos = cells[base + LAST_NANOS]!;
    this.#writer.write(record);
  }
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
