import { blankRecord, bucketOf, observationTypes, type RecordOf } from "@trafmon/observation";
import type { Random } from "../craft/random.ts";
import { binomial } from "./chance.ts";
import type { Conditions } from "./faults.ts";
import { type FlowOf, TCP } from "./flow-book.ts";
import type { HistoryLogs } from "./history-logs.ts";
import type { HistoryTruth } from "./history-truth.ts";
import { addToPairs, IntervalSums } from "./interval-sums.ts";
import type { PacketCounts } from "./packet-counts.ts";
import { instantOf, partOf, type Share, sharesOf } from "./span.ts";

type Counters = RecordOf<typeof observationTypes.tcpct>;
type Connection = RecordOf<typeof observationTypes.tcpcx>;

/** A TCP connection somebody makes. Forward is from the client. */
export interface TcpSession {
  readonly flow: Omit<FlowOf, "protocol">;
  readonly clientPort: number;
  readonly serverPort: number;
  /** Seconds since the epoch. */
  readonly startS: number;
  readonly durationS: number;
  readonly fwdPayload: number;
  readonly revPayload: number;
  /** Usual round trip, seconds; conditions make it longer. */
  readonly roundTripS: number;
}

const MSS = 1448;
/** When a client sends its SYN, seconds after the first. */
const SYN_AT_S = [0, 1, 3, 7];
/** What a SYN's options are longer than the timestamps of other segments. */
const SYN_OPTION_BYTES = 8;

/** One side's segments of a connection. */
interface Side {
  readonly dataSegments: number;
  readonly acks: number;
  readonly retransmitted: number;
  readonly payload: number;
}

/** Tells TCP connections: in the counters of their flow instance, and each by itself. */
export class TcpTelling {
  readonly #random: Random;
  readonly #logs: HistoryLogs;
  readonly #truth: HistoryTruth;
  readonly #counts: PacketCounts;
  readonly #intervalS: number;
  readonly #sums: IntervalSums<typeof observationTypes.tcpct>;
  #nextId = 1;

  constructor(random: Random, logs: HistoryLogs, truth: HistoryTruth, counts: PacketCounts, intervalS: number) {
    this.#random = random;
    this.#logs = logs;
    this.#truth = truth;
    this.#counts = counts;
    this.#intervalS = intervalS;
    this.#sums = new IntervalSums(observationTypes.tcpct, intervalS);
  }

  /** Returns the id of its flow instance. */
  tell(session: TcpSession, conditions: Conditions): number {
    return conditions.isCut ? this.#tellUnanswered(session) : this.#tellConnection(session, conditions);
  }

  write(): void {
    this.#sums.write(this.#logs);
  }

  /** A client that sends SYN after SYN, doubling its wait, and gives up. */
  #tellUnanswered(session: TcpSession): number {
    const flow = { ...session.flow, protocol: TCP };
    const bytes = synBytes(session);
    let flowId = 0;
    SYN_AT_S.forEach((afterS, attempt) => {
      const atS = session.startS + afterS;
      const share = sharesOf(atS, atS, this.#intervalS)[0]!;
      flowId = this.#counts.add(flow, share, { fwdPackets: 1, fwdBytes: bytes, revPackets: 0, revBytes: 0 });
      const sum = this.#sums.of(flowId, share.intervalStartS);
      sum.fwd_packets++;
      sum.fwd_syn++;
      if (attempt === 0) sum.connections_opened++;
      else sum.fwd_syn_repeats++;
      if (attempt === SYN_AT_S.length - 1) sum.connections_timed_out++;
    });
    const endS = session.startS + SYN_AT_S.at(-1)!;
    const record = this.#connectionOf(session, flowId, endS);
    record.outcome = "timed_out";
    record.syn_seen = true;
    record.fwd_packets = SYN_AT_S.length;
    record.fwd_bytes = SYN_AT_S.length * bytes;
    record.fwd_syn = SYN_AT_S.length;
    this.#logs.write(observationTypes.tcpcx, record);
    this.#truth.addConnection("timed_out");
    return flowId;
  }

