/**
 * What the words of reports mean, short: whoever doubts a figure finds its rule beside it, and the page with the whole of it.
 * The same words as docs/glossary.md, docs/tcp-definitions.md, docs/transactions.md and docs/one-way.md.
 */
export const DEFINITIONS = {
  duplicates: [
    "Duplicate frame: a copy of an earlier frame in every captured byte from the IP header on, but for TTL, header checksum and DSCP, as mirror ports make them. Copies count in packets and bytes and stand beside them; TCP, delays and one-way verdicts leave them out (docs/duplicates.md).",
  ],
  icmp: [
    "ICMP messages are told by type and code as they stand in the packet; quoted packets within them are not counted.",
  ],
  tcp: [
    "Connection: counted when its first segment is seen. Established: SYN and SYN-ACK were acknowledged. Refused: reset before it carried anything. Reset: reset later. Timed out: 60\u00a0s with nothing but SYNs, 120\u00a0s half closed, else 1\u00a0h of silence, unless the flow class says otherwise.",
    "Sent again (retransmitted): a segment with payload of which some was seen before in that direction, or that fills a hole later than reordering explains: after three duplicate ACKs, or 0.8 of the smoothed round trip, at least 3\u00a0ms. Keep-alives, window probes and repeated SYNs are none. The share is of all segments.",
    "Out of order: a segment that fills a hole and is not sent again by that rule (RFC\u00a04737). Duplicate ACK: by the five conditions of RFC\u00a05681. Zero window: an advertisement of 0 by a side that has sent neither FIN nor RST. Unique payload: distinct sequence numbers. The whole of it: docs/tcp-definitions.md.",
  ],
  causes: [
    "Causes of segments sent again, by tstat's names: by time-out (rto), after duplicate ACKs (fs, fast retransmit), into a closed window (fc), though all was acknowledged (unrto, unfs), unknown (unk). Network reordering (reor) and network duplicates (dup) are told apart: the sender sent nothing again.",
  ],
  roundTrips: [
    "Round trip: from a segment at the probe to the ACK that covers it, at most one sample per ACK, none of a segment that was sent twice (Karn, RFC\u00a06298). It runs from the probe to one side and back; both sides together make the whole way.",
  ],
  ftp: [
    "Transfer of FTP: counted when it was commanded. Complete: the final reply accepts it. Failed: it refuses it. Aborted: broken off by ABOR, code 426, or the session's end. Unseen: accepted, but its data connection was not captured. Success is the share of complete ones of all that were commanded. Throughput is payload over the time from the first payload byte to the last.",
  ],
  delays: [
    "Delay: from the first copy of a request at the probe to its reply (RFC\u00a02681, from the probe onward). Unanswered: no reply within the time-out of the flow class, 5\u00a0s unless it says otherwise. Late: a reply came afterwards; the request stays unanswered. Repeat: a further copy of a request. Requests are replied and unanswered ones together (docs/transactions.md).",
  ],
  verdicts: [
    "Matched: seen at both hops. Lost: seen at the earlier hop and at no later one (RFC\u00a07680). Missed: one of both hops failed to see what a later, or an earlier and a later one saw: it arrived. Unknown: a probe that would know did not look. Matched, lost, missed and unknown are all packets that either hop saw. Dropped: seen only after its packet had settled, beside this sum.",
    "Loss is lost of matched and lost. Packets that a probe's machine dropped before capture look missed, or at the last hop lost: see “Captured” on the first page.",
  ],
  latency: [
    "Latency: instant at the later hop less instant at the earlier one (RFC\u00a07679), by two clocks. Negative ones are kept in least, mean and most, and left out of median and percentiles. Variation is the difference of a percentile and the least (PDV, RFC\u00a05481); clocks that differ by a constant do not change it. docs/one-way.md has the rules.",
  ],
  percentiles: [
    "Median, p95, p99: half, 95\u00a0% and 99\u00a0% of the samples are no greater. They are read from histograms with 32 buckets to a power of two, and are within 1.6\u00a0%. Least, mean, most and all counts are exact.",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Topic = keyof typeof DEFINITIONS;

/** Definitions of some topics, in the order above. */
export function definitionsOfTopics(topics: readonly Topic[]): string[] {
  return (Object.keys(DEFINITIONS) as Topic[])
    .filter((each) => topics.includes(each))
    .flatMap((each) => DEFINITIONS[each]);
}
