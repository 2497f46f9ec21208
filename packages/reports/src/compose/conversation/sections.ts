import type { ConversationFigures } from "../../ask/conversation-figures.ts";
import type { HostWords, PairVolume } from "../../ask/rankings.ts";
import { throughput } from "../../ask/transfers.ts";
import { listing, percent, shareOf } from "../figures.ts";
import type { Cell, Section, StackedBars, Table } from "../model.ts";

const WHY_EMPTY = "No volume in this period, or none above the threshold.";

/** Both sides of every pair, with all that is known of them. */
export function peersSection({ pairs }: ConversationFigures): Section {
  const rows = pairs.top.flatMap(({ a, b }, at) => [
    { role: "item" as const, cells: [`${at + 1} A`, ...wordsOf(a)] },
    { role: "item" as const, cells: [`${at + 1} B`, ...wordsOf(b)] },
  ]);
  return {
    title: "Who they are",
    intro: "Both hosts of each pair, numbered as in the list above.",
    blocks: [
      {
        kind: "table",
        name: "conversation-hosts",
        title: "Hosts of the pairs",
        columns: [
          { label: "Pair", kind: "text", csv: "pair" },
          { label: "Host", kind: "text", csv: "host" },
          { label: "Address", kind: "text", csv: "address" },
          { label: "Activity", kind: "text", csv: "activity" },
          { label: "Location", kind: "text", csv: "location" },
          { label: "Country", kind: "text", csv: "country" },
          { label: "Network", kind: "text", csv: "autonomous_system" },
        ],
        rows,
        note: "A dash: not known, or not public.",
        whyEmpty: WHY_EMPTY,
      },
    ],
  };
}

function wordsOf({ name, address, activity, location, country, asn, asName }: HostWords): Cell[] {
  const network = asn === null ? null : `AS${asn}${asName === null ? "" : ` ${asName}`}`;
  return [name, address, activity, location, country, network];
}

/** Short name of a pair for legends. */
function pairLabel({ a, b }: PairVolume): string {
  return `${a.name ?? a.address} – ${b.name ?? b.address}`;
}

/** More layers than this cannot be told apart by colour. */
const MOST_LAYERS = 7;

export function pairTimesSection(figures: ConversationFigures): Section {
  const { grid, measured, pairs, times, hours, question } = figures;
  const shown = pairs.top.slice(0, MOST_LAYERS);
  const totals = new Map<string, bigint>();
  for (const [hour, bytes] of hours) totals.set(grid.keyOf(hour), (totals.get(grid.keyOf(hour)) ?? 0n) + bytes);
  const bytesOf = (at: number, key: string) => times[at]?.get(key) ?? 0n;
  const rest = (key: string) => shown.reduce((left, _, at) => left - bytesOf(at, key), totals.get(key) ?? 0n);
  const chart: StackedBars = {
    kind: "stacked-bars",
    name: `conversations-per-${grid.unit}`,
    title: `Volume per ${grid.each} by pair (times in ${question.period.zone.name})`,
    time: grid.axis,
    quantity: "volume",
    series: [
      ...shown.map((pair, at) => ({
        label: pairLabel(pair),
        role: "item" as const,
        values: grid.keys.map((key) => (measured.has(key) ? bytesOf(at, key) : null)),
      })),
      {
        label: "all other pairs",
        role: "others" as const,
        values: grid.keys.map((key) => (measured.has(key) ? rest(key) : null)),
      },
    ],
    whyEmpty: WHY_EMPTY,
  };
  return { title: "Conversations over time", blocks: [chart] };
}