  #tellConnection(session: TcpSession, conditions: Conditions): number {
    const random = this.#random;
    const roundTripS = session.roundTripS * conditions.slowness;
    const fwd = this.#sideOf(session.fwdPayload, session.revPayload, conditions.loss);
    const rev = this.#sideOf(session.revPayload, session.fwdPayload, conditions.loss);
    const lengthens = 1 + (conditions.slowness - 1) / 2;
    const durationS = Math.max(session.durationS * lengthens, 3 * roundTripS);
    const endS = session.startS + durationS;
    const isReset = random.isLikely(0.01);
    const flow = { ...session.flow, protocol: TCP };
    const samples = Math.min(64, 1 + Math.ceil(fwd.dataSegments / 2));
    let flowId = 0;
    let spread = { sum: 0, min: Number.POSITIVE_INFINITY, max: 0, squares: 0 };
    for (const share of sharesOf(session.startS, endS, this.#intervalS)) {
      // Three segments open a connection, and a FIN and its ACK each way close it.
      const once = { fwd: (share.isFirst ? 2 : 0) + (share.isLast ? 2 : 0), rev: share.isFirst ? 1 : 0 };
      if (share.isLast) once.rev += 2;
      const counts = {
        fwdPackets: segmentsOf(fwd, share) + once.fwd,
        revPackets: segmentsOf(rev, share) + once.rev,
        fwdBytes: bytesOf(fwd, share, session) + once.fwd * headerBytes(session),
        revBytes: bytesOf(rev, share, session) + once.rev * headerBytes(session),
      };
      flowId = this.#counts.add(flow, share, counts);
      const sum = this.#sums.of(flowId, share.intervalStartS);
      addSide(sum, "fwd", fwd, share, counts.fwdPackets);
      addSide(sum, "rev", rev, share, counts.revPackets);
      if (share.isFirst) {
        sum.connections_opened++;
        sum.connections_established++;
        sum.fwd_syn++;
        sum.rev_synack++;
      }
      if (share.isLast) {
        if (isReset) sum.connections_reset++;
        else sum.connections_closed++;
        sum.fwd_fin++;
        sum.rev_fin++;
      }
      spread = this.#sampleRoundTrips(sum, partOf(samples, share), roundTripS, spread);
    }
    const record = this.#connectionOf(session, flowId, endS);
    record.outcome = isReset ? "reset" : "closed";
    record.syn_seen = true;
    record.established = true;
    record.syn_synack_ns = Math.round(roundTripS * 1e9);
    record.synack_ack_ns = Math.round(roundTripS * 4e7);
    fillSide(record, "fwd", fwd, session);
    fillSide(record, "rev", rev, session);
    record.fwd_syn = 1;
    record.rev_syn = 1;
    record.fwd_fin = 1;
    record.rev_fin = 1;
    const mean = spread.sum / samples;
    record.fwd_rtt_samples = samples;
    record.fwd_rtt_min_ns = spread.min;
    record.fwd_rtt_max_ns = spread.max;
    record.fwd_rtt_avg_ns = Math.round(mean);
    record.fwd_rtt_stddev_ns = Math.round(Math.sqrt(Math.max(0, spread.squares / samples - mean * mean)));
    this.#logs.write(observationTypes.tcpcx, record);
    this.#truth.addConnection(record.outcome);
    return flowId;
  }

  #sideOf(payload: number, answered: number, loss: number): Side {
    const dataSegments = Math.ceil(payload / MSS);
    const retransmitted = binomial(this.#random, dataSegments, loss);
    return { dataSegments, payload, retransmitted, acks: Math.ceil(Math.ceil(answered / MSS) / 2) };
  }

