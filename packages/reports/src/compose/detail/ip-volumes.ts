import { column, counterFindings } from "./counters.ts";
import { barsOverTime, bothWays, busiestHours, hourlySpread, oneWay, waySums, waysTable } from "./over-hours.ts";
import type { DetailProtocol } from "./protocol.ts";

const BITS_PER_S = 8 / 3600;

export const ipVolumes: DetailProtocol = {
  name: "ip-volumes",
  title: "IP volumes",
  intro: "IP packets and bytes of each flow, headers and duplicate frames included.",
  topics: ["duplicates"],
  make: (asking) =>
    counterFindings(asking, {
      table: {
        table: "ipcttable_1h",
        at: "bucket_start",
        sums: {
          bytes: "SUM(x.fwd_bytes) + SUM(x.rev_bytes)",
          ...waySums("packets", "bytes", "fragments", "duplicate_packets", "duplicate_bytes"),
        },
        weight: "bytes",
      },
      overviewTitle: "Flows by volume",
      columns: [
        column("Bytes", "bytes", "count", (sums) => sums.bytes ?? null),
        column("A to B", "a_to_b_bytes", "volume", (sums) => sums.fwd_bytes ?? null),
        column("B to A", "b_to_a_bytes", "volume", (sums) => sums.rev_bytes ?? null),
        column("Packets", "packets", "count", bothWays("packets")),
      ],
      blocks: ({ sums, id, hours }, period) => [
        waysTable(`${id}-both-ways`, sums, [
          { label: "Packets", column: "packets" },
          { label: "Bytes", column: "bytes" },
          { label: "Fragments", column: "fragments" },
          { label: "Duplicate frames", column: "duplicate_packets" },
          { label: "Bytes of these", column: "duplicate_bytes" },
        ]),
        barsOverTime(period, `${id}-volume`, "Volume", "volume", [
          { label: "A to B", pick: oneWay("fwd_bytes"), hours: hours() },
          { label: "B to A", pick: oneWay("rev_bytes"), hours: hours() },
        ]),
        hourlySpread(`${id}-rates`, "Mean rate of an hour", "rate", hours(), bothWays("bytes"), BITS_PER_S),
        busiestHours(period, `${id}-busiest`, "Busiest hours", hours(), bothWays("bytes"), [
          { label: "Bytes", csv: "bytes", pick: bothWays("bytes") },
          { label: "A to B", csv: "a_to_b_bytes", pick: oneWay("fwd_bytes") },
          { label: "B to A", csv: "b_to_a_bytes", pick: oneWay("rev_bytes") },
          { label: "Packets", csv: "packets", pick: bothWays("packets") },
        ]),
      ],
    }),
};
