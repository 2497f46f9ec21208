import type { Chart } from "../../compose/model.ts";
import type { Ruler } from "../text-style.ts";
import { drawBands } from "./bands.ts";
import { Canvas, type Drawing } from "./canvas.ts";
import { drawDistribution } from "./distribution.ts";
import { drawHeatMap } from "./heat-map.ts";
import { drawLineChart } from "./line-chart.ts";
import { drawMatrix } from "./matrix.ts";
import { drawStackedBars } from "./stacked-bars.ts";

/** A chart as shapes, `width` points wide. */
export function chartDrawing(chart: Chart, width: number, ruler: Ruler): Drawing {
  const canvas = new Canvas(width, ruler);
  switch (chart.kind) {
    case "stacked-bars":
      drawStackedBars(canvas, chart);
      break;
    case "line-chart":
      drawLineChart(canvas, chart);
      break;
    case "bands":
      drawBands(canvas, chart);
      break;
    case "heat-map":
      drawHeatMap(canvas, chart);
      break;
    case "distribution":
      drawDistribution(canvas, chart);
      break;
    case "matrix":
      drawMatrix(canvas, chart);
      break;
  }
  return canvas.drawing();
}

/** Whether there is nothing to see in a chart. */
export function isEmptyChart(chart: Chart): boolean {
  const isNothing = (value: bigint | number | null) => value === null || Number(value) === 0;
  switch (chart.kind) {
    case "matrix":
      return chart.names.length === 0;
    case "stacked-bars":
    case "line-chart":
      return chart.series.every((series) => series.values.every(isNothing));
    case "bands":
      return chart.high.values.every((value) => value === null);
    case "heat-map":
      return chart.values.every((row) => row.every(isNothing));
    case "distribution":
      return chart.bins.every((bin) => bin.count === 0n);
  }
}
