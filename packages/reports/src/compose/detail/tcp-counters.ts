import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import { askFlowHistograms, askFlowHours } from "../../ask/detail/flow-series.ts";
import { askFlows, type FlowTable } from "../../ask/detail/flows.ts";
import { shareOf } from "../figures.ts";
import { column, findingsOf } from "./counters.ts";
import { delayBands, delaySpread, histogramUnit, wholeOf } from "./delay-blocks.ts";
import {
  barsOverTime,
  bothWays,
  busiestHours,
  oneWay,
  plainSums,
  sharesOverTime,
  waySums,
  waysTable,
} from "./over-hours.ts";
import type { DetailFindings, DetailProtocol } from "./protocol.ts";

export const tcpCounters: DetailProtocol = {
  name: "tcp-counters",
  title: "TCP counters",
  intro:
    "How TCP fared. Segments sent again cost users time: below 1\u00a0% is healthy, above 3\u00a0% is felt. Round trips run from the probe to one side and back.",
  topics: ["tcp", "roundTrips", "percentiles"],
  hasHistograms: true,
  make: tcpFindings,
};

const OUTCOMES = [
  ["opened", "connections_opened"],
  ["established", "connections_established"],
  ["closed", "connections_closed"],
  ["reset", "connections_reset"],
  ["refused", "connections_refused"],
  ["timed out", "connections_timed_out"],
] as const;

const TABLE: FlowTable = {
  table: "tcpcttable_1h",
  at: "bucket_start",
  sums: {
    packets: "SUM(x.fwd_packets) + SUM(x.rev_packets)",
    ...plainSums(...OUTCOMES.map(([, name]) => name)),
    ...waySums(
      "packets",
      "payload_bytes",
      "unique_payload_bytes",
      "retransmitted_segments",
      "retransmitted_bytes",
      "out_of_order_segments",
      "duplicate_acks",
      "zero_windows",
      "zero_window_episodes",
      "syn_repeats",
      "rst",
      "rtt_samples",
      "rtt_sum_ns",
    ),
  },
  weight: "packets",
};

async function tcpFindings(asking: DetailAsking): Promise<DetailFindings> {
  const { database, scope } = asking;
  const ranked = await askFlows(database, scope, TABLE);
  const numbers = ranked.flows.map(({ flow }) => flow.number);
  const hours = await askFlowHours(database, scope, TABLE, numbers);
  const unit = histogramUnit(asking);
  const rtts = await askFlowHistograms(database, scope, "tcprtttable", numbers, unit, "x.direction");
  const columns = [
    column("Connections", "connections_opened", "count", oneWay("connections_opened")),
    column("Refused", "connections_refused", "count", oneWay("connections_refused")),
    column("Reset", "connections_reset", "count", oneWay("connections_reset")),
    column("Segments", "segments", "count", (sums) => sums.packets ?? null),
    column("Sent again", "retransmitted_share", "percent", (sums) =>
      shareOf(bothWays("retransmitted_segments")(sums) ?? 0n, sums.packets ?? 0n),
    ),
    column("Zero windows", "zero_windows", "count", bothWays("zero_windows")),
  ];
  return findingsOf(
    ranked,
    { overviewTitle: "Flows by segments", columns },
    ({ flow, sums, id, hours: ofFlow }) => {
      const [toB, toA] = ["fwd", "rev"].map((way) => rtts.get(flow.number)?.get(way) ?? new Map());
      const why = "No round trip was measured of this flow in this period.";
      return [
        {
          kind: "table",
          name: `${id}-connections`,
          title: "Connections",
          columns: OUTCOMES.map(([label, name]) => ({ label, kind: "count" as const, csv: name })),
          rows: [{ role: "item", cells: OUTCOMES.map(([, name]) => sums[name] ?? 0n) }],
          whyEmpty: why,
        },
        waysTable(`${id}-both-ways`, sums, [
          { label: "Segments", column: "packets" },
          { label: "Payload bytes", column: "payload_bytes" },
          { label: "Unique payload bytes", column: "unique_payload_bytes" },
          { label: "Segments sent again", column: "retransmitted_segments" },
          { label: "Payload bytes sent again", column: "retransmitted_bytes" },
          { label: "Out of order", column: "out_of_order_segments" },
          { label: "Duplicate ACKs", column: "duplicate_acks" },
          { label: "Zero windows", column: "zero_windows" },
          { label: "Repeated SYNs", column: "syn_repeats" },
          { label: "RSTs", column: "rst" },
        ]),
        sharesOverTime(asking, `${id}-retransmitted`, "Share of segments sent again", ofFlow(), [
          { label: "A to B", part: oneWay("fwd_retransmitted_segments"), whole: oneWay("fwd_packets") },
          { label: "B to A", part: oneWay("rev_retransmitted_segments"), whole: oneWay("rev_packets") },
        ]),
        barsOverTime(
          asking,
          `${id}-outcomes`,
          "Connections that ended",
          "count",
          OUTCOMES.slice(2).map(([label, name]) => ({ label, pick: oneWay(name), hours: ofFlow() })),
        ),
        delayBands(asking, `${id}-rtt-to-b`, "Round trip, probe to B,", toB!),
        delaySpread(`${id}-rtt-spread-to-b`, "Round trips, probe to B", "samples", toB!, why),
        ...(wholeOf(toA!).total() === 0n
          ? []
          : [
              delayBands(asking, `${id}-rtt-to-a`, "Round trip, probe to A,", toA!),
              delaySpread(`${id}-rtt-spread-to-a`, "Round trips, probe to A", "samples", toA!, why),
            ]),
        busiestHours(
          asking,
          `${id}-worst`,
          "Hours with most segments sent again",
          ofFlow(),
          bothWays("retransmitted_segments"),
          [
            { label: "Sent again", csv: "retransmitted_segments", pick: bothWays("retransmitted_segments") },
            { label: "Segments", csv: "segments", pick: (of) => of.packets ?? 0n },
            { label: "Connections", csv: "connections_opened", pick: oneWay("connections_opened") },
            { label: "Zero windows", csv: "zero_windows", pick: bothWays("zero_windows") },
          ],
        ),
      ];
    },
    hours,
  );
}
