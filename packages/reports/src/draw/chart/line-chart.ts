import type { LineChart, Value } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Canvas, Point } from "./canvas.ts";
import { drawLegend, type LegendItem } from "./legend.ts";
import { drawPlot, type Plot, unbroken } from "./plot.ts";
import { largest } from "./quantity.ts";

const HEIGHT = 170;

interface Look {
  readonly color: string;
  readonly width: number;
  readonly mark: "line" | "dashed";
}

const looks = {
  strong: { color: palette.accent, width: 1.8, mark: "line" },
  faint: { color: palette.seriesOthers, width: 1.3, mark: "line" },
  dashed: { color: palette.warning, width: 1.2, mark: "dashed" },
} as const satisfies Record<string, Look>;

/** Values over time as lines, with gaps where nothing was measured. */
export function drawLineChart(canvas: Canvas, chart: LineChart): void {
  const most = largest(chart.series.flatMap((series) => series.values));
  const plot = drawPlot(canvas, chart.time, chart.quantity, most, HEIGHT);
  const drawn = looksOf(chart);
  // The strong line lies on top.
  const order = chart.series.map((series, at) => ({ series, look: drawn[at]! }));
  order.sort((a, b) => Number(a.series.style === "strong") - Number(b.series.style === "strong"));
  for (const { series, look } of order) drawSeries(canvas, plot, series.values, look);
  canvas.y += HEIGHT;
  drawLegend(
    canvas,
    chart.series.map((series, at): LegendItem => ({ label: series.label, ...drawn[at]! })),
  );
}

/** One line, unbroken stretch by unbroken stretch. */
export function drawSeries(
  canvas: Canvas,
  plot: Plot,
  values: readonly Value[],
  look: { readonly color: string; readonly width: number; readonly mark: "line" | "dashed" },
): void {
  for (const [first, last] of unbroken(values)) {
    const points = pointsOf(plot, values, first, last);
    // A point with a gap on both sides would be a line of no length.
    if (first === last) canvas.disc(points[0]![0], points[0]![1], look.width, look.color);
    else canvas.stroke(points, look.color, look.width, look.mark === "dashed" ? [3, 2] : undefined);
  }
}

export function pointsOf(plot: Plot, values: readonly Value[], first: number, last: number): Point[] {
  return Array.from({ length: last - first + 1 }, (_, which): Point => {
    const at = first + which;
    return [plot.left + (at + 0.5) * plot.step, plot.top + plot.height - plot.rise(Number(values[at] ?? 0))];
  });
}

function looksOf(chart: LineChart): Look[] {
  let plain = 0;
  return chart.series.map(({ style }) =>
    style === "plain"
      ? { color: palette.series[plain++ % palette.series.length]!, width: 1.4, mark: "line" }
      : looks[style],
  );
}
