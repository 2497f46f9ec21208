import type { OperatorFigures } from "../../ask/operator-figures.ts";
import { addTransfers, type TransferSums, throughput } from "../../ask/transfers.ts";
import { dayGrid } from "../../time-grid.ts";
import { plural, shareOf } from "../figures.ts";
import type { ListLimits } from "../manager/limits.ts";
import { unmeasuredDays } from "../manager/title.ts";
import type { Cell, Section, StackedBars, Table, TableRow } from "../model.ts";
import { topList } from "../top-list.ts";

const OUTCOMES = [
  ["complete", "completed"],
  ["failed", "failed"],
  ["aborted", "aborted"],
  ["data connection unseen", "unseen"],
] as const;

/** FTP transfers: how many, what became of them, how fast. */
export function transfersSection(figures: OperatorFigures, limits: ListLimits): Section {
  return {
    title: "FTP transfers",
    intro:
      "Each transfer counts on the day of its command. Throughput is payload over the time from its first to its last byte.",
    blocks:
      figures.question.source === "netflow"
        ? [{ kind: "notice", text: "NetFlow records do not tell of transfers: report on a probe's data for that." }]
        : [outcomeBars(figures), serverTable(figures, limits)],
  };
}

const NO_TRANSFERS = "No FTP transfer was seen in this period.";

function outcomeBars(figures: OperatorFigures): StackedBars {
  const { period } = figures.question;
  const grid = dayGrid(period);
  const missing = new Set(unmeasuredDays(period, figures.coverage, new Set(figures.days.keys())));
  return {
    kind: "stacked-bars",
    name: "ftp-transfers-per-day",
    title: `FTP transfers per day by outcome (days in ${period.zone.name})`,
    time: grid.axis,
    quantity: "count",
    series: OUTCOMES.map(([label, pick]) => ({
      label,
      role: "item" as const,
      values: grid.keys.map((day) => (missing.has(day) ? null : (figures.transferDays.get(day)?.[pick] ?? 0n))),
    })),
    whyEmpty: NO_TRANSFERS,
  };
}

function serverTable({ transferServers }: OperatorFigures, limits: ListLimits): Table {
  const ranked = transferServers.map(([label, sums]) => ({ label, bytes: sums.bytes, sums }));
  // A server of which all transfers fail moves nothing, and is not to be hidden for that.
  const { top, others } = topList(ranked, limits.top, 0n);
  const rows: TableRow[] = top.map(({ label, sums }) => ({ role: "item", cells: cellsOf(label, sums) }));
  if (others.length > 0) {
    const label = `Others (${plural(others.length, "more", "more")})`;
    rows.push({ role: "others", cells: cellsOf(label, addTransfers(others.map(({ sums }) => sums))) });
  }
  if (rows.length > 0)
    rows.push({ role: "total", cells: cellsOf("Total", addTransfers(ranked.map(({ sums }) => sums))) });
  return {
    kind: "table",
    name: "ftp-servers",
    title: "FTP transfers per server",
    columns: [
      { label: "Server", kind: "text", csv: "server" },
      { label: "Transfers", kind: "count", csv: "transfers_started" },
      { label: "Complete", kind: "count", csv: "transfers_completed" },
      { label: "Success", kind: "percent", csv: "success_share" },
      { label: "Failed", kind: "count", csv: "transfers_failed" },
      { label: "Aborted", kind: "count", csv: "transfers_aborted" },
      { label: "Unseen", kind: "count", csv: "transfers_unseen" },
      { label: "Payload", kind: "volume", csv: "payload_bytes" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      { label: "Throughput", kind: "rate", csv: "throughput_bits_per_s" },
    ],
    rows,
    note: "Unseen: the data connection was not among what the probe captured.",
    whyEmpty: NO_TRANSFERS,
  };
}

function cellsOf(label: string, sums: TransferSums): Cell[] {
  const { started, completed, failed, aborted, unseen, bytes } = sums;
  return [
    label,
    started,
    completed,
    shareOf(completed, started),
    failed,
    aborted,
    unseen,
    bytes,
    bytes,
    throughput(sums),
  ];
}
