import type { ProtocolDelays } from "../../ask/delays.ts";
import type { Histogram } from "../../ask/histogram.ts";
import type { OperatorFigures } from "../../ask/operator-figures.ts";
import { dayGrid } from "../../time-grid.ts";
import { shareOf } from "../figures.ts";
import type { Bands, Block, Section, Table, Value } from "../model.ts";
import { delayDistribution } from "./quality-section.ts";

/** As operators write them. */
const NAMES: Readonly<Record<string, string>> = {
  icmp: "ICMP echo",
  dns: "DNS",
  ntp: "NTP",
  snmp: "SNMP",
  http: "HTTP",
  tls: "TLS handshake",
  "tcp-handshake": "TCP handshake",
  udp: "UDP services",
  tcp: "TCP services",
  user: "own signatures",
};

export function protocolName(protocol: string): string {
  return NAMES[protocol] ?? protocol;
}

/** How long requests of each protocol waited for their replies. */
export function delaysSection(figures: OperatorFigures): Section {
  const { delays, question } = figures;
  const charts = delays.filter(({ histogram }) => histogram.total() > 0n);
  const blocks: Block[] =
    question.source === "netflow"
      ? [{ kind: "notice", text: "NetFlow records do not tell of requests: report on a probe's data for that." }]
      : [delayTable(delays), ...charts.map((each) => bandsOf(figures, each))];
  return {
    title: "Two-way delays",
    intro:
      "From the first copy of a request to its reply. A request that is not replied within its time-out is unanswered, even if a reply comes later.",
    blocks,
  };
}

export function delayTable(delays: readonly ProtocolDelays[]): Table {
  return {
    kind: "table",
    name: "two-way-delays",
    title: "Requests and their delays",
    columns: [
      { label: "Protocol", kind: "text", csv: "protocol" },
      { label: "Requests", kind: "count", csv: "requests" },
      { label: "Replied", kind: "percent", csv: "replied_share" },
      { label: "Unanswered", kind: "count", csv: "unanswered" },
      { label: "of these late", kind: "count", csv: "late" },
      { label: "Repeats", kind: "count", csv: "repeats" },
      { label: "Least", kind: "duration", csv: "delay_min_ns" },
      { label: "Median", kind: "duration", csv: "delay_median_ns" },
      { label: "Mean", kind: "duration", csv: "delay_mean_ns" },
      { label: "p95", kind: "duration", csv: "delay_p95_ns" },
      { label: "p99", kind: "duration", csv: "delay_p99_ns" },
      { label: "Most", kind: "duration", csv: "delay_max_ns" },
    ],
    rows: delays.map((each) => ({
      role: "item",
      cells: [
        protocolName(each.protocol),
        each.requests,
        shareOf(each.replied, each.requests),
        each.unanswered,
        each.late,
        each.repeats,
        each.minNs,
        each.histogram.percentileNs(50),
        each.replied === 0n ? null : Number(each.sumNs) / Number(each.replied),
        each.histogram.percentileNs(95),
        each.histogram.percentileNs(99),
        each.maxNs,
      ],
    })),
    note: "Median, p95 and p99 come from histograms and are within 1.6\u00a0%.",
    whyEmpty: "No class measures two-way delays, or no request was seen in this period.",
  };
}

function bandsOf({ question: { period } }: OperatorFigures, delays: ProtocolDelays): Block {
  const name = protocolName(delays.protocol);
  if (period.days.length < 3) {
    const why = `No ${name} request was replied in this period.`;
    return delayDistribution(`delay-spread-${delays.protocol}`, `${name}: delays`, "replies", delays.histogram, why);
  }
  return dailyBands(`delay-per-day-${delays.protocol}`, `${name}: delay per day`, dayGrid(period), (day) =>
    delays.byDay.get(day),
  );
}

/** Median within p5 to p95, stretch by stretch. */
export function dailyBands(
  name: string,
  title: string,
  grid: { readonly axis: Bands["time"]; readonly keys: readonly string[] },
  histogramOf: (key: string) => Histogram | undefined,
): Bands {
  const at = (percent: number): Value[] => grid.keys.map((key) => histogramOf(key)?.percentileNs(percent) ?? null);
  return {
    kind: "bands",
    name,
    title: `${title} (times in ${grid.axis.zone})`,
    time: grid.axis,
    quantity: "duration",
    low: { label: "p5", values: at(5) },
    middle: { label: "median", values: at(50) },
    high: { label: "p95", values: at(95) },
    whyEmpty: "No request was replied in this period.",
  };
}
