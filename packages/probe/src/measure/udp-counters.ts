import { type ObservationSink, observationTypes, type RecordWriter } from "@trafmon/observation";
import { CHECKSUM, PAYLOAD_BYTES } from "@trafmon/packet";

/** Words: forward, and the reverse one behind it; unsigned. */
const DATAGRAMS = 0;
const PAYLOAD = 2;
const CHECKSUMLESS = 4;

/** `udpct`: UDP datagrams; a fragmented one counts once, with its first fragment. */
export class UdpCounters {
  readonly #writer: RecordWriter<typeof observationTypes.udpct>;
  readonly #record;
  readonly #first: number;

  /** `first`: word of a cell where the counts begin. */
  constructor(sink: ObservationSink, intervalS: number, first: number) {
    this.#writer = sink.writerOf(observationTypes.udpct);
    this.#first = first;
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

  /** Counts a datagram whose packet the cell has taken. It has less payload than the packet bytes. */
  count(cells: Int32Array, base: number, words: Int32Array, at: number, reverse: number): void {
    const counts = base + this.#first + reverse;
    cells[counts + DATAGRAMS]! += 1;
    cells[counts + PAYLOAD]! += words[at + PAYLOAD_BYTES]!;
    if (words[at + CHECKSUM] === 0) cells[counts + CHECKSUMLESS]! += 1;
  }

  write(cells: Int32Array, base: number, flowId: number, startS: number): void {
    const counts = base + this.#first;
    if ((cells[counts + DATAGRAMS]! | cells[counts + DATAGRAMS + 1]!) === 0) return;
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    record.fwd_datagrams = cells[counts + DATAGRAMS]! >>> 0;
    record.rev_datagrams = cells[counts + DATAGRAMS + 1]! >>> 0;
    record.fwd_payload_bytes = cells[counts + PAYLOAD]! >>> 0;
    record.rev_payload_bytes = cells[counts + PAYLOAD + 1]! >>> 0;
    record.fwd_checksumless = cells[counts + CHECKSUMLESS]! >>> 0;
    record.rev_checksumless = cells[counts + CHECKSUMLESS + 1]! >>> 0;
    this.#writer.write(record);
  }
}
