import type { LineChart } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Sheet } from "../pdf/sheet.ts";
import { drawLegend, type LegendItem, legendHeight } from "./legend.ts";
import { drawPlot, largest, type Plot } from "./plot.ts";

const HEIGHT = 170;

const looks = {
  strong: { color: palette.accent, width: 1.8, mark: "line" },
  faint: { color: palette.seriesOthers, width: 1.3, mark: "line" },
  dashed: { color: palette.warning, width: 1.2, mark: "dashed" },
} as const;

export function lineChartHeight(sheet: Sheet, chart: LineChart): number {
  return HEIGHT + legendHeight(sheet, legendOf(chart));
}

export function drawLineChart(sheet: Sheet, chart: LineChart): void {
  const max = largest(chart.series.flatMap((series) => series.bytes.map((bytes) => bytes ?? 0n)));
  const plot = drawPlot(sheet, chart.time, max, HEIGHT);
  // The strong line lies on top.
  const order = [...chart.series].sort((a, b) => Number(a.style === "strong") - Number(b.style === "strong"));
  for (const series of order) {
    const look = looks[series.style];
    if (look.mark === "dashed") sheet.doc.dash(3, { space: 2 });
    for (const run of unbroken(series.bytes)) drawRun(sheet, plot, series.bytes, run, look);
    sheet.doc.undash();
  }
  sheet.y += HEIGHT;
  drawLegend(sheet, legendOf(chart));
}

/** Stretches without a gap, as [first, last]. */
function unbroken(values: readonly (bigint | null)[]): [number, number][] {
  const runs: [number, number][] = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const last = runs.at(-1);
    if (last && last[1] === at - 1) last[1] = at;
    else runs.push([at, at]);
  });
  return runs;
}

function drawRun(
  sheet: Sheet,
  plot: Plot,
  values: readonly (bigint | null)[],
  [first, last]: [number, number],
  look: { color: string; width: number },
): void {
  const point = (at: number): [number, number] => [
    plot.left + (at + 0.5) * plot.step,
    plot.top + plot.height - plot.rise(values[at] ?? 0n),
  ];
  // A point with a gap on both sides would be a line of no length.
  if (first === last) {
    sheet.doc.circle(...point(first), look.width).fill(look.color);
    return;
  }
  sheet.doc.lineWidth(look.width).lineJoin("round").lineCap("round");
  sheet.doc.moveTo(...point(first));
  for (let at = first + 1; at <= last; at++) sheet.doc.lineTo(...point(at));
  sheet.doc.stroke(look.color);
}

function legendOf(chart: LineChart): LegendItem[] {
  return chart.series.map((series) => ({
    label: series.label,
    color: looks[series.style].color,
    mark: looks[series.style].mark,
  }));
}
