import type { Role, StackedBars } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Sheet } from "../pdf/sheet.ts";
import { drawLegend, type LegendItem, legendHeight } from "./legend.ts";
import { drawPlot, largest, type Plot } from "./plot.ts";

const HEIGHT = 190;
const ASIDE_HEIGHT = 118;

/** Colour of the n-th item, or of what is summed up. */
export function seriesColor(role: Role, item: number): string {
  if (role === "others") return palette.seriesOthers;
  if (role === "below") return palette.seriesBelow;
  return palette.series[item % palette.series.length]!;
}

export function stackedBarsHeight(sheet: Sheet, chart: StackedBars): number {
  return heightOf(chart) + legendHeight(sheet, legendOf(chart));
}

/** Bars that stand on one another, bottom first; a stretch that was not measured is hatched. */
export function drawStackedBars(sheet: Sheet, chart: StackedBars): void {
  const sums = chart.time.labels.map((_, at) =>
    chart.series.reduce((sum, series) => sum + (series.bytes[at] ?? 0n), 0n),
  );
  const plot = drawPlot(sheet, chart.time, largest(sums), heightOf(chart));
  const colors = colorsOf(chart);
  // Bars of very many stretches touch: a gap would then be wider than the bar.
  const barWidth = plot.step > 4 ? Math.min(plot.step * 0.78, 46) : plot.step;
  for (let at = 0; at < chart.time.labels.length; at++) {
    if (isGap(chart, at)) drawGap(sheet, plot, at);
    else drawBar(sheet, plot, chart, at, barWidth, colors);
  }
  sheet.y += heightOf(chart);
  drawLegend(sheet, legendOf(chart));
}

function drawBar(
  sheet: Sheet,
  plot: Plot,
  chart: StackedBars,
  at: number,
  width: number,
  colors: readonly string[],
): void {
  const x = plot.left + (at + 0.5) * plot.step - width / 2;
  let below = 0n;
  chart.series.forEach((series, which) => {
    const bytes = series.bytes[at] ?? 0n;
    if (bytes === 0n) return;
    const [from, to] = [plot.rise(below), plot.rise(below + bytes)];
    // A white line parts the layers where they are thick enough to spare it.
    const edge = to - from > 2.5 && below > 0n ? 0.6 : 0;
    sheet.pen.rect(x, plot.top + plot.height - to, width, to - from - edge, colors[which]!);
    below += bytes;
  });
}

function drawGap(sheet: Sheet, plot: Plot, at: number): void {
  const { doc } = sheet;
  const x = plot.left + at * plot.step;
  sheet.pen.rect(x, plot.top, plot.step, plot.height, palette.gapPaper);
  doc.save().rect(x, plot.top, plot.step, plot.height).clip();
  // Lines of all stretches lie on one lattice, so that neighbouring gaps look like one.
  const lattice = 7;
  const reach = plot.height;
  for (let start = Math.floor((x - reach) / lattice) * lattice; start < x + plot.step; start += lattice) {
    sheet.pen.line(start, plot.top + plot.height, start + reach, plot.top, palette.gapStroke, 0.4);
  }
  doc.restore();
}

function heightOf(chart: StackedBars): number {
  return chart.aside ? ASIDE_HEIGHT : HEIGHT;
}

function isGap(chart: StackedBars, at: number): boolean {
  return chart.series.length > 0 && chart.series.every((series) => series.bytes[at] === null);
}

function colorsOf(chart: StackedBars): string[] {
  let item = 0;
  return chart.series.map((series) => seriesColor(series.role, series.role === "item" ? item++ : 0));
}

function legendOf(chart: StackedBars): LegendItem[] {
  const colors = colorsOf(chart);
  const items: LegendItem[] = chart.series.map((series, at) => ({
    label: series.label,
    color: colors[at]!,
    mark: "block",
  }));
  if (chart.time.labels.some((_, at) => isGap(chart, at))) {
    items.push({ label: "not measured", color: palette.gapStroke, mark: "hatch" });
  }
  return items;
}
