import { TCP_ACK, TCP_FIN, TCP_RST, TCP_SYN } from "@trafmon/packet";
import type { ConnectionSide } from "../../ledger/ledger-row.ts";
import { KIND } from "../../ledger/packet-kind.ts";
import { RangeSet } from "./range-set.ts";
import type { TcpSegment } from "./tcp-segment.ts";

type Counts = { -readonly [K in keyof ConnectionSide]: number };

/** What one direction has shown so far. */
class Side {
  readonly counts: Counts = {
    packets: 0,
    ipBytes: 0,
    payloadBytes: 0,
    uniquePayloadBytes: 0,
    retransmittedSegments: 0,
    retransmittedBytes: 0,
    outOfOrderSegments: 0,
    duplicateAcks: 0,
    duplicateFrames: 0,
    keepAlives: 0,
    windowProbes: 0,
    zeroWindows: 0,
    sackBlocks: 0,
    dsackBlocks: 0,
    syns: 0,
    fins: 0,
    resets: 0,
  };
  readonly seen = new RangeSet();
  /** First place behind all payload seen. */
  highest = 0;
  /** Highest acknowledgement, and the window field of the last segment; -1: none yet. */
  acknowledged = -1;
  window = -1;
}

/**
 * What a tap must find in a connection, by the definitions of docs/observations.md. Of a segment it knows what the tap
 * cannot know, that is, whether its sender sends it again.
 */
export class TapAccount {
  readonly fwd = new Side();
  readonly rev = new Side();
  firstNs = 0;
  lastNs = 0;
  synNs: number | null = null;
  synAckNs: number | null = null;
  handshakeNs: number | null = null;

  get isEmpty(): boolean {
    return this.fwd.counts.packets + this.rev.counts.packets === 0;
  }

  /** @param isDuplicate the tap has seen this frame before */
  see(segment: TcpSegment, isForward: boolean, atNs: number, ipBytes: number, isDuplicate: boolean): void {
    if (this.isEmpty) this.firstNs = atNs;
    this.lastNs = atNs;
    const side = isForward ? this.fwd : this.rev;
    const other = isForward ? this.rev : this.fwd;
    const { counts } = side;
    counts.packets++;
    counts.ipBytes += ipBytes;
    counts.payloadBytes += segment.payload.length;
    if (isDuplicate) {
      counts.duplicateFrames++;
      return;
    }
    if ((segment.flags & TCP_SYN) !== 0) counts.syns++;
    if ((segment.flags & TCP_FIN) !== 0) counts.fins++;
    if ((segment.flags & TCP_RST) !== 0) counts.resets++;
    this.#timeHandshake(segment, isForward, atNs);
    if (segment.kind === KIND.KEEP_ALIVE) counts.keepAlives++;
    else if (segment.kind === KIND.WINDOW_PROBE) counts.windowProbes++;
    else if (segment.payload.length > 0) countPayload(segment, side);
    if (segment.acknowledged !== null) countAck(segment, side, other);
  }

  #timeHandshake({ flags }: TcpSegment, isForward: boolean, atNs: number): void {
    const isSyn = (flags & TCP_SYN) !== 0;
    if (isForward && isSyn) this.synNs ??= atNs;
    else if (!isForward && isSyn) this.synAckNs ??= atNs;
    else if (isForward && this.synAckNs !== null && (flags & TCP_RST) === 0) this.handshakeNs ??= atNs;
  }
}

function countPayload({ kind, from, payload }: TcpSegment, side: Side): void {
  const { counts } = side;
  const until = from + payload.length;
  const added = side.seen.add(from, until);
  const known = payload.length - added;
  counts.uniquePayloadBytes += added;
  const fillsHole = from < side.highest;
  if (known > 0) {
    counts.retransmittedSegments++;
    counts.retransmittedBytes += known;
  } else if (fillsHole && kind === KIND.RETRANSMISSION) {
    counts.retransmittedSegments++;
    counts.retransmittedBytes += payload.length;
  } else if (fillsHole) counts.outOfOrderSegments++;
  side.highest = Math.max(side.highest, until);
}

function countAck(
  { flags, payload, acknowledged, window, blocks, isDsack, kind }: TcpSegment,
  side: Side,
  other: Side,
): void {
  const { counts } = side;
  const place = acknowledged as number;
  const isPlain = payload.length === 0 && (flags & (TCP_SYN | TCP_FIN | TCP_RST)) === 0;
  // RFC 5681 section 2: data outstanding, no data, no SYN or FIN, the highest ACK again, and the same window.
  const isDuplicate =
    isPlain &&
    kind !== KIND.KEEP_ALIVE &&
    other.highest > side.acknowledged &&
    place === side.acknowledged &&
    window === side.window;
  if (isDuplicate) counts.duplicateAcks++;
  counts.sackBlocks += blocks.length - (isDsack ? 1 : 0);
  if (isDsack) counts.dsackBlocks++;
  if (window === 0 && (flags & (TCP_RST | TCP_FIN)) === 0 && (flags & TCP_ACK) !== 0) counts.zeroWindows++;
  side.acknowledged = Math.max(side.acknowledged, place);
  side.window = window;
}
