import type { Bands } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Canvas } from "./canvas.ts";
import { drawLegend, type LegendItem } from "./legend.ts";
import { drawSeries, pointsOf } from "./line-chart.ts";
import { drawPlot, unbroken } from "./plot.ts";
import { largest } from "./quantity.ts";

const HEIGHT = 165;
const MIDDLE = { color: palette.accent, width: 1.6, mark: "line" } as const;
const MOST = { color: palette.warning, width: 1, mark: "dashed" } as const;

/** A band from low to high with a line in it: how delays are spread, over time. */
export function drawBands(canvas: Canvas, chart: Bands): void {
  const edges = [chart.low, chart.middle, chart.high, ...(chart.most === undefined ? [] : [chart.most])];
  const most = largest(edges.flatMap((edge) => edge.values));
  const plot = drawPlot(canvas, chart.time, chart.quantity, most, HEIGHT);
  const both = chart.low.values.map((low, at) => (chart.high.values[at] === null ? null : low));
  for (const [first, last] of unbroken(both)) {
    const upper = pointsOf(plot, chart.high.values, first, last);
    const lower = pointsOf(plot, chart.low.values, first, last).reverse();
    if (first < last) canvas.area([...upper, ...lower], palette.band);
    // One stretch alone has no width between its middle and itself.
    else canvas.rect(upper[0]![0] - 1.5, upper[0]![1], 3, Math.max(0.5, lower[0]![1] - upper[0]![1]), palette.band);
  }
  if (chart.most !== undefined) drawSeries(canvas, plot, chart.most.values, MOST);
  drawSeries(canvas, plot, chart.middle.values, MIDDLE);
  canvas.y += HEIGHT;
  const items: LegendItem[] = [
    { label: `${chart.low.label} to ${chart.high.label}`, color: palette.band, mark: "block" },
    { label: chart.middle.label, color: MIDDLE.color, mark: "line" },
    ...(chart.most === undefined ? [] : [{ label: chart.most.label, color: MOST.color, mark: "dashed" } as const]),
  ];
  drawLegend(canvas, items);
}
