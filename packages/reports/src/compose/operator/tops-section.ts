import type { OperatorFigures } from "../../ask/operator-figures.ts";
import type { HostVolume, HostWords, PairVolume, Ranking, RestSums } from "../../ask/rankings.ts";
import { plural, shareOf } from "../figures.ts";
import type { ListLimits } from "../manager/limits.ts";
import type { Cell, Section, Table, TableRow } from "../model.ts";

/** The largest hosts. */
export function hostsSection({ hosts }: OperatorFigures, limits: ListLimits): Section {
  return {
    title: "Hosts",
    intro: "What each host sent and received. A byte counts at both of its ends, so the total is twice the volume.",
    blocks: [hostsTable(shortened(hosts, limits.top, ({ sent, received }) => ({ sent, received })))],
  };
}

export function conversationsSection({ pairs }: { readonly pairs: Ranking<PairVolume> }, limits: ListLimits): Section {
  return {
    title: "Conversations",
    intro: "Pairs of hosts by the volume between them, both ways.",
    blocks: [pairsTable(shortened(pairs, limits.top, ({ aToB, bToA }) => ({ sent: aToB, received: bToA })))],
  };
}

/** A ranking with fewer on top: what goes joins the others. */
function shortened<T>(
  { top, others, ...rest }: Ranking<T>,
  most: number,
  sumsOf: (member: T) => { sent: bigint; received: bigint },
): Ranking<T> {
  const gone = top.slice(most).map(sumsOf);
  const sum = (pick: (sums: { sent: bigint; received: bigint }) => bigint) =>
    gone.reduce((total, each) => total + pick(each), 0n);
  return {
    ...rest,
    top: top.slice(0, most),
    others: {
      members: others.members + gone.length,
      sent: others.sent + sum(({ sent }) => sent),
      received: others.received + sum(({ received }) => received),
    },
  };
}

function nameOf({ name, address }: HostWords): string {
  return name ?? address;
}

function hostsTable({ top, others, below, total }: Ranking<HostVolume>): Table {
  const all = total.sent + total.received;
  const figuresOf = ({ sent, received }: { sent: bigint; received: bigint }): Cell[] => {
    const bytes = sent + received;
    return [bytes, shareOf(bytes, all), bytes, sent, received];
  };
  const rows: TableRow[] = top.map(({ host, sent, received }) => ({
    role: "item",
    cells: [nameOf(host), host.address, host.activity, host.location, ...figuresOf({ sent, received })],
  }));
  return {
    kind: "table",
    name: "hosts",
    title: "Largest hosts",
    columns: [
      { label: "Host", kind: "text", csv: "host" },
      { label: "Address", kind: "text", csv: "address" },
      { label: "Activity", kind: "text", csv: "activity" },
      { label: "Location", kind: "text", csv: "location" },
      { label: "Volume", kind: "volume", csv: "volume_bytes", csvOnly: true },
      { label: "Share", kind: "share", csv: "share" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      { label: "Sent", kind: "volume", csv: "sent_bytes" },
      { label: "Received", kind: "volume", csv: "received_bytes" },
    ],
    rows:
      rows.length + others.members + below.members === 0
        ? []
        : [...rows, ...restRows({ others, below, total }, 3, figuresOf)],
    whyEmpty: "No volume in this period.",
  };
}

function pairsTable({ top, others, below, total }: Ranking<PairVolume>): Table {
  const all = total.sent + total.received;
  const figuresOf = ({ sent, received }: { sent: bigint; received: bigint }): Cell[] => {
    const bytes = sent + received;
    return [bytes, shareOf(bytes, all), bytes, sent, received];
  };
  const rows: TableRow[] = top.map(({ a, b, aToB, bToA }, at) => ({
    role: "item",
    cells: [String(at + 1), nameOf(a), nameOf(b), a.address, b.address, ...figuresOf({ sent: aToB, received: bToA })],
  }));
  return {
    kind: "table",
    name: "conversations",
    title: "Largest pairs of hosts",
    columns: [
      { label: "Pair", kind: "text", csv: "pair" },
      { label: "Host A", kind: "text", csv: "host_a" },
      { label: "Host B", kind: "text", csv: "host_b" },
      { label: "Address A", kind: "text", csv: "address_a", csvOnly: true },
      { label: "Address B", kind: "text", csv: "address_b", csvOnly: true },
      { label: "Volume", kind: "volume", csv: "volume_bytes", csvOnly: true },
      { label: "Share", kind: "share", csv: "share" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      { label: "A to B", kind: "volume", csv: "a_to_b_bytes" },
      { label: "B to A", kind: "volume", csv: "b_to_a_bytes" },
    ],
    rows:
      rows.length + others.members + below.members === 0
        ? []
        : [...rows, ...restRows({ others, below, total }, 4, figuresOf)],
    whyEmpty: "No volume in this period.",
  };
}

/** Rows for what is not listed one by one, and the total; `blanks` text cells after the first. */
export function restRows(
  { others, below, total }: { others: RestSums; below: RestSums; total: RestSums },
  blanks: number,
  figuresOf: (sums: RestSums) => Cell[],
): TableRow[] {
  const empty = Array<Cell>(blanks).fill("");
  const rows: TableRow[] = [];
  if (others.members > 0)
    rows.push({
      role: "others",
      cells: [`Others (${plural(others.members, "more", "more")})`, ...empty, ...figuresOf(others)],
    });
  if (below.members > 0)
    rows.push({ role: "below", cells: [`Below threshold (${below.members})`, ...empty, ...figuresOf(below)] });
  rows.push({ role: "total", cells: ["Total", ...empty, ...figuresOf(total)] });
  return rows;
}
