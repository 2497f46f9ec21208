import { type ObservationSink, observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import { FLAG_DUPLICATE, FLAG_FRAGMENT, FLAGS, IP_BYTES, NANOS } from "@trafmon/packet";

/** Words of a cell after its head. First and last second count from the interval's start: first | last << 16. */
const SECONDS_IN = 3;
const FIRST_NANOS = 4;
const LAST_NANOS = 5;
/** Forward, and the reverse one behind it; unsigned. */
export const PACKETS = 6;
export const BYTES = 8;
/** First word that is not taken by these. */
export const IP_WORDS = 10;
/** Rare ones, in the same way, in the rest of the cell (packet-cells.ts). */
const FRAGMENTS = 0;
const DUPLICATE_PACKETS = 2;
const DUPLICATE_BYTES = 4;
export const RARE_IP_WORDS = 6;
/** Bits of FLAGS of packets that count in them. */
export const IP_RARITIES = FLAG_FRAGMENT | FLAG_DUPLICATE;

type Record = RecordOf<typeof observationTypes.ipct>;

/** `ipct`: every packet of the instance. */
export class IpCounters {
  readonly #writer: RecordWriter<typeof observationTypes.ipct>;
  readonly #record: Record;
  readonly #isAsked: boolean;

  /** `isAsked`: whether records are wanted, or only the counts. */
  constructor(sink: ObservationSink, intervalS: number, isAsked: boolean) {
    this.#writer = sink.writerOf(observationTypes.ipct);
    this.#record = emptyRecord(intervalS);
    this.#isAsked = isAsked;
  }

  /** Counts a packet whose bytes are in the cell already. `second`: from the interval's start. */
  count(cells: Int32Array, base: number, second: number, words: Int32Array, at: number, reverse: number): void {
    notice(cells, base, second, words[at + NANOS]!);
    // There are fewer packets than bytes, so these cannot overflow before.
    cells[base + PACKETS + reverse]! += 1;
  }

  /** Counts what is rare of a packet that has any of IP_RARITIES. `rare`: word of the rests where that begins. */
  countRare(rests: Int32Array, rare: number, words: Int32Array, at: number, reverse: number): void {
    const flags = words[at + FLAGS]!;
    if (flags & FLAG_FRAGMENT) rests[rare + FRAGMENTS + reverse]! += 1;
    if ((flags & FLAG_DUPLICATE) === 0) return;
    rests[rare + DUPLICATE_PACKETS + reverse]! += 1;
    // Part of the bytes of all packets, so it cannot overflow before them.
    rests[rare + DUPLICATE_BYTES + reverse]! += words[at + IP_BYTES]!;
  }

  /** `rests`, `rare`: as above; of a cell without any, of the empty one. */
  write(cells: Int32Array, base: number, rests: Int32Array, rare: number, flowId: number, startS: number): void {
    // The cell may have been opened for an event without a packet.
    if (!this.#isAsked || isEmpty(cells, base)) return;
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    record.fwd_packets = cells[base + PACKETS]! >>> 0;
    record.rev_packets = cells[base + PACKETS + 1]! >>> 0;
    record.fwd_bytes = cells[base + BYTES]! >>> 0;
    record.rev_bytes = cells[base + BYTES + 1]! >>> 0;
    record.fwd_fragments = rests[rare + FRAGMENTS]! >>> 0;
    record.rev_fragments = rests[rare + FRAGMENTS + 1]! >>> 0;
    record.fwd_duplicate_packets = rests[rare + DUPLICATE_PACKETS]! >>> 0;
    record.rev_duplicate_packets = rests[rare + DUPLICATE_PACKETS + 1]! >>> 0;
    record.fwd_duplicate_bytes = rests[rare + DUPLICATE_BYTES]! >>> 0;
    record.rev_duplicate_bytes = rests[rare + DUPLICATE_BYTES + 1]! >>> 0;
    record.first_s = startS + (cells[base + SECONDS_IN]! & 0xffff);
    record.first_nanos = cells[base + FIRST_NANOS]!;
    record.last_s = startS + (cells[base + SECONDS_IN]! >>> 16);
    record.last_nanos = cells[base + LAST_NANOS]!;
    this.#writer.write(record);
  }
}

function isEmpty(cells: Int32Array, base: number): boolean {
  return (cells[base + PACKETS]! | cells[base + PACKETS + 1]!) === 0;
}

/** Notes an instant of the cell's interval. `second`: from its start. */
function notice(cells: Int32Array, base: number, second: number, nanos: number): void {
  const seconds = cells[base + SECONDS_IN]!;
  const last = seconds >>> 16;
  const isFirst = isEmpty(cells, base);
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
