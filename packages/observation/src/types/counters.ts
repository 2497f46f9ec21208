import { bothWays, column } from "../column.ts";
import { observationType } from "../observation-type.ts";
import { requestProtocols } from "./request-protocols.ts";

const nullable = { nullable: true } as const;
const follows = { follows: true } as const;

const flowAndInterval = [
  column("flow_id", "count", "flow instance", follows),
  column("interval_start", "second", "start of the interval, a multiple of its length since the epoch"),
  column("interval_s", "count", "length of the interval in seconds", follows),
] as const;

export const ipct = observationType({
  name: "ipct",
  code: 16,
  family: "counter",
  title: "IP counters",
  meaning:
    "Every captured packet of the instance in the interval. Duplicate frames are in packets and bytes and stand beside them.",
  columns: [
    ...flowAndInterval,
    ...bothWays(
      column("packets", "count", "packets"),
      column("bytes", "count", "IP bytes (IP total length)"),
      column("fragments", "count", "packets that are fragments of a datagram"),
      column("duplicate_packets", "count", "packets that are copies of an earlier frame"),
      column("duplicate_bytes", "count", "IP bytes of these copies"),
    ),
    column("first", "instant", "first packet in the interval"),
    column("last", "instant", "last packet in the interval"),
  ],
});

export const ipsz = observationType({
  name: "ipsz",
  code: 17,
  family: "counter",
  title: "IP size distribution",
  meaning: "Packets per slice of IP length.",
  columns: [
    ...flowAndInterval,
    column("slice", "count", "slice of the class's ipsz distribution", follows),
    ...bothWays(column("packets", "count", "packets")),
  ],
});

export const icmpct = observationType({
  name: "icmpct",
  code: 18,
  family: "counter",
  title: "ICMP counters",
  meaning: "ICMP and ICMPv6 messages per type and code.",
  columns: [
    ...flowAndInterval,
    column("icmp_type", "count", "ICMP or ICMPv6 type", follows),
    column("icmp_code", "count", "ICMP or ICMPv6 code", follows),
    ...bothWays(column("packets", "count", "messages"), column("bytes", "count", "IP bytes")),
  ],
});

export const udpct = observationType({
  name: "udpct",
  code: 19,
  family: "counter",
  title: "UDP counters",
  meaning: "UDP datagrams; a fragmented one counts once, with its first fragment.",
  columns: [
    ...flowAndInterval,
    ...bothWays(
      column("datagrams", "count", "datagrams"),
      column("payload_bytes", "count", "payload bytes by the UDP length"),
      column("checksumless", "count", "datagrams with checksum 0"),
    ),
  ],
});

export const tcpct = observationType({
  name: "tcpct",
  code: 20,
  family: "counter",
  title: "TCP counters",
  meaning: "What happened on the instance's TCP connections in the interval. Duplicate frames are left out.",
  columns: [
    ...flowAndInterval,
    column("connections_opened", "count", "connections seen for the first time"),
    column("connections_established", "count", "handshakes completed"),
    column("connections_closed", "count", "connections closed by FIN both ways"),
    column("connections_reset", "count", "established connections ended by RST"),
    column("connections_refused", "count", "connections reset before they were established"),
    column("connections_timed_out", "count", "connections given up for silence"),
    ...bothWays(
      column("packets", "count", "segments"),
      column("payload_bytes", "count", "payload bytes, repeats included"),
      column("unique_payload_bytes", "count", "distinct payload sequence numbers", { sameAs: "payload_bytes" }),
      column("syn", "count", "SYN segments without ACK, repeats included"),
      column("syn_repeats", "count", "repeats of SYN or SYN-ACK"),
      column("synack", "count", "SYN-ACK segments, repeats included"),
      column("fin", "count", "FIN segments, repeats included"),
      column("fin_repeats", "count", "repeats of FIN"),
      column("rst", "count", "RST segments"),
      column("retransmitted_segments", "count", "segments with payload sent again"),
      column("retransmitted_bytes", "count", "payload bytes sent again"),
      column("out_of_order_segments", "count", "segments that filled a hole and are no retransmission"),
      column("duplicate_acks", "count", "duplicate ACKs by RFC 5681"),
      column("zero_windows", "count", "advertisements of window 0"),
      column("zero_window_episodes", "count", "times the window went to 0"),
      column("rtt_samples", "count", "round-trip samples, tap to the receiver of this direction and back"),
      column("rtt_sum", "duration", "sum of the samples"),
      column("rtt_min", "duration", "least sample", nullable),
      column("rtt_max", "duration", "greatest sample", nullable),
      column("rtt_histogram", "histogram", "samples per log-linear bucket of nanoseconds"),
    ),
  ],
});

