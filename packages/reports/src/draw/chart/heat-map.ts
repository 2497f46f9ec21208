import type { HeatMap } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Canvas } from "./canvas.ts";
import { LABEL } from "./plot.ts";
import { largest, quantityText } from "./quantity.ts";

const ROW = 18;
const KEY_WIDTH = 150;
/** Names of rows are shortened to so much. */
const MOST_NAME = 150;

/** Cells from pale to dark, in equal steps from 0 to the largest; a cell that was not measured is hatched. */
export function drawHeatMap(canvas: Canvas, map: HeatMap): void {
  const { ruler } = canvas;
  const most = largest(map.values.flat());
  const names = map.rows.map((row) => ruler.fit(row, MOST_NAME, LABEL));
  const left = Math.max(...names.map((name) => ruler.width(name, LABEL))) + 8;
  const cellWidth = (canvas.width - left) / Math.max(1, map.columns.length);
  const widest = Math.max(...map.columns.map((column) => ruler.width(column, LABEL)));
  const every = Math.max(1, Math.ceil((widest + 5) / cellWidth));
  map.columns.forEach((column, at) => {
    const x = left + at * cellWidth + 1;
    if (at % every === 0 && x + ruler.width(column, LABEL) <= canvas.width) canvas.text(column, x, canvas.y, LABEL);
  });
  canvas.y += 13;
  map.rows.forEach((row, at) => {
    canvas.text(names[at]!, 0, canvas.y + 4, LABEL);
    map.columns.forEach((column, which) => {
      const value = map.values[at]![which] ?? null;
      const x = left + which * cellWidth;
      if (value === null) canvas.hatch(x, canvas.y, cellWidth, ROW);
      else {
        const color = Number(value) === 0 ? palette.card : palette.heat(Number(value) / (most || 1)).paper;
        const tip = `${row} ${map.columnNames?.[which] ?? column}: ${quantityText(map.quantity, value)}`;
        canvas.rect(x + 0.4, canvas.y + 0.4, cellWidth - 0.8, ROW - 0.8, color, 1, tip);
      }
    });
    canvas.y += ROW;
  });
  canvas.y += 7;
  drawKey(canvas, map, left, most);
}

/** What the colours mean. */
function drawKey(canvas: Canvas, map: HeatMap, left: number, most: number): void {
  const steps = palette.HEAT_STEPS;
  for (let at = 0; at < steps; at++) {
    const color = palette.heat((at + 0.5) / steps).paper;
    canvas.rect(left + (at * KEY_WIDTH) / steps, canvas.y, KEY_WIDTH / steps, 7, color);
  }
  canvas.text("0", left, canvas.y + 9, LABEL);
  canvas.text(quantityText(map.quantity, most), left + KEY_WIDTH, canvas.y + 9, { ...LABEL, align: "right" });
  if (map.values.some((row) => row.some((value) => value === null))) {
    const x = left + KEY_WIDTH + 24;
    canvas.hatch(x, canvas.y, 14, 7);
    canvas.text(map.gapLabel ?? "not measured", x + 19, canvas.y - 1, LABEL);
  }
  canvas.y += 24;
}
