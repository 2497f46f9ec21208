/** What TCP makes of one segment, for the counters of the flow instances it belongs to. One object is used again. */
export interface SegmentVerdict {
  /** Anything below beyond payload and unique payload. */
  isNotable: boolean;
  payloadBytes: number;
  uniqueBytes: number;
  retransmittedBytes: number;
  isRetransmission: boolean;
  /** Why it was sent again (retransmission-cause.ts); -1: it was not. */
  cause: number;
  /** What was sent again had been lost before the tap. */
  isUpstreamLoss: boolean;
  isOutOfOrder: boolean;
  /** It left a hole before it. */
  opensHole: boolean;
  isKeepAlive: boolean;
  isZeroWindowProbe: boolean;
  isSyn: boolean;
  isSynAck: boolean;
  isSynRepeat: boolean;
  isFin: boolean;
  isFinRepeat: boolean;
  isRst: boolean;
  isDuplicateAck: boolean;
  /** A duplicate or SACK ACK that tells the other side of a loss. */
  isLossSignal: boolean;
  /** Its first SACK block reports what came twice (RFC 2883). */
  isDsack: boolean;
  isZeroWindow: boolean;
  /** The window was above 0 before. */
  isZeroWindowEpisode: boolean;
  /** Round trip of what the segment acknowledges, nanoseconds: a sample of the opposite direction; -1: none. */
  rttNs: number;
  /** The rest is what the verdict rests on, and holds only where it says so. Sent again, or filled a hole: time since the bytes were sent last or the hole opened, nanoseconds. */
  sinceNs: number;
  /** The same: duplicate and SACK ACKs since then; sent again: 3 stands for more. */
  signals: number;
  /** Sent again: the sender's time-out as the tap estimates it, nanoseconds. */
  timeoutNs: number;
  /** Filled a hole: the age from which on it counts as sent again, nanoseconds; else 0. */
  lateNs: number;
  /** Out of order: its extent and n by RFC 4737. */
  extent: number;
  overtakers: number;
}

/** No whole number: an object keeps the form its fields had at first, and durations need more than 31 bits. */
const DURATION = 0.5;

export function newSegmentVerdict(): SegmentVerdict {
  const verdict: SegmentVerdict = {
    isNotable: false,
    payloadBytes: 0,
    uniqueBytes: 0,
    retransmittedBytes: 0,
    isRetransmission: false,
    cause: -1,
    isUpstreamLoss: false,
    isOutOfOrder: false,
    opensHole: false,
    isKeepAlive: false,
    isZeroWindowProbe: false,
    isSyn: false,
    isSynAck: false,
    isSynRepeat: false,
    isFin: false,
    isFinRepeat: false,
    isRst: false,
    isDuplicateAck: false,
    isLossSignal: false,
    isDsack: false,
    isZeroWindow: false,
    isZeroWindowEpisode: false,
    rttNs: DURATION,
    sinceNs: DURATION,
    signals: 0,
    timeoutNs: DURATION,
    lateNs: DURATION,
    extent: 0,
    overtakers: 0,
  };
  verdict.rttNs = -1;
  verdict.sinceNs = verdict.timeoutNs = verdict.lateNs = 0;
  return verdict;
}

/** Makes it the verdict of a segment with nothing to it but its payload. */
export function resetVerdict(verdict: SegmentVerdict, payloadBytes: number): void {
  verdict.payloadBytes = payloadBytes;
  verdict.uniqueBytes = 0;
  if (!verdict.isNotable) return;
  verdict.isNotable = false;
  verdict.retransmittedBytes = 0;
  verdict.isRetransmission = verdict.isOutOfOrder = verdict.isUpstreamLoss = verdict.opensHole = false;
  verdict.isKeepAlive = verdict.isZeroWindowProbe = false;
  verdict.cause = -1;
  verdict.lateNs = 0;
  verdict.isSyn = verdict.isSynAck = verdict.isSynRepeat = false;
  verdict.isFin = verdict.isFinRepeat = verdict.isRst = false;
  verdict.isDuplicateAck =
    verdict.isLossSignal =
    verdict.isDsack =
    verdict.isZeroWindow =
    verdict.isZeroWindowEpisode =
      false;
  verdict.rttNs = -1;
}

/** What happens to a connection as a whole. */
export type ConnectionEvent = "opened" | "established" | "closed" | "reset" | "refused" | "timed_out";

/** Counts what happens to connections in one flow class. `s`: seconds since the epoch, any sign. */
export interface ConnectionEventCounter {
  connectionEvent(slot: number, s: number, event: ConnectionEvent): void;
}
