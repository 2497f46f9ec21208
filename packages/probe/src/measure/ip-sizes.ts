import { type ObservationSink, observationTypes, type RecordWriter } from "@trafmon/observation";
import { IP_BYTES, SECONDS } from "@trafmon/packet";
import { IntervalCells } from "./interval-cells.ts";
import type { MeasurementParts } from "./measurement.ts";

/** Word of a cell where the slices begin: forward and reverse packets of each in turn, unsigned. */
const SLICES = 3;
const MOST_PACKETS = 0xffffffff;
/** IP lengths up to this are looked up; longer ones (offloaded, captured before they were cut up) are searched. */
const LOOKED_UP_BYTES = 65536;

/** `ipsz`: packets per slice of IP length. */
export class IpSizes extends IntervalCells {
  readonly #writer: RecordWriter<typeof observationTypes.ipsz>;
  readonly #bounds: readonly number[];
  /** Slice by IP length. */
  readonly #sliceOf = new Uint16Array(LOOKED_UP_BYTES);
  readonly #record;

  /** `bounds`: inner bounds, bytes, rising; n bounds make n + 1 slices. */
  constructor(parts: MeasurementParts, intervalS: number, bounds: readonly number[]) {
    const words = SLICES + 2 * (bounds.length + 1);
    super(parts, intervalS, words + (words & 1));
    this.#writer = parts.sink.writerOf(observationTypes.ipsz);
    this.#bounds = bounds;
    for (let bytes = 0; bytes < LOOKED_UP_BYTES; bytes++) this.#sliceOf[bytes] = sliceIn(bounds, bytes);
    this.#record = { flow_id: 0, interval_start_s: 0, interval_s: intervalS, slice: 0, fwd_packets: 0, rev_packets: 0 };
  }

  count(words: Int32Array, at: number, slot: number, reverse: number): void {
    const bytes = words[at + IP_BYTES]! >>> 0;
    const slice = bytes < LOOKED_UP_BYTES ? this.#sliceOf[bytes]! : sliceIn(this.#bounds, bytes);
    const word = SLICES + 2 * slice + reverse;
    let base = this.cellAt(slot, words[at + SECONDS]!);
    if (this.pool.words[base + word]! >>> 0 === MOST_PACKETS) {
      this.writeOf(slot);
      base = this.cellAt(slot, words[at + SECONDS]!);
    }
    this.pool.words[base + word]! += 1;
  }

  protected write(base: number, flowId: number, startS: number): void {
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    for (let slice = 0; slice <= this.#bounds.length; slice++) {
      const word = base + SLICES + 2 * slice;
      record.slice = slice;
      record.fwd_packets = this.pool.words[word]! >>> 0;
      record.rev_packets = this.pool.words[word + 1]! >>> 0;
      if (record.fwd_packets + record.rev_packets > 0) this.#writer.write(record);
    }
  }
}

function sliceIn(bounds: readonly number[], bytes: number): number {
  let slice = 0;
  while (slice < bounds.length && bytes >= bounds[slice]!) slice++;
  return slice;
}

/** Says what the slices of a class's size distribution are. */
export function announceSizeSlices(sink: ObservationSink, className: string, bounds: readonly number[]): void {
  const writer = sink.writerOf(observationTypes.slice);
  for (let slice = 0; slice <= bounds.length; slice++) {
    writer.write({
      class: className,
      metric: observationTypes.ipsz.name,
      slice,
      lower: slice === 0 ? 0 : bounds[slice - 1]!,
      upper: bounds[slice] ?? null,
    });
  }
}
