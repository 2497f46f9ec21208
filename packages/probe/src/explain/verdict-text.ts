import { CAUSES } from "../measure/tcp/retransmission-cause.ts";
import type { SegmentVerdict } from "../measure/tcp/segment-verdict.ts";
import type { EqualFrame } from "./equal-frames.ts";
import type { TracedSegment } from "./segment-trace.ts";

/** The causes for people. */
const CAUSE_TEXTS = {
  rto: "time-out",
  fs: "fast retransmit",
  reor: "not by the sender: delayed by the network",
  dup: "not by the sender: doubled by the network",
  unk: "neither time-out nor three ACKs",
  fc: "into a closed window",
  unrto: "time-out, needless: it was acknowledged",
  unfs: "fast retransmit, needless: it was acknowledged",
} as const satisfies Record<(typeof CAUSES)[number], string>;

/** One finding about a segment: a word to search for, and what it rests on. */
export interface Finding {
  readonly kind: string;
  readonly text: string;
  /** Numbers behind it, by name with unit. */
  readonly evidence?: { readonly [name: string]: number | string };
}

/** What the analysis made of a segment, in the order an operator reads it. */
export function findingsOf(segment: TracedSegment): Finding[] {
  const { verdict, sack, payloadBytes } = segment;
  if (segment.isCopy) return copyOf(segment);
  if (verdict === null) return [{ kind: "cut", text: "no more than its ports was captured" }];
  return [
    ...openingOf(verdict),
    ...sequenceOf(verdict, payloadBytes),
    ...acknowledgementOf(verdict, sack),
    ...windowOf(verdict),
    ...closeOf(verdict),
    ...equalOf(segment),
  ];
}

function copyOf({ equals, path }: TracedSegment): Finding[] {
  if (equals === null) return [{ kind: "copy", text: "copy of an earlier frame: left out" }];
  const text = `copy of ${originText(equals, path)}, ${ms(equals.sinceNs)} after it: left out`;
  return [{ kind: "copy", text, evidence: equalEvidence(equals) }];
}

/** A sender that repeats a segment byte by byte makes what looks like a copy, but later than a mirror port (docs/duplicates.md). */
function equalOf({ equals, path }: TracedSegment): Finding[] {
  if (equals === null) return [];
  const text = `equals ${originText(equals, path)}, ${ms(equals.sinceNs)} after it: taken for a packet of its own`;
  return [{ kind: "equal", text, evidence: equalEvidence(equals) }];
}

function originText({ origin }: EqualFrame, path: string): string {
  if (origin === null) return "an earlier frame";
  return origin.path === path ? `frame ${origin.frame}` : `frame ${origin.frame} of ${origin.path}`;
}

function equalEvidence({ origin, sinceNs }: EqualFrame): { readonly [name: string]: number | string } {
  return { since_ns: sinceNs, ...(origin && { of_file: origin.path, of_frame: origin.frame }) };
}

function openingOf(verdict: SegmentVerdict): Finding[] {
  if (!verdict.isSyn && !verdict.isSynAck) return [];
  const name = verdict.isSyn ? "SYN" : "SYN-ACK";
  return [verdict.isSynRepeat ? { kind: "syn repeat", text: `${name} again` } : { kind: "syn", text: name }];
}

function sequenceOf(verdict: SegmentVerdict, payloadBytes: number): Finding[] {
  const findings: Finding[] = [];
  if (verdict.isRetransmission) findings.push(retransmission(verdict));
  if (verdict.isOutOfOrder) findings.push(outOfOrder(verdict));
  if (verdict.opensHole) findings.push({ kind: "hole", text: "opens a hole before it" });
  if (verdict.isKeepAlive) findings.push({ kind: "keep-alive", text: "keep-alive" });
  if (verdict.isZeroWindowProbe) findings.push({ kind: "window probe", text: "probe of a closed window" });
  if (payloadBytes > 0 && findings.length === 0) findings.push({ kind: "data", text: `${payloadBytes} bytes` });
  return findings;
}

function retransmission(verdict: SegmentVerdict): Finding {
  const cause = CAUSES[verdict.cause]!;
  const { sinceNs, signals, timeoutNs, lateNs, retransmittedBytes, isUpstreamLoss } = verdict;
  const lost = isUpstreamLoss ? ", lost before the tap" : "";
  const since = lateNs > 0 ? "hole opened" : "last sent";
  return {
    kind: `retransmission ${cause}`,
    text:
      `sent again (${cause}, ${CAUSE_TEXTS[cause]})${lost}: ${since} ${ms(sinceNs)} ago, ` +
      `${signals >= 3 ? "3+" : signals} ACKs told of a loss, time-out ${ms(timeoutNs)}`,
    evidence: {
      cause,
      upstream_loss: isUpstreamLoss ? 1 : 0,
      bytes: retransmittedBytes,
      since_ns: sinceNs,
      loss_signals: signals,
      timeout_ns: Math.round(timeoutNs),
      ...(lateNs > 0 ? { late_ns: Math.round(lateNs) } : {}),
    },
  };
}

function outOfOrder({ sinceNs, lateNs, signals, extent, overtakers }: SegmentVerdict): Finding {
  return {
    kind: "out of order",
    text:
      `out of order: hole opened ${ms(sinceNs)} ago (late from ${ms(lateNs)} on), ` +
      `${signals >= 3 ? "3+" : signals} ACKs told of a loss, extent ${extent}, n ${overtakers}`,
    evidence: {
      since_ns: sinceNs,
      late_ns: Math.round(lateNs),
      loss_signals: signals,
      extent,
      n_reordering: overtakers,
    },
  };
}

function acknowledgementOf(verdict: SegmentVerdict, sack: readonly number[]): Finding[] {
  const findings: Finding[] = [];
  if (verdict.isDuplicateAck) findings.push({ kind: "duplicate ack", text: "duplicate ACK" });
  if (verdict.isDsack) findings.push({ kind: "dsack", text: `D-SACK ${sack[0]}-${sack[1]}: came twice` });
  const blocks = verdict.isDsack ? sack.slice(2) : sack;
  if (blocks.length > 0) findings.push({ kind: "sack", text: `SACK ${pairs(blocks)}` });
  if (verdict.rttNs >= 0) {
    findings.push({ kind: "rtt", text: `RTT ${ms(verdict.rttNs)}`, evidence: { rtt_ns: verdict.rttNs } });
  }
  return findings;
}

function windowOf(verdict: SegmentVerdict): Finding[] {
  if (!verdict.isZeroWindow) return [];
  return [{ kind: "zero window", text: verdict.isZeroWindowEpisode ? "window closes" : "window still closed" }];
}

function closeOf(verdict: SegmentVerdict): Finding[] {
  const findings: Finding[] = [];
  if (verdict.isFin) findings.push({ kind: "fin", text: verdict.isFinRepeat ? "FIN again" : "FIN" });
  if (verdict.isRst) findings.push({ kind: "rst", text: "RST" });
  return findings;
}

function pairs(edges: readonly number[]): string {
  return Array.from({ length: edges.length / 2 }, (_, i) => `${edges[2 * i]}-${edges[2 * i + 1]}`).join(" ");
}

function ms(ns: number): string {
  return `${(ns / 1e6).toFixed(3)} ms`;
}
