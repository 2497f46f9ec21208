import { observationTypes, type RecordWriter } from "@trafmon/observation";
import { IP_BYTES, PORTS, SECONDS } from "@trafmon/packet";
import { RecordPool } from "../tables/record-pool.ts";
import { IntervalCells } from "./interval-cells.ts";
import type { Measurement, MeasurementParts } from "./measurement.ts";

/** Words of a cell after its head: how many kinds of message it holds, and the chain of their tallies. */
const KINDS = 3;
const FIRST_TALLY = 4;
const CELL_STRIDE = 6;

/** A tally: messages of one type and code. Word 0 is the pool's. */
const NEXT = 1;
/** Type << 8 | code. */
const TYPE_AND_CODE = 2;
/** Doubles of a tally: forward, and the reverse one behind it. */
const PACKETS = 2;
const BYTES = 4;
const TALLY_STRIDE = 12;

/** An instance with more kinds of message than this is written early, so that finding a tally stays short. */
const MAX_KINDS = 64;

/** `icmpct`: ICMP and ICMPv6 messages per type and code. */
export class IcmpCounters extends IntervalCells implements Measurement {
  readonly #tallies: RecordPool;
  readonly #writer: RecordWriter<typeof observationTypes.icmpct>;
  readonly #record;

  constructor(parts: MeasurementParts, intervalS: number) {
    super(parts, intervalS, CELL_STRIDE);
    this.#tallies = new RecordPool(TALLY_STRIDE, this.pool.limit + MAX_KINDS);
    this.#writer = parts.sink.writerOf(observationTypes.icmpct);
    this.#record = {
      flow_id: 0,
      interval_start_s: 0,
      interval_s: intervalS,
      icmp_type: 0,
      icmp_code: 0,
      fwd_packets: 0,
      rev_packets: 0,
      fwd_bytes: 0,
      rev_bytes: 0,
    };
  }

  override get bytes(): number {
    return super.bytes + this.#tallies.bytes;
  }

  count(words: Int32Array, at: number, slot: number, reverse: number): void {
    const tally = this.#tallyOf(slot, words[at + SECONDS]!, words[at + PORTS]! & 0xffff);
    const double = (tally * TALLY_STRIDE) / 2 + reverse;
    const { numbers } = this.#tallies;
    numbers[double + PACKETS]! += 1;
    numbers[double + BYTES]! += words[at + IP_BYTES]! >>> 0;
  }

  #tallyOf(slot: number, s: number, typeAndCode: number): number {
    let base = this.cellAt(slot, s);
    const tallies = this.#tallies.words;
    for (let tally = this.pool.words[base + FIRST_TALLY]!; tally !== 0; tally = tallies[tally * TALLY_STRIDE + NEXT]!) {
      if (tallies[tally * TALLY_STRIDE + TYPE_AND_CODE] === typeAndCode) return tally;
    }
    if (this.pool.words[base + KINDS]! >= MAX_KINDS) {
      this.writeOf(slot);
      base = this.cellAt(slot, s);
    }
    let tally = this.#tallies.take();
    if (tally === 0) {
      this.writeAll();
      base = this.cellAt(slot, s);
      tally = this.#tallies.take();
    }
    this.#tallies.words[tally * TALLY_STRIDE + NEXT] = this.pool.words[base + FIRST_TALLY]!;
    this.#tallies.words[tally * TALLY_STRIDE + TYPE_AND_CODE] = typeAndCode;
    this.pool.words[base + FIRST_TALLY] = tally;
    this.pool.words[base + KINDS]! += 1;
    return tally;
  }

  protected write(base: number, flowId: number, startS: number): void {
    const { words, numbers } = this.#tallies;
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    for (let tally = this.pool.words[base + FIRST_TALLY]!; tally !== 0; ) {
      const at = tally * TALLY_STRIDE;
      record.icmp_type = words[at + TYPE_AND_CODE]! >> 8;
      record.icmp_code = words[at + TYPE_AND_CODE]! & 0xff;
      record.fwd_packets = numbers[at / 2 + PACKETS]!;
      record.rev_packets = numbers[at / 2 + PACKETS + 1]!;
      record.fwd_bytes = numbers[at / 2 + BYTES]!;
      record.rev_bytes = numbers[at / 2 + BYTES + 1]!;
      this.#writer.write(record);
      const next = words[at + NEXT]!;
      this.#tallies.give(tally);
      tally = next;
    }
  }
}
