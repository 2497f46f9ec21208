import { NANOS, SECONDS } from "@trafmon/packet";
import { NEXT, nanosBetween, SIDE_FLAGS, SIDE_HAS_PAYLOAD, SRTT } from "./connection-record.ts";
import {
  LAST_IDENTIFICATION,
  LAST_IS_BYTE,
  LAST_PAYLOAD_NANOS,
  LAST_PAYLOAD_S,
  LAST_TIMESTAMP,
} from "./payload-record.ts";
import { CAUSE_REOR, FAST_RETRANSMIT_SIGNALS, RetransmissionCause, type SentAgain } from "./retransmission-cause.ts";
import { identificationOf, isMadeBefore, isSameIdentity, timestampOf } from "./segment-identity.ts";
import type { SegmentVerdict } from "./segment-verdict.ts";
import type { TcpTables } from "./tcp-tables.ts";
import { CAUSE, RETRANSMITTED, RETRANSMITTED_BYTES, TROUBLE_STRIDE, UPSTREAM_LOSS } from "./trouble-record.ts";

/** A hole filled this late, or this part of the round trip, was filled by a retransmission. */
const LEAST_RETRANSMISSION_NS = 3e6;
const RETRANSMISSION_SHARE_OF_RTT = 0.8;

/** Counts segments of one side that were sent again, gathers what is known of their earlier copies, and finds the cause. */
export class RepeatedSegments {
  readonly #tables: TcpTables;
  readonly #verdict: SegmentVerdict;
  readonly #cause: RetransmissionCause;
  /** Used again for each segment. */
  readonly #segment: SentAgain = {
    start: 0,
    end: 0,
    isFill: false,
    sinceNs: 0,
    signals: 0,
    isCopy: false,
    isMadeBefore: false,
  };

  constructor(tables: TcpTables, verdict: SegmentVerdict) {
    this.#tables = tables;
    this.#verdict = verdict;
    this.#cause = new RetransmissionCause(tables);
  }

  /** Whether what just filled a hole had been lost before the tap and sent again, rather than overtaken. */
  isLate(side: number, other: number): boolean {
    const { holes, connections } = this.#tables;
    // The sender learns of the loss a whole round trip later: from the tap to the receiver and back, and to the sender.
    const roundTripNs = connections.pool.numbers[(side + SRTT) / 2]! + connections.pool.numbers[(other + SRTT) / 2]!;
    const lateNs = Math.max(LEAST_RETRANSMISSION_NS, RETRANSMISSION_SHARE_OF_RTT * roundTripNs);
    this.#verdict.lateNs = lateNs;
    return holes.ageNs >= lateNs || holes.signals >= FAST_RETRANSMIT_SIGNALS;
  }

  /** Counts a segment that was sent again, by its cause. `isAgain`: some of it was seen before. */
  take(
    words: Int32Array,
    at: number,
    side: number,
    other: number,
    start: number,
    end: number,
    isAgain: boolean,
    isLate: boolean,
  ): void {
    const tables = this.#tables;
    const { holes, sent, troubles } = tables;
    const verdict = this.#verdict;
    const segment = this.#segment;
    segment.start = start;
    segment.end = end;
    segment.isFill = !isAgain;
    if (isAgain) {
      sent.sentAgain(side, start, end, words, at);
      this.#earlierCopy(words, at, side, other, end);
      verdict.lateNs = 0;
    } else {
      segment.sinceNs = holes.ageNs;
      segment.signals = holes.signals;
      segment.isCopy = false;
      segment.isMadeBefore = holes.isMadeBefore;
    }
    verdict.cause = this.#cause.judge(words, at, side, other, segment);
    verdict.sinceNs = segment.sinceNs;
    verdict.signals = segment.signals;
    verdict.timeoutNs = this.#cause.timeoutNs;
    const trouble = tables.troubleOf(side) * TROUBLE_STRIDE;
    troubles.words[trouble + RETRANSMITTED]! += 1;
    troubles.words[trouble + CAUSE + verdict.cause]! += 1;
    // What was overtaken was not lost.
    verdict.isUpstreamLoss = isLate && verdict.cause !== CAUSE_REOR;
    if (verdict.isUpstreamLoss) troubles.words[trouble + UPSTREAM_LOSS]! += 1;
    troubles.numbers[(trouble + RETRANSMITTED_BYTES) / 2]! += verdict.retransmittedBytes;
  }

  /** Finds what is known of the earlier copy of a segment of which something was seen before. */
  #earlierCopy(words: Int32Array, at: number, side: number, other: number, end: number): void {
    const { sent, connections, payloads } = this.#tables;
    const sides = connections.pool.words;
    const { words: records } = payloads;
    const payload = this.#tables.payloadOf(side);
    const segment = this.#segment;
    segment.sinceNs = sent.sinceNs;
    segment.isCopy = sent.isCopy;
    segment.isMadeBefore = sent.isMadeBefore;
    if (sent.sinceNs < 0) {
      // It is acknowledged and forgotten, all but the last one. None was sent after the last one.
      const [lastS, lastNanos] = [records[payload + LAST_PAYLOAD_S]!, records[payload + LAST_PAYLOAD_NANOS]!];
      const isKnown = (sides[side + SIDE_FLAGS]! & SIDE_HAS_PAYLOAD) !== 0;
      const sinceNs = nanosBetween(lastS, lastNanos, words[at + SECONDS]!, words[at + NANOS]!);
      segment.sinceNs = isKnown ? Math.max(0, sinceNs) : 0;
    }
    if (end === sides[side + NEXT]) {
      const [identification, timestamp] = [identificationOf(words, at), timestampOf(words, at)];
      if (sent.sinceNs < 0) {
        const lastId = records[payload + LAST_IDENTIFICATION]! & 0xffff;
        const lastTimestamp = records[payload + LAST_TIMESTAMP]!;
        segment.isCopy = isSameIdentity(identification, timestamp, lastId, lastTimestamp);
        segment.isMadeBefore = isMadeBefore(identification, timestamp, lastId, lastTimestamp);
      }
      if (!segment.isMadeBefore) {
        records[payload + LAST_IDENTIFICATION] =
          identification | (records[payload + LAST_IDENTIFICATION]! & LAST_IS_BYTE);
        records[payload + LAST_TIMESTAMP] = timestamp;
      }
    }
    // Where it is not known when it was sent first, the ACKs of one time-out count.
    const isKnown = sent.sinceNs >= 0 && !sent.cameLate;
    const withinNs = isKnown ? segment.sinceNs : Math.max(segment.sinceNs, this.#cause.timeoutOf(side, other));
    segment.signals = this.#cause.signalsSince(words, at, side, withinNs);
  }
}
