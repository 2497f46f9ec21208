import type { CommonFigures } from "../../ask/common-figures.ts";
import { utcMs } from "../../time-grid.ts";
import { weekday } from "../calendar.ts";
import type { HeatMap, Section, Value } from "../model.ts";

const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0"));

/** When in the week the network is busy. */
export function rhythmSection(figures: CommonFigures): Section {
  return {
    title: "Rhythm of the week",
    intro: "Mean rate of each hour of the week, over the hours of that name that were measured.",
    blocks: [heatMap(figures)],
  };
}

function heatMap({ question: { period }, coverage, hours }: CommonFigures): HeatMap {
  const cells = DAYS.map(() => HOURS.map(() => ({ hours: 0, bytes: 0n })));
  for (const hour of new Set([...coverage.liveSeconds.keys(), ...hours.keys()])) {
    const local = period.zone.local(utcMs(hour));
    const cell = cells[DAYS.indexOf(weekday(local.slice(0, 10)))]![Number(local.slice(11, 13))]!;
    cell.hours++;
    cell.bytes += hours.get(hour) ?? 0n;
  }
  return {
    kind: "heat-map",
    name: "rate-by-weekday-and-hour",
    title: `Mean rate by weekday and hour (times in ${period.zone.name})`,
    quantity: "rate",
    rowHeading: "weekday",
    columnHeading: "hour_from",
    rows: DAYS.map((day) => day.slice(0, 3)),
    columns: HOURS,
    values: cells.map((row) =>
      row.map((cell): Value => (cell.hours === 0 ? null : (Number(cell.bytes) * 8) / (cell.hours * 3600))),
    ),
    whyEmpty: "No volume in this period.",
  };
}
