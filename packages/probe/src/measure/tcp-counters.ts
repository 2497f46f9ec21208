import { observationTypes, type RecordWriter } from "@trafmon/observation";
import { INSTANCE_CELLS, INSTANCE_STRIDE } from "../classify/instance-record.ts";
import { RecordPool } from "../tables/record-pool.ts";
import { emptyRecordOf } from "./empty-record.ts";
import type { MeasurementParts } from "./measurement.ts";
import { RTT_CHUNK_WORDS, RttHistograms } from "./tcp/rtt-histograms.ts";
import type { ConnectionEvent, ConnectionEventCounter, SegmentVerdict } from "./tcp/segment-verdict.ts";

const EVENTS: readonly ConnectionEvent[] = ["opened", "established", "closed", "reset", "refused", "timed_out"];

/** Words of a cell: forward, and the reverse one behind it; unsigned. */
const PACKETS = 0;
const PAYLOAD = 2;
const UNIQUE = 4;

/** Words of the details of a cell, in the same way: a line of memory. */
const SYN = 0;
const SYNACK = 2;
const FIN = 4;
const RST = 6;
const EVENT_COUNTS = 8;
/** Records that most never need, 0: none. Round trips, and what went wrong. */
const ROUND_TRIPS = 14;
const TROUBLE = 15;
const DETAILS_STRIDE = 16;

/** Words of round trips, in the same way: a line of memory. */
const RTT_SAMPLES = 0;
/** What is kept of each direction's histogram. */
const HISTOGRAMS = 2;
/** Doubles. */
const RTT_SUM = 4;
const RTT_MIN = 8;
const RTT_MAX = 12;
const ROUND_TRIPS_STRIDE = 16;

/** Words of what went wrong, in the same way. */
const SYN_REPEATS = 0;
const FIN_REPEATS = 2;
const RETRANSMITTED = 4;
const RETRANSMITTED_BYTES = 6;
const OUT_OF_ORDER = 8;
const DUPLICATE_ACKS = 10;
const ZERO_WINDOWS = 12;
const EPISODES = 14;
const TROUBLE_STRIDE = 16;

/** Finds the cell that an instant counts in. */
interface CellFinder {
  cellOf(slot: number, s: number): number;
  writeAll(): void;
}

/**
 * `tcpct`: what happened on an instance's TCP connections. What every segment adds to is in the packet cell; the rest is
 * in a record of its own, taken when something first happens, which the instance's cell behind that one names.
 */
export class TcpCounters implements ConnectionEventCounter {
  readonly #instances: RecordPool;
  readonly #cells: CellFinder;
  readonly #first: number;
  /** Word of an instance that names its details, 0: none. */
  readonly #detailsWord: number;
  readonly #details: RecordPool;
  /** Record 0 of both is always empty. */
  readonly #roundTrips: RecordPool;
  readonly #troubles: RecordPool;
  readonly #verdict: SegmentVerdict;
  readonly #histograms: RttHistograms;
  readonly #writer: RecordWriter<typeof observationTypes.tcpct>;
  readonly #record = emptyRecordOf(observationTypes.tcpct);

  /** `first`: word of a cell where the counts begin. */
  constructor(parts: MeasurementParts, intervalS: number, first: number, cells: CellFinder) {
    this.#instances = parts.instances;
    this.#cells = cells;
    this.#first = first;
    this.#detailsWord = INSTANCE_CELLS + parts.place + 1;
    this.#details = new RecordPool(DETAILS_STRIDE, parts.instances.limit);
    this.#roundTrips = new RecordPool(ROUND_TRIPS_STRIDE, parts.instances.limit);
    this.#troubles = new RecordPool(TROUBLE_STRIDE, parts.instances.limit);
    this.#verdict = parts.verdict;
    this.#histograms = new RttHistograms(Math.max(16_384, 4 * parts.instances.limit));
    this.#writer = parts.sink.writerOf(observationTypes.tcpct);
    this.#record.interval_s = intervalS;
  }

  get bytes(): number {
    return this.#details.bytes + this.#roundTrips.bytes + this.#troubles.bytes + this.#histograms.bytes;
  }

