import type { EventKind } from "../../ask/events.ts";
import { utcMs } from "../../time-grid.ts";
import type { Zone } from "../../zone.ts";
import { plural } from "../figures.ts";
import type { Section, Table, TableRow } from "../model.ts";

/** What programs told during the period, gravest first. */
export function eventsSection(events: readonly EventKind[], zone: Zone, most: number): Section {
  return {
    title: "Events",
    intro: "What probes and collectors told of themselves, whatever the filters of this report. Errors first.",
    blocks: [eventTable(events, zone, most)],
  };
}

function eventTable(events: readonly EventKind[], zone: Zone, most: number): Table {
  // Errors are never left out.
  const errors = events.filter((each) => each.severity === "error").length;
  const shown = events.slice(0, Math.max(most, errors));
  const rest = events.slice(shown.length);
  const local = (text: string) => zone.local(utcMs(text));
  const rows: TableRow[] = shown.map((each) => ({
    role: "item",
    cells: [each.severity, each.code, each.origin, each.count, local(each.first), local(each.last), each.text],
  }));
  if (rest.length > 0) {
    const count = rest.reduce((sum, each) => sum + each.count, 0n);
    const label = `${plural(rest.length, "more kind")}`;
    rows.push({ role: "others", cells: ["", `Others (${label})`, "", count, "", "", ""] });
  }
  return {
    kind: "table",
    name: "events",
    title: `Events by kind and origin (times in ${zone.name})`,
    columns: [
      { label: "Severity", kind: "text", csv: "severity" },
      { label: "Event", kind: "text", csv: "code" },
      { label: "Origin", kind: "text", csv: "origin" },
      { label: "Times", kind: "count", csv: "count" },
      { label: "First", kind: "text", csv: "first" },
      { label: "Last", kind: "text", csv: "last" },
      { label: "What it says", kind: "text", csv: "text" },
    ],
    rows,
    whyEmpty: "No event was told in this period.",
  };
}
