import { bucketOf, observationTypes, type RecordOf } from "@trafmon/observation";
import type { Random } from "../craft/random.ts";
import { type FlowOf, UDP } from "./flow-book.ts";
import type { HistoryLogs } from "./history-logs.ts";
import type { HistoryTruth } from "./history-truth.ts";
import { addToPairs, IntervalSums } from "./interval-sums.ts";
import type { PacketCounts } from "./packet-counts.ts";
import { sharesOf } from "./span.ts";

type RequestProtocol = RecordOf<typeof observationTypes.twoway>["protocol"];

const ICMP = 1;
const ICMPV6 = 58;
const UDP_HEADER_BYTES = 8;
/** Further copies of a request that nobody answers. */
const REPEATS = 1;
const REPEAT_AFTER_S = 1;

/** One request and its answer, in a datagram each. */
export interface Exchange {
  readonly flow: Omit<FlowOf, "protocol">;
  readonly protocol: RequestProtocol;
  /** Seconds since the epoch. */
  readonly atS: number;
  readonly requestBytes: number;
  readonly replyBytes: number;
  readonly roundTripS: number;
  /** Nothing comes back. */
  readonly isUnanswered: boolean;
}

/** Tells requests and replies of ICMP and UDP services. */
export class ExchangeTelling {
  readonly #random: Random;
  readonly #logs: HistoryLogs;
  readonly #truth: HistoryTruth;
  readonly #counts: PacketCounts;
  readonly #intervalS: number;
  readonly #delays: IntervalSums<typeof observationTypes.twoway>;
  readonly #datagrams: IntervalSums<typeof observationTypes.udpct>;
  readonly #messages: IntervalSums<typeof observationTypes.icmpct>;

  constructor(random: Random, logs: HistoryLogs, truth: HistoryTruth, counts: PacketCounts, intervalS: number) {
    this.#random = random;
    this.#logs = logs;
    this.#truth = truth;
    this.#counts = counts;
    this.#intervalS = intervalS;
    this.#delays = new IntervalSums(observationTypes.twoway, intervalS);
    this.#datagrams = new IntervalSums(observationTypes.udpct, intervalS);
    this.#messages = new IntervalSums(observationTypes.icmpct, intervalS);
  }

  tell(exchange: Exchange): void {
    const { protocol, atS, isUnanswered } = exchange;
    const repeats = isUnanswered && protocol !== "icmp" ? REPEATS : 0;
    this.#count(exchange, atS, true);
    for (let copy = 1; copy <= repeats; copy++) this.#count(exchange, atS + copy * REPEAT_AFTER_S, true);
    const delayS = exchange.roundTripS * (1 + 0.4 * this.#random.fraction() ** 4);
    const flowId = isUnanswered ? this.#flowIdOf(exchange) : this.#count(exchange, atS + delayS, false);
    const intervalStartS = Math.floor(atS / this.#intervalS) * this.#intervalS;
    const sum = this.#delays.of(flowId, intervalStartS, { protocol });
    sum.requests++;
    sum.repeats += repeats;
    if (isUnanswered) sum.unanswered++;
    else addDelay(sum, Math.round(delayS * 1e9));
    this.#truth.addRequest(protocol, !isUnanswered);
  }

  write(): void {
    for (const sums of [this.#delays, this.#datagrams, this.#messages]) sums.write(this.#logs);
  }

  #flowIdOf(exchange: Exchange): number {
    return this.#counts.flows.idOf({ ...exchange.flow, protocol: ipProtocolOf(exchange) }, exchange.atS);
  }

  /** Counts one datagram. Returns the id of its flow instance. */
  #count(exchange: Exchange, atS: number, isRequest: boolean): number {
    const { flow, requestBytes, replyBytes } = exchange;
    const payload = isRequest ? requestBytes : replyBytes;
    const bytes = payload + UDP_HEADER_BYTES + (flow.client.address.length === 4 ? 20 : 40);
    const counts = isRequest
      ? { fwdPackets: 1, fwdBytes: bytes, revPackets: 0, revBytes: 0 }
      : { fwdPackets: 0, fwdBytes: 0, revPackets: 1, revBytes: bytes };
    const share = sharesOf(atS, atS, this.#intervalS)[0]!;
    const protocol = ipProtocolOf(exchange);
    const flowId = this.#counts.add({ ...flow, protocol }, share, counts);
    const way = isRequest ? "fwd" : "rev";
    if (protocol === UDP) {
      const sum = this.#datagrams.of(flowId, share.intervalStartS);
      sum[`${way}_datagrams`]++;
      sum[`${way}_payload_bytes`] += payload;
    } else {
      const [request, reply] = protocol === ICMP ? [8, 0] : [128, 129];
      const type = { icmp_type: isRequest ? request : reply, icmp_code: 0 };
      const sum = this.#messages.of(flowId, share.intervalStartS, type);
      sum[`${way}_packets`]++;
      sum[`${way}_bytes`] += bytes;
    }
    return flowId;
  }
}

function ipProtocolOf({ protocol, flow }: Exchange): number {
  if (protocol !== "icmp") return UDP;
  return flow.client.address.length === 4 ? ICMP : ICMPV6;
}

function addDelay(sum: RecordOf<typeof observationTypes.twoway>, ns: number): void {
  sum.replied++;
  sum.delay_sum_ns += ns;
  sum.last_copy_delay_sum_ns += ns;
  sum.delay_sum_squares += BigInt(Math.floor(ns / 1000)) ** 2n;
  sum.delay_min_ns = Math.min(ns, sum.delay_min_ns ?? ns);
  sum.delay_max_ns = Math.max(ns, sum.delay_max_ns ?? ns);
  sum.delay_histogram = addToPairs(sum.delay_histogram, bucketOf(ns), 1);
}
