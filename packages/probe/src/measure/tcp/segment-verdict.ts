/** What TCP makes of one segment, for the counters of the flow instances it belongs to. One object is used again. */
export interface SegmentVerdict {
  /** Anything below beyond payload and unique payload. */
  isNotable: boolean;
  payloadBytes: number;
  uniqueBytes: number;
  retransmittedBytes: number;
  isRetransmission: boolean;
  isOutOfOrder: boolean;
  isSyn: boolean;
  isSynAck: boolean;
  isSynRepeat: boolean;
  isFin: boolean;
  isFinRepeat: boolean;
  isRst: boolean;
  isDuplicateAck: boolean;
  isZeroWindow: boolean;
  /** The window was above 0 before. */
  isZeroWindowEpisode: boolean;
  /** Round trip of what the segment acknowledges, nanoseconds: a sample of the opposite direction; -1: none. */
  rttNs: number;
}

export function newSegmentVerdict(): SegmentVerdict {
  return {
    isNotable: false,
    payloadBytes: 0,
    uniqueBytes: 0,
    retransmittedBytes: 0,
    isRetransmission: false,
    isOutOfOrder: false,
    isSyn: false,
    isSynAck: false,
    isSynRepeat: false,
    isFin: false,
    isFinRepeat: false,
    isRst: false,
    isDuplicateAck: false,
    isZeroWindow: false,
    isZeroWindowEpisode: false,
    rttNs: -1,
  };
}

/** Makes it the verdict of a segment with nothing to it but its payload. */
export function resetVerdict(verdict: SegmentVerdict, payloadBytes: number): void {
  verdict.payloadBytes = payloadBytes;
  verdict.uniqueBytes = 0;
  if (!verdict.isNotable) return;
  verdict.isNotable = false;
  verdict.retransmittedBytes = 0;
  verdict.isRetransmission = verdict.isOutOfOrder = false;
  verdict.isSyn = verdict.isSynAck = verdict.isSynRepeat = false;
  verdict.isFin = verdict.isFinRepeat = verdict.isRst = false;
  verdict.isDuplicateAck = verdict.isZeroWindow = verdict.isZeroWindowEpisode = false;
  verdict.rttNs = -1;
}

/** What happens to a connection as a whole. */
export type ConnectionEvent = "opened" | "established" | "closed" | "reset" | "refused" | "timed_out";

/** Counts what happens to connections in one flow class. `s`: seconds since the epoch, any sign. */
export interface ConnectionEventCounter {
  connectionEvent(slot: number, s: number, event: ConnectionEvent): void;
}
