import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import { askFlowHistograms, askFlowHours } from "../../ask/detail/flow-series.ts";
import { askFlows, type FlowTable, type Sums } from "../../ask/detail/flows.ts";
import { shareOf } from "../figures.ts";
import type { Block, Table } from "../model.ts";
import { protocolName } from "../operator/delays-section.ts";
import { column, findingsOf } from "./counters.ts";
import { delayBands, delaySpread, histogramUnit, wholeOf } from "./delay-blocks.ts";
import { barsOverTime, busiestHours, type Hours, oneWay, plainSums } from "./over-hours.ts";
import type { DetailFindings, DetailProtocol } from "./protocol.ts";

export const twoWayDelays: DetailProtocol = {
  name: "two-way-delays",
  title: "Two-way delays",
  intro:
    "From the first copy of a request to its reply. A request that is not replied within its time-out is unanswered, even if a reply comes later.",
  topics: ["delays", "percentiles"],
  hasHistograms: true,
  make: delayFindings,
};

const COUNTS = ["requests", "replied", "unanswered", "late", "repeats", "duplicate_replies", "delay_sum_ns"] as const;

const TABLE: FlowTable = {
  table: "twowaytable_1h",
  at: "bucket_start",
  sums: {
    ...plainSums(...COUNTS),
    delay_min_ns: "MIN(x.delay_min_ns)",
    delay_max_ns: "MAX(x.delay_max_ns)",
  },
  weight: "requests",
};

async function delayFindings(asking: DetailAsking): Promise<DetailFindings> {
  const { database, scope } = asking;
  const ranked = await askFlows(database, scope, TABLE);
  const numbers = ranked.flows.map(({ flow }) => flow.number);
  const hours = await askFlowHours(database, scope, TABLE, numbers, "x.protocol");
  const unit = histogramUnit(asking);
  const delays = await askFlowHistograms(database, scope, "twowaydelaytable", numbers, unit, "x.protocol");
  const columns = [
    column("Requests", "requests", "count", oneWay("requests")),
    column("Replied", "replied_share", "percent", (sums) => shareOf(sums.replied ?? 0n, sums.requests ?? 0n)),
    column("Unanswered", "unanswered", "count", oneWay("unanswered")),
    column("Least", "delay_min_ns", "duration", (sums) => sums.delay_min_ns ?? null),
    column("Mean", "delay_mean_ns", "duration", mean),
    column("Most", "delay_max_ns", "duration", (sums) => sums.delay_max_ns ?? null),
  ];
  return findingsOf(
    ranked,
    { overviewTitle: "Flows by requests", columns },
    ({ flow, id, keys, hours: ofKey }) =>
      keys()
        .sort()
        .flatMap((protocol): Block[] => {
          const name = protocolName(protocol);
          const stretches = delays.get(flow.number)?.get(protocol) ?? new Map();
          const why = `No ${name} request of this flow was replied in this period.`;
          return [
            requestTable(`${id}-${protocol}`, name, ofKey(protocol), wholeOf(stretches)),
            delayBands(asking, `${id}-${protocol}-delay`, `${name}: delay`, stretches),
            delaySpread(`${id}-${protocol}-spread`, `${name}: delays`, "replies", stretches, why),
            barsOverTime(asking, `${id}-${protocol}-requests`, `${name}: requests`, "count", [
              { label: "replied", pick: oneWay("replied"), hours: ofKey(protocol) },
              { label: "unanswered", pick: oneWay("unanswered"), hours: ofKey(protocol) },
            ]),
            busiestHours(
              asking,
              `${id}-${protocol}-worst`,
              `${name}: hours with most unanswered requests`,
              ofKey(protocol),
              oneWay("unanswered"),
              [
                { label: "Unanswered", csv: "unanswered", pick: oneWay("unanswered") },
                { label: "of these late", csv: "late", pick: oneWay("late") },
                { label: "Requests", csv: "requests", pick: oneWay("requests") },
                { label: "Repeats", csv: "repeats", pick: oneWay("repeats") },
              ],
            ),
          ];
        }),
    hours,
  );
}

function mean(sums: Sums): number | null {
  return sums.replied ? Number(sums.delay_sum_ns ?? 0n) / Number(sums.replied) : null;
}

function requestTable(
  name: string,
  protocol: string,
  hours: Hours,
  histogram: { percentileNs(percent: number): number | null },
): Table {
  const all = [...hours.values()];
  const sum = (column: string) => all.reduce((total, sums) => total + (sums[column] ?? 0n), 0n);
  const known = (column: string) => all.flatMap((sums) => sums[column] ?? []);
  const least = known("delay_min_ns").reduce<bigint | null>(
    (min, each) => (min === null || each < min ? each : min),
    null,
  );
  const most = known("delay_max_ns").reduce<bigint | null>(
    (max, each) => (max === null || each > max ? each : max),
    null,
  );
  const replied = sum("replied");
  return {
    kind: "table",
    name,
    title: `${protocol}: requests and delays`,
    columns: [
      { label: "Requests", kind: "count", csv: "requests" },
      { label: "Replied", kind: "count", csv: "replied" },
      { label: "Unanswered", kind: "count", csv: "unanswered" },
      { label: "Late", kind: "count", csv: "late" },
      { label: "Repeats", kind: "count", csv: "repeats" },
      { label: "Least", kind: "duration", csv: "delay_min_ns" },
      { label: "Median", kind: "duration", csv: "delay_median_ns" },
      { label: "Mean", kind: "duration", csv: "delay_mean_ns" },
      { label: "p95", kind: "duration", csv: "delay_p95_ns" },
      { label: "p99", kind: "duration", csv: "delay_p99_ns" },
      { label: "Most", kind: "duration", csv: "delay_max_ns" },
    ],
    rows: [
      {
        role: "item",
        cells: [
          sum("requests"),
          replied,
          sum("unanswered"),
          sum("late"),
          sum("repeats"),
          least,
          histogram.percentileNs(50),
          replied === 0n ? null : Number(sum("delay_sum_ns")) / Number(replied),
          histogram.percentileNs(95),
          histogram.percentileNs(99),
          most,
        ],
      },
    ],
    note: "Median, p95 and p99 come from histograms and are within 1.6\u00a0%.",
    whyEmpty: `No ${protocol} request was seen.`,
  };
}
