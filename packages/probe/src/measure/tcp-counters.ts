import { observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import { SECONDS } from "@trafmon/packet";
import { IntervalCells } from "./interval-cells.ts";
import type { MeasurementParts } from "./measurement.ts";
import { RttHistograms } from "./tcp/rtt-histograms.ts";
import type { ConnectionEvent, ConnectionEventCounter, SegmentVerdict } from "./tcp/segment-verdict.ts";

type Record = RecordOf<typeof observationTypes.tcpct>;

const EVENTS: readonly ConnectionEvent[] = ["opened", "established", "closed", "reset", "refused", "timed_out"];

/** Words of a cell after its head: the first entry of each direction's histogram. */
const HISTOGRAMS = 4;
/** Doubles of a cell: forward, and the reverse one behind it. What every segment touches comes first. */
const PACKETS = 3;
const PAYLOAD = 5;
const UNIQUE = 7;
const SYN = 9;
const SYN_REPEATS = 11;
const SYNACK = 13;
const FIN = 15;
const FIN_REPEATS = 17;
const RST = 19;
const RETRANSMITTED = 21;
const RETRANSMITTED_BYTES = 23;
const OUT_OF_ORDER = 25;
const DUPLICATE_ACKS = 27;
const ZERO_WINDOWS = 29;
const EPISODES = 31;
const RTT_SAMPLES = 33;
const RTT_SUM = 35;
const RTT_MIN = 37;
const RTT_MAX = 39;
const EVENT_COUNTS = 41;
const STRIDE = 2 * (EVENT_COUNTS + EVENTS.length + 1);

/** `tcpct`: what happened on an instance's TCP connections. */
export class TcpCounters extends IntervalCells implements ConnectionEventCounter {
  readonly #verdict: SegmentVerdict;
  readonly #histograms: RttHistograms;
  readonly #writer: RecordWriter<typeof observationTypes.tcpct>;
  // Filled by name before it is first written.
  readonly #record = {} as { [K in string]: unknown } & Record;

  constructor(parts: MeasurementParts, intervalS: number) {
    super(parts, intervalS, STRIDE);
    this.#verdict = parts.verdict;
    this.#histograms = new RttHistograms(Math.max(16_384, 4 * parts.instances.limit));
    this.#writer = parts.sink.writerOf(observationTypes.tcpct);
    this.#record.interval_s = intervalS;
  }

  override get bytes(): number {
    return super.bytes + this.#histograms.bytes;
  }

  count(words: Int32Array, at: number, slot: number, reverse: number): void {
    const s = words[at + SECONDS]!;
    const base = this.cellAt(slot, s);
    const { numbers } = this.pool;
    const double = base / 2 + reverse;
    const verdict = this.#verdict;
    numbers[double + PACKETS]! += 1;
    numbers[double + PAYLOAD]! += verdict.payloadBytes;
    numbers[double + UNIQUE]! += verdict.uniqueBytes;
    if (!verdict.isNotable) return;
    this.#countNotable(double);
    if (verdict.rttNs >= 0) this.#sample(slot, s, reverse === 0 ? 1 : 0, verdict.rttNs);
  }

  connectionEvent(slot: number, s: number, event: ConnectionEvent): void {
    const base = this.cellAt(slot, s);
    this.pool.numbers[base / 2 + EVENT_COUNTS + EVENTS.indexOf(event)]! += 1;
  }

  #countNotable(double: number): void {
    const { numbers } = this.pool;
    const verdict = this.#verdict;
    if (verdict.isSyn) numbers[double + SYN]! += 1;
    if (verdict.isSynAck) numbers[double + SYNACK]! += 1;
    if (verdict.isSynRepeat) numbers[double + SYN_REPEATS]! += 1;
    if (verdict.isFin) numbers[double + FIN]! += 1;
    if (verdict.isFinRepeat) numbers[double + FIN_REPEATS]! += 1;
    if (verdict.isRst) numbers[double + RST]! += 1;
    if (verdict.isRetransmission) numbers[double + RETRANSMITTED]! += 1;
    numbers[double + RETRANSMITTED_BYTES]! += verdict.retransmittedBytes;
    if (verdict.isOutOfOrder) numbers[double + OUT_OF_ORDER]! += 1;
    if (verdict.isDuplicateAck) numbers[double + DUPLICATE_ACKS]! += 1;
    if (verdict.isZeroWindow) numbers[double + ZERO_WINDOWS]! += 1;
    if (verdict.isZeroWindowEpisode) numbers[double + EPISODES]! += 1;
  }

  /** Takes a round-trip time of a direction: that of the data which the segment acknowledges. */
  #sample(slot: number, s: number, direction: number, ns: number): void {
    if (this.#histograms.isFull) this.writeAll();
    const base = this.cellAt(slot, s);
    const { words, numbers } = this.pool;
    const double = base / 2 + direction;
    const before = numbers[double + RTT_SAMPLES]!;
    numbers[double + RTT_SAMPLES] = before + 1;
    numbers[double + RTT_SUM]! += ns;
    if (before === 0 || ns < numbers[double + RTT_MIN]!) numbers[double + RTT_MIN] = ns;
    if (ns > numbers[double + RTT_MAX]!) numbers[double + RTT_MAX] = ns;
    const head = base + HISTOGRAMS + direction;
    words[head] = this.#histograms.add(words[head]!, ns);
  }

  protected write(base: number, flowId: number, startS: number): void {
    const { words, numbers } = this.pool;
    const double = base / 2;
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    const event = double + EVENT_COUNTS;
    record.connections_opened = numbers[event]!;
    record.connections_established = numbers[event + 1]!;
    record.connections_closed = numbers[event + 2]!;
    record.connections_reset = numbers[event + 3]!;
    record.connections_refused = numbers[event + 4]!;
    record.connections_timed_out = numbers[event + 5]!;
    record.fwd_packets = numbers[double + PACKETS]!;
    record.rev_packets = numbers[double + PACKETS + 1]!;
    record.fwd_payload_bytes = numbers[double + PAYLOAD]!;
    record.rev_payload_bytes = numbers[double + PAYLOAD + 1]!;
    record.fwd_unique_payload_bytes = numbers[double + UNIQUE]!;
    record.rev_unique_payload_bytes = numbers[double + UNIQUE + 1]!;
    record.fwd_syn = numbers[double + SYN]!;
    record.rev_syn = numbers[double + SYN + 1]!;
    record.fwd_syn_repeats = numbers[double + SYN_REPEATS]!;
    record.rev_syn_repeats = numbers[double + SYN_REPEATS + 1]!;
    record.fwd_synack = numbers[double + SYNACK]!;
    record.rev_synack = numbers[double + SYNACK + 1]!;
    record.fwd_fin = numbers[double + FIN]!;
    record.rev_fin = numbers[double + FIN + 1]!;
    record.fwd_fin_repeats = numbers[double + FIN_REPEATS]!;
    record.rev_fin_repeats = numbers[double + FIN_REPEATS + 1]!;
    record.fwd_rst = numbers[double + RST]!;
    record.rev_rst = numbers[double + RST + 1]!;
    record.fwd_retransmitted_segments = numbers[double + RETRANSMITTED]!;
    record.rev_retransmitted_segments = numbers[double + RETRANSMITTED + 1]!;
    record.fwd_retransmitted_bytes = numbers[double + RETRANSMITTED_BYTES]!;
    record.rev_retransmitted_bytes = numbers[double + RETRANSMITTED_BYTES + 1]!;
    record.fwd_out_of_order_segments = numbers[double + OUT_OF_ORDER]!;
    record.rev_out_of_order_segments = numbers[double + OUT_OF_ORDER + 1]!;
    record.fwd_duplicate_acks = numbers[double + DUPLICATE_ACKS]!;
    record.rev_duplicate_acks = numbers[double + DUPLICATE_ACKS + 1]!;
    record.fwd_zero_windows = numbers[double + ZERO_WINDOWS]!;
    record.rev_zero_windows = numbers[double + ZERO_WINDOWS + 1]!;
    record.fwd_zero_window_episodes = numbers[double + EPISODES]!;
    record.rev_zero_window_episodes = numbers[double + EPISODES + 1]!;
    record.fwd_rtt_samples = numbers[double + RTT_SAMPLES]!;
    record.rev_rtt_samples = numbers[double + RTT_SAMPLES + 1]!;
    record.fwd_rtt_sum_ns = numbers[double + RTT_SUM]!;
    record.rev_rtt_sum_ns = numbers[double + RTT_SUM + 1]!;
    const [forwardHead, reverseHead] = [base + HISTOGRAMS, base + HISTOGRAMS + 1];
    const hasForward = words[forwardHead] !== 0;
    const hasReverse = words[reverseHead] !== 0;
    record.fwd_rtt_min_ns = hasForward ? numbers[double + RTT_MIN]! : null;
    record.rev_rtt_min_ns = hasReverse ? numbers[double + RTT_MIN + 1]! : null;
    record.fwd_rtt_max_ns = hasForward ? numbers[double + RTT_MAX]! : null;
    record.rev_rtt_max_ns = hasReverse ? numbers[double + RTT_MAX + 1]! : null;
    record.fwd_rtt_histogram = this.#histograms.take(words[forwardHead]!);
    record.rev_rtt_histogram = this.#histograms.take(words[reverseHead]!);
    this.#writer.write(record);
  }
}
