import type { DetailAsking } from "../../ask/detail/detail-asking.ts";
import type { Sums } from "../../ask/detail/flows.ts";
import { askHopPairs, type HopPair } from "../../ask/detail/hop-pairs.ts";
import { shareOf } from "../figures.ts";
import type { Block, Table } from "../model.ts";
import { histogramUnit } from "./delay-blocks.ts";
import { NO_PAIRS, PAIR_COLUMNS, pairCells, pairId, pairIntro, pairTitle } from "./hop-words.ts";
import { barsOverTime, busiestHours, oneWay, sharesOverTime, valueSpread } from "./over-hours.ts";
import type { DetailFindings, DetailProtocol } from "./protocol.ts";

export const oneWayCounters: DetailProtocol = {
  name: "one-way-counters",
  title: "One-way counters",
  intro:
    "What became of packets between hops (RFC 7680). Lost: no later hop saw it. Missed: one hop failed to see it, a later one did. Unknown: a probe was silent. Dropped: seen too late to be counted. A segment is a pair of neighbouring hops, so loss is located where its segment shows it.",
  topics: ["verdicts"],
  make: verdictFindings,
};

const VERDICTS = [
  ["Matched", "matched_packets"],
  ["Lost", "lost_packets"],
  ["Missed", "missed_packets"],
  ["Unknown", "unknown_packets"],
  ["Dropped", "dropped_packets"],
] as const;

/** Packets that were settled: RFC 7680's denominator is what was certain to have left. */
function decided(sums: Sums): bigint {
  return (sums.matched_packets ?? 0n) + (sums.lost_packets ?? 0n);
}

async function verdictFindings(asking: DetailAsking): Promise<DetailFindings> {
  const { pairs, wholeHours } = await askHopPairs(asking.database, asking.scope, histogramUnit(asking));
  return {
    overview: overviewOf(pairs),
    wholeHours,
    instances: pairs.map((pair, at) => ({
      id: pairId(at),
      title: pairTitle(pair),
      intro: pairIntro(pair),
      blocks: blocksOf(asking, pair, pairId(at)),
    })),
  };
}

function overviewOf(pairs: readonly HopPair[]): Table {
  return {
    kind: "table",
    name: "overview",
    title: "Pairs of hops, segments first",
    columns: [
      ...PAIR_COLUMNS,
      { label: "Segment", kind: "text", csv: "is_segment" },
      ...VERDICTS.map(([label, name]) => ({ label, kind: "count" as const, csv: name })),
      { label: "Loss", kind: "percent", csv: "loss_share" },
    ],
    rows: pairs
      .map((pair, at) => ({ pair, at }))
      .sort((a, b) => Number(isSegment(b.pair)) - Number(isSegment(a.pair)))
      .map(({ pair, at }) => ({
        role: "item",
        to: pairId(at),
        cells: [
          ...pairCells(pair),
          isSegment(pair) ? "yes" : "whole way",
          ...VERDICTS.map(([, name]) => pair.sums[name] ?? 0n),
          shareOf(pair.sums.lost_packets ?? 0n, decided(pair.sums)),
        ],
      })),
    note: "Loss: lost of matched and lost.",
    whyEmpty: NO_PAIRS,
  };
}

function isSegment({ from, to }: HopPair): boolean {
  return to.number === from.number + 1;
}

function blocksOf(asking: DetailAsking, { sums, hours }: HopPair, id: string): Block[] {
  const shares = [...hours.values()].flatMap((of) => {
    const share = shareOf(of.lost_packets ?? 0n, decided(of));
    return share === null ? [] : [share];
  });
  return [
    {
      kind: "table",
      name: `${id}-verdicts`,
      title: "Packets by verdict",
      columns: [
        ...VERDICTS.map(([label, name]) => ({ label, kind: "count" as const, csv: name })),
        { label: "Loss", kind: "percent", csv: "loss_share" },
      ],
      rows: [
        {
          role: "item",
          cells: [...VERDICTS.map(([, name]) => sums[name] ?? 0n), shareOf(sums.lost_packets ?? 0n, decided(sums))],
        },
      ],
      whyEmpty: NO_PAIRS,
    },
    sharesOverTime(asking, `${id}-loss`, "Loss", hours, [
      { label: "lost of matched and lost", part: oneWay("lost_packets"), whole: decided },
    ]),
    barsOverTime(
      asking,
      `${id}-verdicts-over-time`,
      "Packets not matched",
      "count",
      VERDICTS.slice(1).map(([label, name]) => ({ label: label.toLowerCase(), pick: oneWay(name), hours })),
    ),
    valueSpread(`${id}-loss-spread`, "Loss of an hour", "percent", "hours", shares, "No packet was lost in any hour."),
    busiestHours(asking, `${id}-worst`, "Hours with most packets lost", hours, oneWay("lost_packets"), [
      { label: "Lost", csv: "lost_packets", pick: oneWay("lost_packets") },
      { label: "Matched", csv: "matched_packets", pick: oneWay("matched_packets") },
      { label: "Missed", csv: "missed_packets", pick: oneWay("missed_packets") },
      { label: "Unknown", csv: "unknown_packets", pick: oneWay("unknown_packets") },
    ]),
  ];
}
