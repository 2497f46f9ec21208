import { column, counterFindings } from "./counters.ts";
import { barsOverTime, bothWays, busiestHours, hourlySpread, oneWay, waySums, waysTable } from "./over-hours.ts";
import type { DetailProtocol } from "./protocol.ts";

export const udpCounters: DetailProtocol = {
  name: "udp",
  title: "UDP",
  intro:
    "UDP datagrams and their payload. Datagrams without a checksum reach their reader damaged without his knowing.",
  topics: [],
  make: (asking) =>
    counterFindings(asking, {
      table: {
        table: "udpcttable_1h",
        at: "bucket_start",
        sums: {
          datagrams: "SUM(x.fwd_datagrams) + SUM(x.rev_datagrams)",
          ...waySums("datagrams", "payload_bytes", "checksumless"),
        },
        weight: "datagrams",
      },
      overviewTitle: "Flows by datagrams",
      columns: [
        column("Datagrams", "datagrams", "count", (sums) => sums.datagrams ?? null),
        column("A to B", "a_to_b_datagrams", "count", (sums) => sums.fwd_datagrams ?? null),
        column("B to A", "b_to_a_datagrams", "count", (sums) => sums.rev_datagrams ?? null),
        column("Payload bytes", "payload_bytes", "count", bothWays("payload_bytes")),
        column("No checksum", "checksumless", "count", bothWays("checksumless")),
      ],
      blocks: ({ sums, id, hours }, period) => [
        waysTable(`${id}-both-ways`, sums, [
          { label: "Datagrams", column: "datagrams" },
          { label: "Payload bytes", column: "payload_bytes" },
          { label: "Without checksum", column: "checksumless" },
        ]),
        barsOverTime(period, `${id}-datagrams`, "Datagrams", "count", [
          { label: "A to B", pick: oneWay("fwd_datagrams"), hours: hours() },
          { label: "B to A", pick: oneWay("rev_datagrams"), hours: hours() },
        ]),
        hourlySpread(`${id}-rates`, "Datagrams an hour", "count", hours(), bothWays("datagrams")),
        busiestHours(period, `${id}-busiest`, "Busiest hours", hours(), bothWays("datagrams"), [
          { label: "Datagrams", csv: "datagrams", pick: bothWays("datagrams") },
          { label: "Payload bytes", csv: "payload_bytes", pick: bothWays("payload_bytes") },
        ]),
      ],
    }),
};