export const ftpct = observationType({
  name: "ftpct",
  code: 21,
  family: "counter",
  title: "FTP counters",
  meaning:
    "FTP sessions and transfers of the instance in the interval, each counted when it happened. Transfers whose final reply was not seen are started, and neither completed, failed nor aborted.",
  columns: [
    ...flowAndInterval,
    column("sessions_opened", "count", "control sessions opened"),
    column("logins_accepted", "count", "logins accepted"),
    column("logins_refused", "count", "logins refused"),
    column("transfers_started", "count", "transfers started"),
    column("transfers_completed", "count", "transfers completed"),
    column("transfers_failed", "count", "transfers failed"),
    column("transfers_aborted", "count", "transfers aborted"),
    ...bothWays(column("bytes", "count", "payload bytes of data connections")),
  ],
});

export const twoway = observationType({
  name: "twoway",
  code: 22,
  family: "counter",
  title: "Two-way delays",
  meaning:
    "Requests of the interval and what became of them; all of a request counts in the interval of its first copy.",
  columns: [
    ...flowAndInterval,
    column("protocol", "symbol", "request/response protocol", { symbols: requestProtocols }),
    column("requests", "count", "requests = replied + unanswered"),
    column("replied", "count", "requests answered in time", { sameAs: "requests" }),
    column("unanswered", "count", "requests not answered in time"),
    column("late", "count", "unanswered requests whose reply came later"),
    column("repeats", "count", "further copies of a request"),
    column("duplicate_replies", "count", "further copies of a reply"),
    column("delay_sum", "duration", "sum of delays from the first copy"),
    column("delay_sum_squares", "wide", "sum of squared delays, square microseconds"),
    column("delay_min", "duration", "least delay", nullable),
    column("delay_max", "duration", "greatest delay", nullable),
    column("last_copy_delay_sum", "duration", "sum of delays from the last copy", { sameAs: "delay_sum" }),
    column("slices", "histogram", "replies per slice of the class's delay distribution"),
    column("delay_histogram", "histogram", "replies per log-linear bucket of nanoseconds"),
  ],
});

const hopPairAndInterval = [
  column("class", "text", "flow class", follows),
  column("from_hop", "count", "earlier hop", follows),
  column("to_hop", "count", "later hop", follows),
  column("interval_start", "second", "start of the interval of the first instant seen"),
  column("interval_s", "count", "length of the interval in seconds", follows),
] as const;

const verdict = (what: string) =>
  [column("packets", "count", `packets ${what}`), column("bytes", "count", `IP bytes ${what}`)] as const;

