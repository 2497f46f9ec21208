import { shareOf } from "../figures.ts";
import { column, counterFindings } from "./counters.ts";
import {
  barsOverTime,
  bothWays,
  busiestHours,
  hourlySpread,
  oneWay,
  plainSums,
  WHY_NO_ROWS,
  waySums,
} from "./over-hours.ts";
import type { DetailProtocol } from "./protocol.ts";

const COUNTS = [
  ["Sessions", "sessions_opened"],
  ["Logins accepted", "logins_accepted"],
  ["Logins refused", "logins_refused"],
  ["Transfers started", "transfers_started"],
  ["completed", "transfers_completed"],
  ["failed", "transfers_failed"],
  ["aborted", "transfers_aborted"],
] as const;

export const ftpCounters: DetailProtocol = {
  name: "ftp-counters",
  title: "FTP counters",
  intro: "FTP sessions, logins and transfers of each control connection's flow.",
  topics: ["ftp"],
  make: (asking) =>
    counterFindings(asking, {
      table: {
        table: "ftpcttable_1h",
        at: "bucket_start",
        sums: { ...plainSums(...COUNTS.map(([, name]) => name)), ...waySums("bytes") },
        weight: "transfers_started",
      },
      overviewTitle: "Flows by transfers",
      columns: [
        column("Sessions", "sessions_opened", "count", oneWay("sessions_opened")),
        column("Refused logins", "logins_refused", "count", oneWay("logins_refused")),
        column("Transfers", "transfers_started", "count", oneWay("transfers_started")),
        column("Success", "success_share", "percent", (sums) =>
          shareOf(sums.transfers_completed ?? 0n, sums.transfers_started ?? 0n),
        ),
        column("Payload bytes", "payload_bytes", "count", bothWays("bytes")),
      ],
      blocks: ({ sums, id, hours }, period) => [
        {
          kind: "table",
          name: `${id}-counts`,
          title: "Sessions, logins, transfers",
          columns: COUNTS.map(([label, name]) => ({ label, kind: "count" as const, csv: name })),
          rows: [{ role: "item", cells: COUNTS.map(([, name]) => sums[name] ?? 0n) }],
          whyEmpty: WHY_NO_ROWS,
        },
        barsOverTime(
          period,
          `${id}-transfers`,
          "Transfers by outcome",
          "count",
          COUNTS.slice(4).map(([label, name]) => ({ label, pick: oneWay(name), hours: hours() })),
        ),
        barsOverTime(period, `${id}-payload`, "Payload", "volume", [
          { label: "A to B", pick: oneWay("fwd_bytes"), hours: hours() },
          { label: "B to A", pick: oneWay("rev_bytes"), hours: hours() },
        ]),
        hourlySpread(`${id}-transfers-an-hour`, "Transfers an hour", "count", hours(), oneWay("transfers_started")),
        busiestHours(
          period,
          `${id}-worst`,
          "Hours with most transfers that did not complete",
          hours(),
          (of) => (of.transfers_failed ?? 0n) + (of.transfers_aborted ?? 0n),
          [
            { label: "Failed", csv: "transfers_failed", pick: oneWay("transfers_failed") },
            { label: "Aborted", csv: "transfers_aborted", pick: oneWay("transfers_aborted") },
            { label: "Started", csv: "transfers_started", pick: oneWay("transfers_started") },
          ],
        ),
      ],
    }),
};
