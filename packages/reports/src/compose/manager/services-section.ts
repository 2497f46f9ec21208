import type { ManagerFigures } from "../../ask/manager-figures.ts";
import type { ServiceTraffic } from "../../ask/services.ts";
import { shareOf } from "../figures.ts";
import type { Section, Table, TableRow } from "../model.ts";
import { topList } from "../top-list.ts";
import type { ListLimits } from "./limits.ts";
import { volumeTable } from "./volume-table.ts";

type ServiceFigures = Pick<ManagerFigures, "services" | "servicesBefore">;

/** The services used most. */
export function servicesSection(figures: ServiceFigures, limits: ListLimits): Section {
  return {
    title: "Services",
    intro: "A service is named by the better known of a flow's two ports, or by the protocol where there are no ports.",
    blocks: [servicesTable(figures, limits)],
  };
}

function servicesTable(figures: ServiceFigures, limits: ListLimits): Table {
  return volumeTable({
    name: "services",
    title: "Largest services",
    what: "Service",
    csv: "service",
    items: figures.services.map((each) => ({ ...each, label: each.service })),
    before: new Map(figures.servicesBefore.map((each) => [each.service, each.bytes])),
    extra: [{ column: { label: "Packets", kind: "count", csv: "packets" }, value: (each) => each.packets }],
    limits,
    whyEmpty: "No volume in this period.",
  });
}

/** How well TCP worked, per service. */
export function qualitySection(figures: ManagerFigures, limits: ListLimits): Section | null {
  if (figures.question.source === "netflow") return null;
  return {
    title: "TCP quality",
    intro: "Segments sent again cost users time: below 1\u00a0% is healthy, above 3\u00a0% is felt.",
    blocks: [qualityTable(figures, limits)],
  };
}

function qualityTable(figures: ManagerFigures, limits: ListLimits): Table {
  const withTcp = figures.services.filter((each) => each.tcp !== null);
  const ranked = withTcp.map((each) => ({ ...each, label: each.service }));
  const { top, others, below } = topList(ranked, limits.top, limits.thresholdBytes);
  const rows: TableRow[] = top.map((each) => rowOf("item", each.service, [each], figures));
  const rest = [...others, ...below];
  if (rest.length > 0) rows.push(rowOf("others", `Others (${rest.length})`, rest, figures));
  if (rows.length > 0) rows.push(rowOf("total", "Total", withTcp, figures));
  return {
    kind: "table",
    name: "tcp-quality",
    title: "TCP quality per service",
    columns: [
      { label: "Service", kind: "text", csv: "service" },
      { label: "Connections", kind: "count", csv: "connections_opened" },
      { label: "Refused", kind: "count", csv: "connections_refused" },
      { label: "Reset", kind: "count", csv: "connections_reset" },
      { label: "Segments", kind: "count", csv: "segments" },
      { label: "Sent again", kind: "percent", csv: "retransmitted_share" },
      { label: "Round trip", kind: "duration", csv: "round_trip_median_ns" },
      { label: "Zero windows", kind: "count", csv: "zero_windows" },
    ],
    rows,
    note: "Round trip: the median between both ends, through the probe. A dash: no pair of hosts sent data both ways.",
    whyEmpty: "No TCP traffic was analysed in this period.",
  };
}

function rowOf(
  role: TableRow["role"],
  label: string,
  members: readonly ServiceTraffic[],
  figures: ManagerFigures,
): TableRow {
  const sum = (pick: (tcp: NonNullable<ServiceTraffic["tcp"]>) => bigint) =>
    members.reduce((total, { tcp }) => total + (tcp === null ? 0n : pick(tcp)), 0n);
  const segments = sum((tcp) => tcp.segments);
  return {
    role,
    cells: [
      label,
      sum((tcp) => tcp.opened),
      sum((tcp) => tcp.refused),
      sum((tcp) => tcp.reset),
      segments,
      shareOf(
        sum((tcp) => tcp.retransmitted),
        segments,
      ),
      figures.roundTrips.medianNs(members.map((each) => each.service)),
      sum((tcp) => tcp.zeroWindows),
    ],
  };
}
