import { Histogram } from "../../ask/histogram.ts";
import type { OperatorFigures } from "../../ask/operator-figures.ts";
import type { ServiceTraffic, TcpFigures } from "../../ask/services.ts";
import { shareOf } from "../figures.ts";
import type { ListLimits } from "../manager/limits.ts";
import type { Block, Cell, Distribution, Section, Table, TableRow } from "../model.ts";
import { topList } from "../top-list.ts";

/** How well TCP worked, service by service. */
export function tcpSection(figures: OperatorFigures, limits: ListLimits): Section {
  const blocks: Block[] =
    figures.question.source === "netflow"
      ? [{ kind: "notice", text: "NetFlow records do not tell how TCP fared: report on a probe's data for that." }]
      : [qualityTable(figures, limits), spread(figures, "toServer"), spread(figures, "toClient")];
  return {
    title: "TCP quality",
    intro:
      "Segments sent again cost users time: below 1\u00a0% is healthy, above 3\u00a0% is felt. Round trips are measured from the probe: to the server and back, and to the client and back.",
    blocks,
  };
}

function qualityTable(figures: OperatorFigures, limits: ListLimits): Table {
  const withTcp = figures.services.filter((each) => each.tcp !== null);
  const ranked = withTcp.map((each) => ({ ...each, label: each.service }));
  const { top, others, below } = topList(ranked, limits.top, limits.thresholdBytes);
  const rest = [...others, ...below];
  const rows: TableRow[] = top.map((each) => rowOf("item", each.service, [each], figures));
  if (rest.length > 0) rows.push(rowOf("others", `Others (${rest.length})`, rest, figures));
  if (rows.length > 0) rows.push(rowOf("total", "Total", withTcp, figures));
  return {
    kind: "table",
    name: "tcp-quality",
    title: "TCP quality per service",
    columns: [
      { label: "Service", kind: "text", csv: "service" },
      { label: "Connections", kind: "count", csv: "connections_opened" },
      { label: "Refused", kind: "count", csv: "connections_refused" },
      { label: "Reset", kind: "count", csv: "connections_reset" },
      { label: "Timed out", kind: "count", csv: "connections_timed_out" },
      { label: "Segments", kind: "count", csv: "segments" },
      { label: "Retransmitted", kind: "count", csv: "retransmitted_segments", csvOnly: true },
      { label: "Sent again", kind: "percent", csv: "retransmitted_share" },
      { label: "Zero windows", kind: "count", csv: "zero_windows" },
      { label: "Server median", kind: "duration", csv: "rtt_to_server_median_ns" },
      { label: "Server p95", kind: "duration", csv: "rtt_to_server_p95_ns" },
      { label: "Client median", kind: "duration", csv: "rtt_to_client_median_ns" },
      { label: "Client p95", kind: "duration", csv: "rtt_to_client_p95_ns" },
    ],
    rows,
    note: "Medians and p95 come from histograms and are within 1.6\u00a0%. A dash: no round trip was measured.",
    whyEmpty: "No TCP traffic was analysed in this period.",
  };
}

function rowOf(
  role: TableRow["role"],
  label: string,
  members: readonly ServiceTraffic[],
  figures: OperatorFigures,
): TableRow {
  const sum = (pick: (tcp: TcpFigures) => bigint) =>
    members.reduce((total, { tcp }) => total + (tcp === null ? 0n : pick(tcp)), 0n);
  const segments = sum((tcp) => tcp.segments);
  const again = sum((tcp) => tcp.retransmitted);
  const [server, client] = [histogramOf(figures, "toServer", members), histogramOf(figures, "toClient", members)];
  const cells: Cell[] = [
    label,
    sum((tcp) => tcp.opened),
    sum((tcp) => tcp.refused),
    sum((tcp) => tcp.reset),
    sum((tcp) => tcp.timedOut),
    segments,
    again,
    shareOf(again, segments),
    sum((tcp) => tcp.zeroWindows),
    ...[server, client].flatMap((histogram) => [histogram.percentileNs(50), histogram.percentileNs(95)]),
  ];
  return { role, cells };
}

function histogramOf(
  { roundTrips }: OperatorFigures,
  way: "toServer" | "toClient",
  services: readonly { service: string }[],
): Histogram {
  const sum = new Histogram();
  for (const { service } of services) {
    const of = roundTrips.get(service);
    if (of !== undefined) sum.addAll(of[way]);
  }
  return sum;
}

function spread(figures: OperatorFigures, way: "toServer" | "toClient"): Distribution {
  const who = way === "toServer" ? "server" : "client";
  return delayDistribution(
    `round-trips-to-${who}`,
    `TCP round trips to the ${who}, all services`,
    "samples",
    histogramOf(figures, way, figures.services),
    "No round trip was measured in this period.",
  );
}

/** How durations are spread, with median, p95 and p99 marked. */
export function delayDistribution(
  name: string,
  title: string,
  counted: string,
  histogram: Histogram,
  whyEmpty: string,
): Distribution {
  return {
    kind: "distribution",
    name,
    title,
    quantity: "duration",
    counted,
    logarithmic: true,
    bins: binsOf(histogram),
    marks: [50, 95, 99].flatMap((percent) => {
      const value = histogram.percentileNs(percent);
      return value === null ? [] : [{ label: percent === 50 ? "median" : `p${percent}`, value }];
    }),
    whyEmpty,
  };
}

/** Bins of an eighth of a doubling, finer where these would be few. */
function binsOf(histogram: Histogram): Distribution["bins"] {
  const bins = histogram.bins(8);
  return bins.length < 12 ? histogram.bins(32) : bins;
}
