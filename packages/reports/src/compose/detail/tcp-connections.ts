import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import { askFlowHours, askSpread, askWorst } from "../../ask/detail/flow-series.ts";
import { askFlows, type FlowTable } from "../../ask/detail/flows.ts";
import { utcMs } from "../../time-grid.ts";
import { shareOf } from "../figures.ts";
import type { Table } from "../model.ts";
import { column, findingsOf } from "./counters.ts";
import { barsOverTime, bothWays, oneWay, waySums } from "./over-hours.ts";
import type { DetailFindings, DetailProtocol } from "./protocol.ts";
import { marksOf } from "./spread.ts";

export const tcpConnections: DetailProtocol = {
  name: "tcp-connections",
  title: "TCP connections",
  intro:
    "Connection by connection, counted when each began: how they ended, how long they lasted, and which fared worst.",
  topics: ["tcp", "causes", "roundTrips"],
  make: connectionFindings,
};

const TABLE: FlowTable = {
  table: "tcpcxtable",
  at: "started",
  sums: {
    connections: "SUM(x.tail = 0)",
    established: "SUM(x.tail = 0 AND x.established = 1)",
    ...waySums("packets", "bytes", "payload_bytes", "retransmitted_segments"),
    duration_us: "SUM(TIMESTAMPDIFF(MICROSECOND, x.started, x.ended))",
    longest_us: "MAX(TIMESTAMPDIFF(MICROSECOND, x.started, x.ended))",
  },
  weight: "connections",
};

/** Columns of the worst ones, as the table has them. */
const WORST = [
  "DATE_FORMAT(x.started, '%Y-%m-%d %H:%i:%s') AS started",
  "CAST(TIMESTAMPDIFF(MICROSECOND, x.started, x.ended) AS CHAR) AS duration_us",
  "x.fwd_port AS fwd_port",
  "x.rev_port AS rev_port",
  "x.outcome AS outcome",
  "CAST(x.fwd_packets + x.rev_packets AS CHAR) AS packets",
  "CAST(x.fwd_payload_bytes + x.rev_payload_bytes AS CHAR) AS payload_bytes",
  "CAST(x.fwd_retransmitted_segments + x.rev_retransmitted_segments AS CHAR) AS retransmitted",
  "CAST(x.fwd_retransmit_rto + x.rev_retransmit_rto AS CHAR) AS timeouts",
  "CAST(x.fwd_rtt_avg_ns AS CHAR) AS rtt_ns",
].join(", ");
const MOST_WORST = 10;

async function connectionFindings(asking: DetailAsking): Promise<DetailFindings> {
  const { database, scope } = asking;
  const ranked = await askFlows(database, scope, TABLE);
  const numbers = ranked.flows.map(({ flow }) => flow.number);
  const hours = await askFlowHours(database, scope, TABLE, numbers, "IF(x.tail = 0, x.outcome, 'tail')");
  const duration = "TIMESTAMPDIFF(MICROSECOND, x.started, x.ended)";
  const spread = await askSpread(
    database,
    scope,
    { table: "tcpcxtable", at: "started", value: `${duration} * 1000`, where: `x.tail = 0 AND ${duration} > 0` },
    numbers,
  );
  const worst = await askWorst(
    database,
    scope,
    {
      table: "tcpcxtable",
      at: "started",
      columns: WORST,
      order: "x.fwd_retransmitted_segments + x.rev_retransmitted_segments DESC",
      where: "x.fwd_retransmitted_segments + x.rev_retransmitted_segments > 0",
      most: MOST_WORST,
    },
    numbers,
  );
  const columns = [
    column("Connections", "connections", "count", oneWay("connections")),
    column("Established", "established_share", "percent", (sums) =>
      shareOf(sums.established ?? 0n, sums.connections ?? 0n),
    ),
    column("Payload", "payload_bytes", "count", bothWays("payload_bytes")),
    column("Sent again", "retransmitted_share", "percent", (sums) =>
      shareOf(bothWays("retransmitted_segments")(sums) ?? 0n, bothWays("packets")(sums) ?? 0n),
    ),
    column("Mean duration", "duration_mean_ns", "duration", (sums) =>
      sums.connections ? (Number(sums.duration_us ?? 0n) * 1000) / Number(sums.connections) : null,
    ),
    column("Longest", "duration_max_ns", "duration", (sums) => (sums.longest_us ?? 0n) * 1000n),
  ];
  return findingsOf(
    ranked,
    { overviewTitle: "Flows by connections", columns },
    ({ flow, id, keys, hours: ofKey }) => [
      barsOverTime(
        asking,
        `${id}-outcomes`,
        "Connections by how they ended",
        "count",
        keys()
          .filter((key) => key !== "tail")
          .sort()
          .map((key) => ({ label: key.replaceAll("_", " "), pick: oneWay("connections"), hours: ofKey(key) })),
      ),
      outcomeTable(id, keys(), ofKey),
      {
        kind: "distribution",
        name: `${id}-durations`,
        title: "How long connections lasted",
        quantity: "duration",
        counted: "connections",
        logarithmic: true,
        bins: spread.get(flow.number) ?? [],
        marks: marksOf(spread.get(flow.number) ?? []),
        whyEmpty: "No connection of this flow lasted any time.",
      },
      worstTable(asking, id, worst.get(flow.number) ?? []),
    ],
    hours,
  );
}

