import type { Distribution, Quantity } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Canvas } from "./canvas.ts";
import { drawLegend } from "./legend.ts";
import { drawField, type Field, LABEL, tidy } from "./plot.ts";
import { quantityText, unitFor } from "./quantity.ts";

const HEIGHT = 160;
/** Room at the right for the labels of the share. */
const RIGHT = 30;

type Axis = (value: number) => number;

/** Bars for how often, a line for the share of what was no greater, upright lines for the marks. */
export function drawDistribution(canvas: Canvas, chart: Distribution): void {
  const { bins } = chart;
  const most = Math.max(0, ...bins.map((bin) => Number(bin.count)));
  const field = drawField(canvas, "count", most, HEIGHT, canvas.width - RIGHT);
  const [least, greatest] = ends(chart);
  const axis = axisOf(chart, field, least, greatest);
  drawValueLabels(canvas, chart.quantity, field, axis, valueTicks(chart, least, greatest));
  for (const bin of bins) {
    const [from, until] = [axis(Math.max(bin.from, least)), axis(bin.until ?? greatest)];
    const height = field.rise(Number(bin.count));
    const tip = `${quantityText(chart.quantity, bin.from)} to ${bin.until === null ? "more" : quantityText(chart.quantity, bin.until)}: ${bin.count} ${chart.counted}`;
    // Even one of very many shows.
    const shown = bin.count > 0n ? Math.max(height, 0.6) : 0;
    canvas.rect(from, field.top + field.height - shown, Math.max(0.4, until - from - 0.3), shown, palette.bar, 0, tip);
  }
  drawShares(canvas, chart, field, axis, greatest);
  drawMarks(canvas, chart, field, axis);
  canvas.y += HEIGHT;
  drawLegend(canvas, [
    { label: chart.counted, color: palette.bar, mark: "block" },
    { label: "share that is no greater (right)", color: palette.warning, mark: "line" },
    ...(chart.marks.length === 0 ? [] : [{ label: marksText(chart), color: palette.ink, mark: "dashed" } as const]),
  ]);
}

function ends({ bins, logarithmic }: Distribution): [number, number] {
  const first = bins[0]!;
  const last = bins.at(-1)!;
  const greatest = last.until ?? Math.max(last.from * 1.2, last.from + 1);
  // A logarithmic axis has no zero.
  const least = logarithmic ? Math.max(1, first.from) : first.from;
  // One value alone has no width of its own.
  return [least, greatest > least ? greatest : least + 1];
}

function axisOf({ logarithmic }: Distribution, field: Field, least: number, greatest: number): Axis {
  const place = logarithmic
    ? (value: number) => Math.log(Math.max(value, least) / least) / Math.log(greatest / least)
    : (value: number) => (value - least) / (greatest - least);
  return (value) => field.left + field.width * Math.min(1, Math.max(0, place(value)));
}

function valueTicks({ logarithmic }: Distribution, least: number, greatest: number): number[] {
  const decades = Math.log10(greatest / least);
  // Within a decade, round numbers at equal steps say more than powers.
  if (!logarithmic || decades < 0.9) return roundTicks(least, greatest);
  const factors = decades > 3 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(least)); 10 ** power <= greatest; power++) {
    ticks.push(...factors.map((factor) => factor * 10 ** power));
  }
  return ticks.filter((tick) => tick >= least && tick <= greatest);
}

function roundTicks(least: number, greatest: number): number[] {
  const step = 10 ** Math.floor(Math.log10((greatest - least) / 3));
  const every = [1, 2, 5, 10].find((each) => (greatest - least) / (each * step) <= 8)! * step;
  const ticks: number[] = [];
  for (let tick = Math.ceil(least / every) * every; tick <= greatest; tick += every) ticks.push(tick);
  return ticks;
}

function drawValueLabels(canvas: Canvas, quantity: Quantity, field: Field, axis: Axis, ticks: readonly number[]): void {
  const bottom = field.top + field.height;
  let free = field.left;
  for (const tick of ticks) {
    const { unit, unitSize } = unitFor(quantity, tick);
    const text = `${tidy(tick / unitSize)}${unit === "" ? "" : `\u00a0${unit}`}`;
    const half = canvas.ruler.width(text, LABEL) / 2;
    const x = axis(tick);
    canvas.line(x, bottom, x, bottom + 3, palette.gapStroke, 0.6);
    if (x - half < free || x + half > canvas.width) continue;
    canvas.text(text, x, bottom + 4, { ...LABEL, align: "center" });
    free = x + half + 8;
  }
}

function drawShares(canvas: Canvas, chart: Distribution, field: Field, axis: Axis, greatest: number): void {
  const total = chart.bins.reduce((sum, bin) => sum + bin.count, 0n);
  if (total === 0n) return;
  const bottom = field.top + field.height;
  let seen = 0n;
  const points: [number, number][] = [[axis(chart.bins[0]!.from), bottom]];
  for (const bin of chart.bins) {
    const before = bottom - (field.height * Number(seen)) / Number(total);
    seen += bin.count;
    points.push(
      [axis(bin.from), before],
      [axis(bin.until ?? greatest), bottom - (field.height * Number(seen)) / Number(total)],
    );
  }
  canvas.stroke(points, palette.warning, 1.3);
  for (const share of [0, 0.5, 1]) {
    canvas.text(`${share * 100}\u00a0%`, field.left + field.width + 4, bottom - field.height * share - 5, LABEL);
  }
}

function drawMarks(canvas: Canvas, chart: Distribution, field: Field, axis: Axis): void {
  let free = field.clear;
  for (const mark of chart.marks) {
    const x = axis(mark.value);
    canvas.stroke(
      [
        [x, field.top],
        [x, field.top + field.height],
      ],
      palette.ink,
      0.7,
      [2, 2],
    );
    const width = canvas.ruler.width(mark.label, LABEL);
    const at = Math.max(free, Math.min(x - width / 2, canvas.width - width));
    if (at > x + width) continue;
    canvas.text(mark.label, at, field.top - 11, { ...LABEL, color: palette.ink });
    free = at + width + 5;
  }
}

function marksText({ marks, quantity }: Distribution): string {
  return marks.map((mark) => `${mark.label} ${quantityText(quantity, mark.value)}`).join(", ");
}