  #sampleRoundTrips(
    sum: Counters,
    count: number,
    roundTripS: number,
    spread: { sum: number; min: number; max: number; squares: number },
  ) {
    let { sum: total, min, max, squares } = spread;
    for (let sample = 0; sample < count; sample++) {
      const ns = Math.round(roundTripS * 1e9 * (1 + 0.25 * this.#random.fraction() ** 3));
      sum.fwd_rtt_samples++;
      sum.fwd_rtt_sum_ns += ns;
      sum.fwd_rtt_min_ns = Math.min(ns, sum.fwd_rtt_min_ns ?? ns);
      sum.fwd_rtt_max_ns = Math.max(ns, sum.fwd_rtt_max_ns ?? ns);
      sum.fwd_rtt_histogram = addToPairs(sum.fwd_rtt_histogram, bucketOf(ns), 1);
      total += ns;
      squares += ns * ns;
      min = Math.min(min, ns);
      max = Math.max(max, ns);
    }
    return { sum: total, min, max, squares };
  }

  #connectionOf(session: TcpSession, flowId: number, endS: number): Connection {
    const started = instantOf(session.startS);
    const ended = instantOf(endS);
    return {
      ...blankRecord(observationTypes.tcpcx),
      flow_id: flowId,
      connection_id: this.#nextId++,
      tap_group: "synthetic",
      fwd_address: session.flow.client.address,
      fwd_port: session.clientPort,
      rev_address: session.flow.server.address,
      rev_port: session.serverPort,
      started_s: started.s,
      started_nanos: started.nanos,
      ended_s: ended.s,
      ended_nanos: ended.nanos,
    };
  }
}

/** IP and TCP header with timestamps. */
function headerBytes({ flow }: TcpSession): number {
  return flow.client.address.length === 4 ? 52 : 72;
}

function synBytes(session: TcpSession): number {
  return headerBytes(session) + SYN_OPTION_BYTES;
}

function segmentsOf(side: Side, share: Share): number {
  return partOf(side.dataSegments, share) + partOf(side.acks, share) + partOf(side.retransmitted, share);
}

function bytesOf(side: Side, share: Share, session: TcpSession): number {
  const payload = partOf(side.payload, share) + partOf(side.retransmitted, share) * repeatedBytes(side);
  return payload + segmentsOf(side, share) * headerBytes(session);
}

/** Payload of a segment sent again. */
function repeatedBytes(side: Side): number {
  return Math.min(MSS, side.payload);
}

function addSide(sum: Counters, way: "fwd" | "rev", side: Side, share: Share, packets: number): void {
  const repeats = partOf(side.retransmitted, share);
  sum[`${way}_packets`] += packets;
  sum[`${way}_unique_payload_bytes`] += partOf(side.payload, share);
  sum[`${way}_payload_bytes`] += partOf(side.payload, share) + repeats * repeatedBytes(side);
  sum[`${way}_retransmitted_segments`] += repeats;
  sum[`${way}_retransmitted_bytes`] += repeats * repeatedBytes(side);
}

function fillSide(record: Connection, way: "fwd" | "rev", side: Side, session: TcpSession): void {
  const repeatedPayload = side.retransmitted * repeatedBytes(side);
  const once = way === "fwd" ? 4 : 3;
  record[`${way}_packets`] = side.dataSegments + side.acks + side.retransmitted + once;
  record[`${way}_payload_bytes`] = side.payload + repeatedPayload;
  record[`${way}_bytes`] = record[`${way}_payload_bytes`] + record[`${way}_packets`] * headerBytes(session);
  record[`${way}_unique_payload_bytes`] = side.payload;
  record[`${way}_retransmitted_segments`] = side.retransmitted;
  record[`${way}_retransmitted_bytes`] = repeatedPayload;
  record[`${way}_retransmit_rto`] = Math.floor(side.retransmitted / 5);
  record[`${way}_retransmit_fs`] = side.retransmitted - Math.floor(side.retransmitted / 5);
  record[`${way}_mss`] = 1460;
}
