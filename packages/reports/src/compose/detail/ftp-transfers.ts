import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import { askFlowHours, askSpread, askWorst } from "../../ask/detail/flow-series.ts";
import { askFlows, type FlowTable } from "../../ask/detail/flows.ts";
import { shareOf } from "../figures.ts";
import type { Table } from "../model.ts";
import { column, findingsOf } from "./counters.ts";
import { barsOverTime, oneWay } from "./over-hours.ts";
import type { DetailFindings, DetailProtocol } from "./protocol.ts";
import { marksOf } from "./spread.ts";
import { localSecond } from "./tcp-connections.ts";

export const ftpTransfers: DetailProtocol = {
  name: "ftp-transfers",
  title: "FTP transfers",
  intro:
    "Transfer by transfer, counted when each was commanded: what became of them, how fast they were, and which were slowest.",
  topics: ["ftp"],
  make: transferFindings,
};

const TABLE: FlowTable = {
  table: "ftptftable",
  at: "commanded",
  sums: {
    transfers: "COUNT(*)",
    complete: "SUM(x.outcome = 'complete')",
    bytes: "SUM(x.bytes)",
    duration_us: "SUM(COALESCE(TIMESTAMPDIFF(MICROSECOND, x.first_payload, x.last_payload), 0))",
  },
  weight: "transfers",
};

const ROW = [
  "DATE_FORMAT(x.commanded, '%Y-%m-%d %H:%i:%s') AS commanded",
  "x.command AS command",
  "x.path AS path",
  "x.user AS user",
  "x.outcome AS outcome",
  "CAST(x.reply_code AS CHAR) AS reply_code",
  "CAST(x.bytes AS CHAR) AS bytes",
  "CAST(x.throughput_bits_per_s AS CHAR) AS throughput",
  "CAST(TIMESTAMPDIFF(MICROSECOND, x.first_payload, x.last_payload) AS CHAR) AS duration_us",
].join(", ");
const MOST_WORST = 10;

async function transferFindings(asking: DetailAsking): Promise<DetailFindings> {
  const { database, scope } = asking;
  const ranked = await askFlows(database, scope, TABLE);
  const numbers = ranked.flows.map(({ flow }) => flow.number);
  const hours = await askFlowHours(database, scope, TABLE, numbers, "x.outcome");
  const isRated = "x.throughput_bits_per_s > 0";
  const spread = await askSpread(
    database,
    scope,
    { table: "ftptftable", at: "commanded", value: "x.throughput_bits_per_s", where: isRated },
    numbers,
  );
  const worst = { table: "ftptftable", at: "commanded", columns: ROW, most: MOST_WORST };
  const slowest = await askWorst(
    database,
    scope,
    { ...worst, order: "x.throughput_bits_per_s", where: `${isRated} AND x.outcome = 'complete'` },
    numbers,
  );
  const failed = await askWorst(
    database,
    scope,
    { ...worst, order: "x.commanded DESC", where: "x.outcome <> 'complete'" },
    numbers,
  );
  const columns = [
    column("Transfers", "transfers", "count", oneWay("transfers")),
    column("Success", "success_share", "percent", (sums) => shareOf(sums.complete ?? 0n, sums.transfers ?? 0n)),
    column("Payload bytes", "payload_bytes", "count", oneWay("bytes")),
    column("Throughput", "throughput_bits_per_s", "rate", (sums) =>
      sums.duration_us ? (Number(sums.bytes ?? 0n) * 8e6) / Number(sums.duration_us) : null,
    ),
  ];
  return findingsOf(
    ranked,
    { overviewTitle: "Flows by transfers", columns },
    ({ flow, id, keys, hours: ofKey }) => [
      barsOverTime(
        asking,
        `${id}-outcomes`,
        "Transfers by outcome",
        "count",
        inOrder(keys()).map((key) => ({ label: key, pick: oneWay("transfers"), hours: ofKey(key) })),
      ),
      barsOverTime(
        asking,
        `${id}-payload`,
        "Payload by outcome",
        "volume",
        inOrder(keys()).map((key) => ({ label: key, pick: oneWay("bytes"), hours: ofKey(key) })),
      ),
      {
        kind: "distribution",
        name: `${id}-throughput`,
        title: "Throughput of transfers",
        quantity: "rate",
        counted: "transfers",
        logarithmic: true,
        bins: spread.get(flow.number) ?? [],
        marks: marksOf(spread.get(flow.number) ?? []),
        whyEmpty: "No transfer of this flow moved payload for any time.",
      },
      transferTable(asking, `${id}-slowest`, "Slowest complete transfers", slowest.get(flow.number) ?? []),
      transferTable(
        asking,
        `${id}-not-complete`,
        "Latest transfers that did not complete",
        failed.get(flow.number) ?? [],
      ),
    ],
    hours,
  );
}

function transferTable(
  { scope: { period } }: DetailAsking,
  name: string,
  title: string,
  rows: readonly Record<string, string | null>[],
): Table {
  const number = (text: string | null | undefined) => (text === null || text === undefined ? null : BigInt(text));
  return {
    kind: "table",
    name,
    title,
    columns: [
      { label: `Commanded (${period.zone.name})`, kind: "text", csv: "commanded" },
      { label: "Command", kind: "text", csv: "command" },
      { label: "Path", kind: "text", csv: "path" },
      { label: "User", kind: "text", csv: "user" },
      { label: "Outcome", kind: "text", csv: "outcome" },
      { label: "Reply", kind: "text", csv: "reply_code" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      { label: "Took", kind: "duration", csv: "duration_ns" },
      { label: "Throughput", kind: "rate", csv: "throughput_bits_per_s" },
    ],
    rows: rows.map((row) => {
      const duration = number(row.duration_us);
      const throughput = number(row.throughput);
      return {
        role: "item",
        cells: [
          localSecond(period.zone, row.commanded!),
          row.command!,
          row.path ?? null,
          row.user ?? null,
          row.outcome!,
          row.reply_code ?? null,
          BigInt(row.bytes!),
          duration === null ? null : duration * 1000n,
          throughput,
        ],
      };
    }),
    whyEmpty: "There was none in this period.",
  };
}

const OUTCOMES = ["complete", "failed", "aborted", "data connection unseen", "unknown"];

/** As the operator report has them, so that colours mean the same where all came. */
function inOrder(outcomes: readonly string[]): string[] {
  return [...outcomes].sort((a, b) => OUTCOMES.indexOf(a) - OUTCOMES.indexOf(b));
}