  /** Counts a segment whose packet the cell at `base` has taken. `s`: seconds, any sign. */
  count(cells: Int32Array, base: number, slot: number, s: number, reverse: number): void {
    const counts = base + this.#first + reverse;
    const verdict = this.#verdict;
    cells[counts + PACKETS]! += 1;
    cells[counts + PAYLOAD]! += verdict.payloadBytes;
    cells[counts + UNIQUE]! += verdict.uniqueBytes;
    if (!verdict.isNotable) return;
    if (verdict.rttNs >= 0) this.#sample(slot, s, reverse === 0 ? 1 : 0, verdict.rttNs);
    this.#countNotable(this.#detailsOf(slot), reverse);
  }

  connectionEvent(slot: number, s: number, event: ConnectionEvent): void {
    this.#cells.cellOf(slot, s);
    this.#details.words[this.#detailsOf(slot) + EVENT_COUNTS + EVENTS.indexOf(event)]! += 1;
  }

  /**
   * Reads of the details of instances, so that they are fetched into the cache: of `members[from .. until)`, each an
   * instance << 1 | its direction.
   */
  touch(members: Int32Array, from: number, until: number): number {
    const details = this.#details.words;
    const instances = this.#instances.words;
    const word = this.#detailsWord;
    let touched = 0;
    for (let index = from; index < until; index++) {
      touched ^= details[instances[(members[index]! >>> 1) * INSTANCE_STRIDE + word]! * DETAILS_STRIDE]!;
    }
    return touched;
  }

  /** Reads of the round trips that these details name, once they are in the cache, and of the histogram a sample goes to. */
  touchNamed(members: Int32Array, from: number, until: number): number {
    const details = this.#details.words;
    const instances = this.#instances.words;
    const word = this.#detailsWord;
    const roundTrips = this.#roundTrips.words;
    const { chunks } = this.#histograms;
    let touched = 0;
    for (let index = from; index < until; index++) {
      const member = members[index]!;
      const named = details[instances[(member >>> 1) * INSTANCE_STRIDE + word]! * DETAILS_STRIDE + ROUND_TRIPS]!;
      // A segment samples the round trip of the opposite direction.
      const kept = roundTrips[named * ROUND_TRIPS_STRIDE + HISTOGRAMS + (~member & 1)]!;
      touched ^= chunks[kept > 0 ? kept * RTT_CHUNK_WORDS : 0]!;
    }
    return touched;
  }

