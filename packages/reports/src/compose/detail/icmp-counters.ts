import type { Table } from "../model.ts";
import { column, counterFindings, type Instance } from "./counters.ts";
import { barsOverTime, bothWays, busiestHours, hourlySpread, oneWay, WHY_NO_ROWS, waySums } from "./over-hours.ts";
import type { DetailProtocol } from "./protocol.ts";

/** IANA's names of those met in practice, of ICMP and of ICMPv6, whose numbers do not meet. */
const TYPES: Readonly<Record<number, string>> = {
  0: "echo reply",
  3: "unreachable",
  4: "source quench",
  5: "redirect",
  8: "echo request",
  9: "router advertisement",
  10: "router solicitation",
  11: "time exceeded",
  12: "parameter problem",
  13: "timestamp request",
  14: "timestamp reply",
  128: "echo request",
  129: "echo reply",
  130: "listener query",
  131: "listener report",
  133: "router solicitation",
  134: "router advertisement",
  135: "neighbour solicitation",
  136: "neighbour advertisement",
  143: "listener report",
};

/** ICMPv6 uses 1 to 4 for errors where ICMP has others; the address tells which it is. */
const ERRORS_V6: Readonly<Record<number, string>> = {
  1: "unreachable",
  2: "packet too big",
  3: "time exceeded",
  4: "parameter problem",
};

function typeLabel(key: string, isV6: boolean): string {
  const [type, code] = key.split("/").map(Number) as [number, number];
  const name = (isV6 ? ERRORS_V6[type] : undefined) ?? TYPES[type] ?? `type ${type}`;
  return code === 0 ? name : `${name}, code ${code}`;
}

export const icmpCounters: DetailProtocol = {
  name: "icmp",
  title: "ICMP",
  intro: "ICMP and ICMPv6 messages by type and code.",
  topics: ["icmp"],
  make: (asking) =>
    counterFindings(asking, {
      table: {
        table: "icmpcttable_1h",
        at: "bucket_start",
        sums: { packets: "SUM(x.fwd_packets) + SUM(x.rev_packets)", ...waySums("packets", "bytes") },
        weight: "packets",
      },
      key: "CONCAT(x.icmp_type, '/', x.icmp_code)",
      overviewTitle: "Flows by messages",
      columns: [
        column("Messages", "packets", "count", (sums) => sums.packets ?? null),
        column("A to B", "a_to_b_packets", "count", (sums) => sums.fwd_packets ?? null),
        column("B to A", "b_to_a_packets", "count", (sums) => sums.rev_packets ?? null),
        column("Bytes", "bytes", "count", bothWays("bytes")),
      ],
      blocks: (instance, period) => {
        const isV6 = instance.flow.fwd.address?.includes(":") ?? false;
        const keys = instance.keys();
        const all = new Map(keys.flatMap((key) => [...instance.hours(key)]));
        // Hours of several types are added up for what concerns all of them.
        const hours = new Map(
          [...all.keys()].map((hour) => {
            const of = keys.map((key) => instance.hours(key).get(hour));
            const sum = (name: string) => of.reduce((total, sums) => total + (sums?.[name] ?? 0n), 0n);
            return [hour, { fwd_packets: sum("fwd_packets"), rev_packets: sum("rev_packets") }] as const;
          }),
        );
        return [
          typeTable(instance, isV6),
          barsOverTime(
            period,
            `${instance.id}-types`,
            "Messages",
            "count",
            keys.map((key) => ({
              label: typeLabel(key, isV6),
              pick: bothWays("packets"),
              hours: instance.hours(key),
            })),
          ),
          hourlySpread(`${instance.id}-rates`, "Messages an hour", "count", hours, bothWays("packets")),
          busiestHours(period, `${instance.id}-busiest`, "Busiest hours", hours, bothWays("packets"), [
            { label: "Messages", csv: "packets", pick: bothWays("packets") },
            { label: "A to B", csv: "a_to_b_packets", pick: oneWay("fwd_packets") },
            { label: "B to A", csv: "b_to_a_packets", pick: oneWay("rev_packets") },
          ]),
        ];
      },
    }),
};

function typeTable(instance: Instance, isV6: boolean): Table {
  const rows = instance.keys().map((key) => {
    const of = [...instance.hours(key).values()];
    const sum = (name: string) => of.reduce((total, sums) => total + (sums[name] ?? 0n), 0n);
    const [fwd, rev] = [sum("fwd_packets"), sum("rev_packets")];
    return { key, cells: [typeLabel(key, isV6), key, fwd + rev, fwd, rev, sum("fwd_bytes") + sum("rev_bytes")] };
  });
  rows.sort((a, b) => (a.cells[2] === b.cells[2] ? (a.key < b.key ? -1 : 1) : a.cells[2]! > b.cells[2]! ? -1 : 1));
  return {
    kind: "table",
    name: `${instance.id}-by-type`,
    title: "Messages by type",
    columns: [
      { label: "Message", kind: "text", csv: "message" },
      { label: "Type/code", kind: "text", csv: "type_code" },
      { label: "Messages", kind: "count", csv: "packets" },
      { label: "A to B", kind: "count", csv: "a_to_b_packets" },
      { label: "B to A", kind: "count", csv: "b_to_a_packets" },
      { label: "Bytes", kind: "count", csv: "bytes" },
    ],
    rows: rows.map(({ cells }) => ({ role: "item", cells })),
    whyEmpty: WHY_NO_ROWS,
  };
}
