import { observationTypes, type RecordOf, type RecordWriter } from "@trafmon/observation";
import { SECONDS } from "@trafmon/packet";
import { IntervalCells } from "./interval-cells.ts";
import type { MeasurementParts } from "./measurement.ts";
import { RttHistograms } from "./tcp/rtt-histograms.ts";
import type { ConnectionEvent, ConnectionEventCounter, SegmentVerdict } from "./tcp/segment-verdict.ts";

type Record = RecordOf<typeof observationTypes.tcpct>;

/** Counters of each direction, in the order they lie in a cell; what every segment touches comes first. */
const DIRECTED = [
  "packets",
  "payload_bytes",
  "unique_payload_bytes",
  "syn",
  "syn_repeats",
  "synack",
  "fin",
  "fin_repeats",
  "rst",
  "retransmitted_segments",
  "retransmitted_bytes",
  "out_of_order_segments",
  "duplicate_acks",
  "zero_windows",
  "zero_window_episodes",
  "rtt_samples",
  "rtt_sum_ns",
] as const;
const EVENTS: readonly ConnectionEvent[] = ["opened", "established", "closed", "reset", "refused", "timed_out"];

/** Words of a cell after its head: the first entry of each direction's histogram. */
const HISTOGRAMS = 4;
/** Doubles of a cell: forward, and the reverse one behind it. */
const COUNTERS = 3;
const [PACKETS, PAYLOAD, UNIQUE] = [COUNTERS, COUNTERS + 2, COUNTERS + 4];
const at = (name: (typeof DIRECTED)[number]) => COUNTERS + 2 * DIRECTED.indexOf(name);
const [SYN, SYN_REPEATS, SYNACK, FIN, FIN_REPEATS, RST] = [
  at("syn"),
  at("syn_repeats"),
  at("synack"),
  at("fin"),
  at("fin_repeats"),
  at("rst"),
];
const [RETRANSMITTED, RETRANSMITTED_BYTES] = [at("retransmitted_segments"), at("retransmitted_bytes")];
const [OUT_OF_ORDER, DUPLICATE_ACKS] = [at("out_of_order_segments"), at("duplicate_acks")];
const [ZERO_WINDOWS, EPISODES] = [at("zero_windows"), at("zero_window_episodes")];
const [RTT_SAMPLES, RTT_SUM] = [at("rtt_samples"), at("rtt_sum_ns")];
const RTT_MIN = COUNTERS + 2 * DIRECTED.length;
const RTT_MAX = RTT_MIN + 2;
const EVENT_COUNTS = RTT_MAX + 2;
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
    this.#histograms = new RttHistograms(Math.max(65_536, 8 * parts.instances.limit));
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
    words[head] = this.#histograms.add(head, words[head]!, ns);
  }

  protected write(base: number, flowId: number, startS: number): void {
    const { words, numbers } = this.pool;
    const double = base / 2;
    const record = this.#record;
    record.flow_id = flowId;
    record.interval_start_s = startS;
    EVENTS.forEach((event, index) => {
      record[`connections_${event}`] = numbers[double + EVENT_COUNTS + index]!;
    });
    for (let index = 0; index < DIRECTED.length; index++) {
      record[FORWARD_NAMES[index]!] = numbers[double + COUNTERS + 2 * index]! as never;
      record[REVERSE_NAMES[index]!] = numbers[double + COUNTERS + 2 * index + 1]! as never;
    }
    const [forwardHead, reverseHead] = [base + HISTOGRAMS, base + HISTOGRAMS + 1];
    const hasForward = words[forwardHead] !== 0;
    const hasReverse = words[reverseHead] !== 0;
    record.fwd_rtt_min_ns = hasForward ? numbers[double + RTT_MIN]! : null;
    record.rev_rtt_min_ns = hasReverse ? numbers[double + RTT_MIN + 1]! : null;
    record.fwd_rtt_max_ns = hasForward ? numbers[double + RTT_MAX]! : null;
    record.rev_rtt_max_ns = hasReverse ? numbers[double + RTT_MAX + 1]! : null;
    record.fwd_rtt_histogram = this.#histograms.take(forwardHead, words[forwardHead]!);
    record.rev_rtt_histogram = this.#histograms.take(reverseHead, words[reverseHead]!);
    this.#writer.write(record);
  }
}

const FORWARD_NAMES = DIRECTED.map((name) => `fwd_${name}`);
const REVERSE_NAMES = DIRECTED.map((name) => `rev_${name}`);
