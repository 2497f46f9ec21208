import type { Role, StackedBars, Value } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Canvas } from "./canvas.ts";
import { drawLegend, type LegendItem } from "./legend.ts";
import { drawPlot, type Plot } from "./plot.ts";
import { largest, quantityText } from "./quantity.ts";

const HEIGHT = 190;
const ASIDE_HEIGHT = 100;

/** Colour of the n-th item, or of what is summed up. */
export function seriesColor(role: Role, item: number): string {
  if (role === "others") return palette.seriesOthers;
  if (role === "below") return palette.seriesBelow;
  return palette.series[item % palette.series.length]!;
}

/** Bars that stand on one another, bottom first; a stretch that was not measured is hatched. */
export function drawStackedBars(canvas: Canvas, chart: StackedBars): void {
  const sums = chart.time.labels.map((_, at) =>
    chart.series.reduce((sum, series) => sum + Number(series.values[at] ?? 0), 0),
  );
  const height = chart.aside ? ASIDE_HEIGHT : HEIGHT;
  const plot = drawPlot(canvas, chart.time, chart.quantity, largest(sums), height);
  const colors = colorsOf(chart);
  // Bars of very many stretches touch: a gap would then be wider than the bar.
  const barWidth = plot.step > 4 ? Math.min(plot.step * 0.78, 46) : plot.step;
  for (let at = 0; at < chart.time.labels.length; at++) {
    if (isGap(chart, at)) canvas.hatch(plot.left + at * plot.step, plot.top, plot.step, plot.height);
    else drawBar(canvas, plot, chart, at, barWidth, colors);
  }
  canvas.y += height;
  drawLegend(canvas, legendOf(chart));
}

function drawBar(
  canvas: Canvas,
  plot: Plot,
  chart: StackedBars,
  at: number,
  width: number,
  colors: readonly string[],
): void {
  const x = plot.left + (at + 0.5) * plot.step - width / 2;
  let below = 0;
  chart.series.forEach((series, which) => {
    const value: Value = series.values[at] ?? 0;
    if (Number(value) === 0) return;
    const [from, to] = [plot.rise(below), plot.rise(below + Number(value))];
    // A white line parts the layers where they are thick enough to spare it.
    const edge = to - from > 2.5 && below > 0 ? 0.6 : 0;
    const tip = `${chart.time.names[at]}, ${series.label}: ${quantityText(chart.quantity, value)}`;
    canvas.rect(x, plot.top + plot.height - to, width, to - from - edge, colors[which]!, 0, tip);
    below += Number(value);
  });
}

function isGap(chart: StackedBars, at: number): boolean {
  return chart.series.length > 0 && chart.series.every((series) => series.values[at] === null);
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
