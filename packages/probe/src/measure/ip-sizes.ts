import { type ObservationSink, observationTypes, type RecordWriter } from "@trafmon/observation";

/** IP lengths up to this are looked up; longer ones (offloaded, captured before they were cut up) are searched. */
const LOOKED_UP_BYTES = 65536;

/** `ipsz`: packets per slice of IP length. In a cell: forward and reverse packets of each slice in turn, unsigned. */
export class IpSizes {
  readonly #writer: RecordWriter<typeof observationTypes.ipsz>;
  readonly #bounds: readonly number[];
  readonly #first: number;
  /** Slice by IP length. */
  readonly #sliceOf = new Uint16Array(LOOKED_UP_BYTES);
  readonly #record;

  /** `first`: word of a cell where the slices begin. `bounds`: inner ones, bytes, rising; n bounds make n + 1 slices. */
  constructor(sink: ObservationSink, intervalS: number, first: number, bounds: readonly number[]) {
    this.#writer = sink.writerOf(observationTypes.ipsz);
    this.#bounds = bounds;
    this.#first = first;
    for (let bytes = 0; bytes < LOOKED_UP_BYTES; bytes++) this.#sliceOf[bytes] = sliceIn(bounds, bytes);
    this.#record = { flow_id: 0, interval_start_s: 0, interval_s: intervalS, slice: 0, fwd_packets: 0, rev_packets: 0 };
  }

  count(cells: Int32Array, base: number, bytes: number, reverse: number): void {
    const slice = bytes < LOOKED_UP_BYTES ? this.#sliceOf[bytes]! : sliceIn(this.#bounds, bytes);
    cells[base + this.#first + 2 * slice + reverse]! += 1;
  }

  write(cells: Int32Array, base: number, flowId: number, startS: number): void {
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    for (let slice = 0; slice <= this.#bounds.length; slice++) {
      const word = base + this.#first + 2 * slice;
      record.slice = slice;
      record.fwd_packets = cells[word]! >>> 0;
      record.rev_packets = cells[word + 1]! >>> 0;
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
