import type { Quantity, TimeAxis, Value } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Canvas } from "./canvas.ts";
import { scaleFor } from "./quantity.ts";

export const LABEL = { size: 7.5, color: palette.inkSoft, tabular: true } as const;
/** Room above the field for the unit, and below it for the labels of the axis. */
const ABOVE = 14;
const BELOW = 18;

/** The field of a chart: an axis of values with grid lines on the left. */
export interface Field {
  /** From here on nothing stands above the field. */
  readonly clear: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Height above the axis of a value, points. */
  rise(value: number): number;
}

/** The field of a chart over time, the stretches of time below it. */
export interface Plot extends Field {
  /** Width of one stretch of time. */
  readonly step: number;
}

/** Draws grid and axes at the canvas's `y`; the caller draws into the field and moves `y` by `height`. */
export function drawField(
  canvas: Canvas,
  quantity: Quantity,
  most: number,
  height: number,
  right = canvas.width,
): Field {
  const scale = scaleFor(quantity, most);
  const ticks: string[] = [];
  for (let at = 0; at * scale.step <= scale.top * (1 + 1e-9); at++) {
    ticks.push(tidy((at * scale.step) / scale.unitSize));
  }
  const unitWidth = canvas.ruler.width(scale.unit, LABEL);
  const tickWidth = Math.max(...ticks.map((tick) => canvas.ruler.width(tick, LABEL)));
  // A unit in a long word begins above the numbers and runs on above the field.
  const isLong = unitWidth > tickWidth + 8;
  const left = (isLong ? tickWidth : Math.max(tickWidth, unitWidth)) + 6;
  const clear = isLong ? unitWidth + 5 : left;
  const field = { clear, left, top: canvas.y + ABOVE, width: right - left, height: height - ABOVE - BELOW };
  canvas.text(scale.unit, isLong ? 0 : left - 6, canvas.y - 1, isLong ? LABEL : { ...LABEL, align: "right" });
  ticks.forEach((tick, at) => {
    const y = field.top + field.height - (field.height * at * scale.step) / scale.top;
    const [color, width] = at === 0 ? ([palette.gapStroke, 0.8] as const) : ([palette.grid, 0.5] as const);
    canvas.line(left, y, left + field.width, y, color, width);
    canvas.text(tick, left - 6, y - 5, { ...LABEL, align: "right" });
  });
  return { ...field, rise: (value) => (field.height * value) / scale.top };
}

export function drawPlot(canvas: Canvas, time: TimeAxis, quantity: Quantity, most: number, height: number): Plot {
  const field = drawField(canvas, quantity, most, height);
  const step = field.width / Math.max(1, time.labels.length);
  drawTimeLabels(canvas, time, field, step);
  return { ...field, step };
}

function drawTimeLabels(canvas: Canvas, time: TimeAxis, { left, top, height }: Field, step: number): void {
  const { ruler, width } = canvas;
  const widest = Math.max(0, ...time.labels.map((label) => ruler.width(label, LABEL)));
  const every = niceStride(Math.ceil((widest + 8) / step), time.unit);
  const first = firstLabel(time, every);
  for (let at = first; at < time.labels.length; at += every) {
    // The middle of the stretch; the outermost labels are kept inside the field.
    const half = ruler.width(time.labels[at]!, LABEL) / 2;
    const x = Math.min(Math.max(left + (at + 0.5) * step, left + half), width - half);
    canvas.text(time.labels[at]!, x, top + height + 4, { ...LABEL, align: "center" });
  }
}

/** Labels of many hours stand at midnights, which bear the name of the day. */
function firstLabel(time: TimeAxis, every: number): number {
  if (time.unit !== "hour" || every < 24) return 0;
  return Math.max(
    0,
    time.names.findIndex((name) => name.endsWith(" 00:00")),
  );
}

/** Strides that people expect on a clock or a calendar. */
function niceStride(least: number, unit: TimeAxis["unit"]): number {
  const strides = {
    minute: [1, 2, 5, 10, 15, 30],
    hour: [1, 2, 3, 4, 6, 12, 24, 48, 120, 168],
    day: [1, 2, 5, 7, 14, 28],
    month: [1, 2, 3, 6, 12],
  };
  return strides[unit].find((stride) => stride >= least) ?? least;
}

export function tidy(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Stretches of a series without a gap, as [first, last]. */
export function unbroken(values: readonly Value[]): [number, number][] {
  const runs: [number, number][] = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const last = runs.at(-1);
    if (last && last[1] === at - 1) last[1] = at;
    else runs.push([at, at]);
  });
  return runs;
}