export const owct = observationType({
  name: "owct",
  code: 23,
  family: "counter",
  title: "One-way counters",
  meaning:
    "Verdicts on the packets of a hop pair: matched + lost + missed + unknown adds up to the packets seen. Where a class wants verdicts apart, lost, missed and dropped are 0 here and stand in owlost, owmiss and owdrop.",
  columns: [
    ...hopPairAndInterval,
    column("matched_packets", "count", "packets seen at both hops"),
    column("matched_bytes", "count", "IP bytes seen at both hops"),
    column("lost_packets", "count", "packets seen at the earlier and no later hop"),
    column("lost_bytes", "count", "IP bytes of these"),
    column("missed_packets", "count", "packets one hop failed to see"),
    column("missed_bytes", "count", "IP bytes of these"),
    column("unknown_packets", "count", "packets undecided while a probe was silent"),
    column("unknown_bytes", "count", "IP bytes of these"),
    column("dropped_packets", "count", "observations that came after their packet had settled"),
    column("dropped_bytes", "count", "IP bytes of these"),
    column("latency_sum", "offset", "sum of latencies of matched packets"),
    column("latency_min", "offset", "least latency", nullable),
    column("latency_max", "offset", "greatest latency", nullable),
    column("latency_histogram", "histogram", "non-negative latencies per log-linear bucket of nanoseconds"),
    column("duplicate_packets", "count", "further sightings of these packets at the later hop"),
    column("duplicate_bytes", "count", "IP bytes of these"),
    column("negative_packets", "count", "matched packets whose latency is negative: the clocks do not agree"),
  ],
});

export const owlost = observationType({
  name: "owlost",
  code: 24,
  family: "counter",
  title: "One-way lost",
  meaning: "Packets seen at the earlier hop and no later one, where a class wants verdicts apart.",
  columns: [...hopPairAndInterval, ...verdict("lost")],
});

export const owmiss = observationType({
  name: "owmiss",
  code: 25,
  family: "counter",
  title: "One-way missed",
  meaning: "Packets one hop failed to see, where a class wants verdicts apart.",
  columns: [...hopPairAndInterval, column("at_hop", "count", "hop that failed to see them"), ...verdict("missed")],
});

export const owdrop = observationType({
  name: "owdrop",
  code: 26,
  family: "counter",
  title: "One-way dropped",
  meaning: "Observations that came after their packet had settled, where a class wants verdicts apart.",
  columns: [...hopPairAndInterval, ...verdict("dropped")],
});

export const capst = observationType({
  name: "capst",
  code: 27,
  family: "counter",
  title: "Capture statistics",
  meaning:
    "What an interface gave and where it went: packets = matched + unmatched + undecodable + non-IP; what was dropped before came on top.",
  columns: [
    column("interface", "text", "interface", follows),
    column("interval_start", "second", "start of the interval"),
    column("interval_s", "count", "length of the interval in seconds", follows),
    column("packets", "count", "frames received"),
    column("bytes", "count", "bytes of these frames on the wire, link header included"),
    column("ip_packets", "count", "IP packets decoded"),
    column("ip_bytes", "count", "IP bytes of these"),
    column("matched", "count", "IP packets that at least one flow class took"),
    column("unmatched", "count", "IP packets that no flow class took"),
    column("non_ip", "count", "frames without an IP packet"),
    column("ethertypes", "tally", "frames by ethertype, hexadecimal"),
    column("undecodable", "count", "frames whose IP header is invalid"),
    column("undecodable_reasons", "tally", "these by reason"),
    column("malformed_reasons", "tally", "IP packets counted whose inside could not be decoded, by reason"),
    column("kernel_dropped", "count", "packets the kernel dropped"),
    column("card_dropped", "count", "packets the card dropped"),
    column("queue_dropped", "count", "packets the probe's own queue had no room for"),
    column("bad_time", "count", "packets whose timestamp was out of range"),
    ...bothWays(
      column("packets", "count", "packets matched, in the direction of the first flow class that took them"),
      column("duplicate_packets", "count", "copies of an earlier frame among these"),
      column("duplicate_bytes", "count", "IP bytes of these copies"),
    ),
    column("forgotten_frames", "count", "frames of which copies were no longer looked for, for want of room"),
    column("clock_offset", "offset", "system clock against its reference", nullable),
    column("clock_error", "duration", "bound of the clock's error", nullable),
  ],
});