  /** Where the details of an instance's open cell begin, made if there are none. */
  #detailsOf(slot: number): number {
    const instances = this.#instances.words;
    const word = slot * INSTANCE_STRIDE + this.#detailsWord;
    if (instances[word] === 0) instances[word] = this.#details.take();
    return instances[word]! * DETAILS_STRIDE;
  }

  #countNotable(details: number, reverse: number): void {
    const { words } = this.#details;
    const at = details + reverse;
    const verdict = this.#verdict;
    if (verdict.isSyn) words[at + SYN]! += 1;
    if (verdict.isSynAck) words[at + SYNACK]! += 1;
    if (verdict.isFin) words[at + FIN]! += 1;
    if (verdict.isRst) words[at + RST]! += 1;
    const isTrouble =
      verdict.isSynRepeat ||
      verdict.isFinRepeat ||
      verdict.isRetransmission ||
      verdict.isOutOfOrder ||
      verdict.isDuplicateAck ||
      verdict.isZeroWindow;
    if (isTrouble) this.#countTrouble(this.#troubleOf(details) + reverse);
  }

  #countTrouble(at: number): void {
    const { words } = this.#troubles;
    const verdict = this.#verdict;
    if (verdict.isSynRepeat) words[at + SYN_REPEATS]! += 1;
    if (verdict.isFinRepeat) words[at + FIN_REPEATS]! += 1;
    if (verdict.isRetransmission) {
      words[at + RETRANSMITTED]! += 1;
      words[at + RETRANSMITTED_BYTES]! += verdict.retransmittedBytes;
    }
    if (verdict.isOutOfOrder) words[at + OUT_OF_ORDER]! += 1;
    if (verdict.isDuplicateAck) words[at + DUPLICATE_ACKS]! += 1;
    if (verdict.isZeroWindow) words[at + ZERO_WINDOWS]! += 1;
    if (verdict.isZeroWindowEpisode) words[at + EPISODES]! += 1;
  }

  /** Where the round trips of these details begin, made if there are none. */
  #roundTripsOf(details: number): number {
    const { words } = this.#details;
    if (words[details + ROUND_TRIPS] === 0) words[details + ROUND_TRIPS] = this.#roundTrips.take();
    return words[details + ROUND_TRIPS]! * ROUND_TRIPS_STRIDE;
  }

  /** Where what went wrong with these details begins, made if there is nothing. */
  #troubleOf(details: number): number {
    const { words } = this.#details;
    if (words[details + TROUBLE] === 0) words[details + TROUBLE] = this.#troubles.take();
    return words[details + TROUBLE]! * TROUBLE_STRIDE;
  }

  /** Takes a round-trip time of a direction: that of the data which the segment acknowledges. */
  #sample(slot: number, s: number, direction: number, ns: number): void {
    if (this.#histograms.isFull) {
      this.#cells.writeAll();
      this.#cells.cellOf(slot, s);
    }
    const { words, numbers } = this.#roundTrips;
    const at = this.#roundTripsOf(this.#detailsOf(slot));
    const double = at / 2 + direction;
    const before = words[at + RTT_SAMPLES + direction]!;
    words[at + RTT_SAMPLES + direction] = before + 1;
    numbers[double + RTT_SUM / 2]! += ns;
    if (before === 0 || ns < numbers[double + RTT_MIN / 2]!) numbers[double + RTT_MIN / 2] = ns;
    if (ns > numbers[double + RTT_MAX / 2]!) numbers[double + RTT_MAX / 2] = ns;
    const head = at + HISTOGRAMS + direction;
    words[head] = this.#histograms.add(words[head]!, ns);
  }

  /** Writes what the instance's cell at `base` counted, and lets go of its details. */
  write(cells: Int32Array, base: number, slot: number, flowId: number, startS: number): void {
    const counts = base + this.#first;
    const instances = this.#instances.words;
    const details = instances[slot * INSTANCE_STRIDE + this.#detailsWord]!;
    if (details === 0 && (cells[counts + PACKETS]! | cells[counts + PACKETS + 1]!) === 0) return;
    this.#fill(cells, counts, details * DETAILS_STRIDE, flowId, startS);
    this.#writer.write(this.#record);
    if (details === 0) return;
    const { words } = this.#details;
    const roundTrips = words[details * DETAILS_STRIDE + ROUND_TRIPS]!;
    if (roundTrips !== 0) this.#roundTrips.give(roundTrips);
    const trouble = words[details * DETAILS_STRIDE + TROUBLE]!;
    if (trouble !== 0) this.#troubles.give(trouble);
    this.#details.give(details);
    instances[slot * INSTANCE_STRIDE + this.#detailsWord] = 0;
  }

  /** `at`: of the details; those of record 0 are always empty. */
  #fill(cells: Int32Array, counts: number, at: number, flowId: number, startS: number): void {
    const { words } = this.#details;
    const { words: troubles } = this.#troubles;
    const trouble = words[at + TROUBLE]! * TROUBLE_STRIDE;
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    const event = at + EVENT_COUNTS;
    record.connections_opened = words[event]! >>> 0;
    record.connections_established = words[event + 1]! >>> 0;
    record.connections_closed = words[event + 2]! >>> 0;
    record.connections_reset = words[event + 3]! >>> 0;
    record.connections_refused = words[event + 4]! >>> 0;
    record.connections_timed_out = words[event + 5]! >>> 0;
    record.fwd_packets = cells[counts + PACKETS]! >>> 0;
    record.rev_packets = cells[counts + PACKETS + 1]! >>> 0;
    record.fwd_payload_bytes = cells[counts + PAYLOAD]! >>> 0;
    record.rev_payload_bytes = cells[counts + PAYLOAD + 1]! >>> 0;
    record.fwd_unique_payload_bytes = cells[counts + UNIQUE]! >>> 0;
    record.rev_unique_payload_bytes = cells[counts + UNIQUE + 1]! >>> 0;
    record.fwd_syn = words[at + SYN]! >>> 0;
    record.rev_syn = words[at + SYN + 1]! >>> 0;
    record.fwd_syn_repeats = troubles[trouble + SYN_REPEATS]! >>> 0;
    record.rev_syn_repeats = troubles[trouble + SYN_REPEATS + 1]! >>> 0;
    record.fwd_synack = words[at + SYNACK]! >>> 0;
    record.rev_synack = words[at + SYNACK + 1]! >>> 0;
    record.fwd_fin = words[at + FIN]! >>> 0;
    record.rev_fin = words[at + FIN + 1]! >>> 0;
    record.fwd_fin_repeats = troubles[trouble + FIN_REPEATS]! >>> 0;
    record.rev_fin_repeats = troubles[trouble + FIN_REPEATS + 1]! >>> 0;
    record.fwd_rst = words[at + RST]! >>> 0;
    record.rev_rst = words[at + RST + 1]! >>> 0;
    record.fwd_retransmitted_segments = troubles[trouble + RETRANSMITTED]! >>> 0;
    record.rev_retransmitted_segments = troubles[trouble + RETRANSMITTED + 1]! >>> 0;
    record.fwd_retransmitted_bytes = troubles[trouble + RETRANSMITTED_BYTES]! >>> 0;
    record.rev_retransmitted_bytes = troubles[trouble + RETRANSMITTED_BYTES + 1]! >>> 0;
    record.fwd_out_of_order_segments = troubles[trouble + OUT_OF_ORDER]! >>> 0;
    record.rev_out_of_order_segments = troubles[trouble + OUT_OF_ORDER + 1]! >>> 0;
    record.fwd_duplicate_acks = troubles[trouble + DUPLICATE_ACKS]! >>> 0;
    record.rev_duplicate_acks = troubles[trouble + DUPLICATE_ACKS + 1]! >>> 0;
    record.fwd_zero_windows = troubles[trouble + ZERO_WINDOWS]! >>> 0;
    record.rev_zero_windows = troubles[trouble + ZERO_WINDOWS + 1]! >>> 0;
    record.fwd_zero_window_episodes = troubles[trouble + EPISODES]! >>> 0;
    record.rev_zero_window_episodes = troubles[trouble + EPISODES + 1]! >>> 0;
    this.#fillRoundTrips(words[at + ROUND_TRIPS]! * ROUND_TRIPS_STRIDE);
  }

  /** `at`: of the round trips. */
  #fillRoundTrips(at: number): void {
    const { words, numbers } = this.#roundTrips;
    const record = this.#record;
    record.fwd_rtt_samples = words[at + RTT_SAMPLES]! >>> 0;
    record.rev_rtt_samples = words[at + RTT_SAMPLES + 1]! >>> 0;
    record.fwd_rtt_sum_ns = numbers[(at + RTT_SUM) / 2]!;
    record.rev_rtt_sum_ns = numbers[(at + RTT_SUM) / 2 + 1]!;
    const [forwardHead, reverseHead] = [at + HISTOGRAMS, at + HISTOGRAMS + 1];
    const hasForward = words[forwardHead] !== 0;
    const hasReverse = words[reverseHead] !== 0;
    record.fwd_rtt_min_ns = hasForward ? numbers[(at + RTT_MIN) / 2]! : null;
    record.rev_rtt_min_ns = hasReverse ? numbers[(at + RTT_MIN) / 2 + 1]! : null;
    record.fwd_rtt_max_ns = hasForward ? numbers[(at + RTT_MAX) / 2]! : null;
    record.rev_rtt_max_ns = hasReverse ? numbers[(at + RTT_MAX) / 2 + 1]! : null;
    record.fwd_rtt_histogram = this.#histograms.take(words[forwardHead]!);
    record.rev_rtt_histogram = this.#histograms.take(words[reverseHead]!);
  }
}