function outcomeTable(
  id: string,
  keys: readonly string[],
  ofKey: (key: string) => ReadonlyMap<string, Readonly<Record<string, bigint | null>>>,
): Table {
  return {
    kind: "table",
    name: `${id}-by-outcome`,
    title: "Connections by how they ended, in figures",
    columns: [
      { label: "Ended", kind: "text", csv: "outcome" },
      { label: "Connections", kind: "count", csv: "connections" },
      { label: "Packets", kind: "count", csv: "packets" },
      { label: "Payload bytes", kind: "count", csv: "payload_bytes" },
      { label: "Segments sent again", kind: "count", csv: "retransmitted_segments" },
    ],
    rows: [...keys].sort().map((key) => {
      const all = [...ofKey(key).values()];
      const sum = (pick: (sums: Readonly<Record<string, bigint | null>>) => bigint | null) =>
        all.reduce((total, sums) => total + (pick(sums) ?? 0n), 0n);
      return {
        role: "item",
        cells: [
          key.replaceAll("_", " "),
          sum(oneWay("connections")),
          sum(bothWays("packets")),
          sum(bothWays("payload_bytes")),
          sum(bothWays("retransmitted_segments")),
        ],
      };
    }),
    note: "Tail: packets that came after their connection had ended; they are no connection of their own.",
    whyEmpty: "No connection of this flow began in this period.",
  };
}

function worstTable(
  { scope: { period } }: DetailAsking,
  id: string,
  rows: readonly Record<string, string | null>[],
): Table {
  return {
    kind: "table",
    name: `${id}-most-retransmitting`,
    title: "Connections with most segments sent again",
    columns: [
      { label: `Began (${period.zone.name})`, kind: "text", csv: "started" },
      { label: "Port A", kind: "text", csv: "port_a" },
      { label: "Port B", kind: "text", csv: "port_b" },
      { label: "Lasted", kind: "duration", csv: "duration_ns" },
      { label: "Ended", kind: "text", csv: "outcome" },
      { label: "Packets", kind: "count", csv: "packets" },
      { label: "Payload", kind: "volume", csv: "payload_bytes" },
      { label: "Sent again", kind: "count", csv: "retransmitted_segments" },
      { label: "by time-out", kind: "count", csv: "retransmitted_rto" },
      { label: "RTT to B", kind: "duration", csv: "rtt_to_b_mean_ns" },
    ],
    rows: rows.map((row) => ({
      role: "item",
      cells: [
        localSecond(period.zone, row.started!),
        String(row.fwd_port),
        String(row.rev_port),
        BigInt(row.duration_us!) * 1000n,
        row.outcome!.replaceAll("_", " "),
        BigInt(row.packets!),
        BigInt(row.payload_bytes!),
        BigInt(row.retransmitted!),
        BigInt(row.timeouts!),
        row.rtt_ns === null || row.rtt_ns === undefined ? null : BigInt(row.rtt_ns),
      ],
    })),
    whyEmpty: "No connection of this flow sent a segment again.",
  };
}

/** With seconds, as the clocks of the zone show it. */
export function localSecond(zone: { local(ms: number): string }, text: string): string {
  return zone.local(utcMs(text)) + text.slice(16, 19);
}