export function pairServicesSection({ pairs, services }: ConversationFigures): Section {
  const table: Table = {
    kind: "table",
    name: "conversation-services",
    title: "Services of each pair",
    columns: [
      { label: "Pair", kind: "text", csv: "pair" },
      { label: "Host A", kind: "text", csv: "host_a" },
      { label: "Host B", kind: "text", csv: "host_b" },
      { label: "Service", kind: "text", csv: "service" },
      { label: "Volume", kind: "volume", csv: "volume_bytes" },
      { label: "of the pair", kind: "share", csv: "share_of_pair" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      { label: "Packets", kind: "count", csv: "packets" },
    ],
    rows: pairs.top.flatMap((pair, at) => {
      const total = pair.aToB + pair.bToA;
      return (services[at] ?? []).map((each, which) => ({
        role: "item" as const,
        cells: [
          String(at + 1),
          // A pair is named once, above its services.
          which === 0 ? (pair.a.name ?? pair.a.address) : "",
          which === 0 ? (pair.b.name ?? pair.b.address) : "",
          each.service,
          each.bytes,
          shareOf(each.bytes, total),
          each.bytes,
          each.packets,
        ],
      }));
    }),
    whyEmpty: WHY_EMPTY,
  };
  return { title: "Services used", blocks: [summaryOf(pairs.top, services), table] };
}

function summaryOf(top: readonly PairVolume[], services: ConversationFigures["services"]) {
  const items = top.slice(0, 3).map((pair, at) => {
    const largest = (services[at] ?? [])
      .slice(0, 3)
      .map((each) => `${each.service} (${percent(shareOf(each.bytes, pair.aToB + pair.bToA) ?? 0)})`);
    return `${pairLabel(pair)}: ${listing(largest)}.`;
  });
  return { kind: "sentences" as const, items };
}

export function pairTcpSection({ pairs, services, question }: ConversationFigures): Section {
  const table: Table = {
    kind: "table",
    name: "conversation-tcp",
    title: "TCP of each pair",
    columns: [
      { label: "Pair", kind: "text", csv: "pair" },
      { label: "Host A", kind: "text", csv: "host_a" },
      { label: "Host B", kind: "text", csv: "host_b" },
      { label: "Connections", kind: "count", csv: "connections_opened" },
      { label: "Refused", kind: "count", csv: "connections_refused" },
      { label: "Reset", kind: "count", csv: "connections_reset" },
      { label: "Segments", kind: "count", csv: "segments" },
      { label: "Retransmitted", kind: "count", csv: "retransmitted_segments", csvOnly: true },
      { label: "Sent again", kind: "percent", csv: "retransmitted_share" },
      { label: "Zero windows", kind: "count", csv: "zero_windows" },
    ],
    rows: pairs.top.flatMap((pair, at) => {
      const all = (services[at] ?? []).flatMap(({ tcp }) => (tcp === null ? [] : [tcp]));
      if (all.length === 0) return [];
      const sum = (pick: (tcp: (typeof all)[number]) => bigint) => all.reduce((total, tcp) => total + pick(tcp), 0n);
      const [segments, again] = [sum((tcp) => tcp.segments), sum((tcp) => tcp.retransmitted)];
      return [
        {
          role: "item" as const,
          cells: [
            String(at + 1),
            pair.a.name ?? pair.a.address,
            pair.b.name ?? pair.b.address,
            sum((tcp) => tcp.opened),
            sum((tcp) => tcp.refused),
            sum((tcp) => tcp.reset),
            segments,
            again,
            shareOf(again, segments),
            sum((tcp) => tcp.zeroWindows),
          ],
        },
      ];
    }),
    whyEmpty:
      question.source === "netflow"
        ? "NetFlow records do not tell how TCP fared: report on a probe's data for that."
        : "None of these pairs used TCP, or TCP was not analysed.",
  };
  return { title: "TCP between them", blocks: [table] };
}

export function pairTransfersSection({ pairs, services, question }: ConversationFigures): Section {
  const table: Table = {
    kind: "table",
    name: "conversation-ftp",
    title: "FTP transfers of each pair",
    columns: [
      { label: "Pair", kind: "text", csv: "pair" },
      { label: "Host A", kind: "text", csv: "host_a" },
      { label: "Host B", kind: "text", csv: "host_b" },
      { label: "Transfers", kind: "count", csv: "transfers_started" },
      { label: "Complete", kind: "count", csv: "transfers_completed" },
      { label: "Success", kind: "percent", csv: "success_share" },
      { label: "Payload", kind: "volume", csv: "payload_bytes" },
      { label: "Bytes", kind: "count", csv: "bytes" },
      { label: "Throughput", kind: "rate", csv: "throughput_bits_per_s" },
    ],
    rows: pairs.top.flatMap((pair, at) =>
      (services[at] ?? []).flatMap(({ transfers }) =>
        transfers === null
          ? []
          : [
              {
                role: "item" as const,
                cells: [
                  String(at + 1),
                  pair.a.name ?? pair.a.address,
                  pair.b.name ?? pair.b.address,
                  transfers.started,
                  transfers.completed,
                  shareOf(transfers.completed, transfers.started),
                  transfers.bytes,
                  transfers.bytes,
                  throughput(transfers),
                ],
              },
            ],
      ),
    ),
    whyEmpty:
      question.source === "netflow"
        ? "NetFlow records do not tell of transfers: report on a probe's data for that."
        : "None of these pairs made an FTP transfer.",
  };
  return { title: "FTP between them", blocks: [table] };
}
