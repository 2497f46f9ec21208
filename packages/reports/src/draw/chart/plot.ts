import type { TimeAxis } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Sheet } from "../pdf/sheet.ts";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
const LABEL = { size: 7.5, color: palette.inkSoft, tabular: true } as const;

/** The field of a chart over time: a volume axis with grid lines, the stretches of time below. */
export interface Plot {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Width of one stretch of time. */
  readonly step: number;
  /** Height above the axis of so many bytes, points. */
  rise(bytes: bigint): number;
}

export interface Scale {
  /** Value of the topmost grid line, bytes. */
  readonly topBytes: number;
  readonly stepBytes: number;
  readonly unit: string;
  readonly unitBytes: number;
}

/** The largest of volumes; 0 when there are none. */
export function largest(volumes: readonly bigint[]): bigint {
  let most = 0n;
  for (const each of volumes) if (each > most) most = each;
  return most;
}

/** Round grid steps (1, 2, 2.5 or 5 times a power of ten), three to six of them. */
export function scaleFor(maxBytes: bigint): Scale {
  const max = Math.max(1, Number(maxBytes));
  const rough = max / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10;
  // Volumes are whole bytes, so no grid line lies between two of them.
  const stepBytes = Math.max(1, Math.round(factor * power));
  const topBytes = Math.ceil(max / stepBytes) * stepBytes;
  let unit = 0;
  while (topBytes / 1000 ** (unit + 1) >= 1 && unit < UNITS.length - 1) unit++;
  return { topBytes, stepBytes, unit: UNITS[unit]!, unitBytes: 1000 ** unit };
}

/** Draws grid and axes at the sheet's `y`; the caller draws into the plot and moves `y` below `PLOT_HEIGHT`. */
export function drawPlot(sheet: Sheet, time: TimeAxis, maxBytes: bigint, height: number): Plot {
  const { pen } = sheet;
  const scale = scaleFor(maxBytes);
  const ticks: string[] = [];
  for (let at = 0; at * scale.stepBytes <= scale.topBytes; at++) {
    ticks.push(tidy((at * scale.stepBytes) / scale.unitBytes));
  }
  const gutter = Math.max(...ticks.map((tick) => pen.width(tick, LABEL)), pen.width(scale.unit, LABEL)) + 6;
  const plot = {
    left: sheet.left + gutter,
    top: sheet.y + 14,
    width: sheet.width - gutter,
    height: height - 14 - 18,
  };
  pen.text(scale.unit, plot.left - 6, sheet.y - 1, { ...LABEL, align: "right" });
  ticks.forEach((tick, at) => {
    const y = plot.top + plot.height - (plot.height * at * scale.stepBytes) / scale.topBytes;
    pen.line(
      plot.left,
      y,
      plot.left + plot.width,
      y,
      at === 0 ? palette.gapStroke : palette.grid,
      at === 0 ? 0.8 : 0.5,
    );
    pen.text(tick, plot.left - 6, y - 5, { ...LABEL, align: "right" });
  });
  const step = plot.width / Math.max(1, time.labels.length);
  drawTimeLabels(sheet, time, plot.left, plot.top + plot.height + 4, step);
  return { ...plot, step, rise: (bytes) => (plot.height * Number(bytes)) / scale.topBytes };
}

function drawTimeLabels(sheet: Sheet, time: TimeAxis, left: number, y: number, step: number): void {
  const { pen } = sheet;
  const widest = Math.max(0, ...time.labels.map((label) => pen.width(label, LABEL)));
  const every = niceStride(Math.ceil((widest + 8) / step), time.unit);
  for (let at = 0; at < time.labels.length; at += every) {
    // The middle of the stretch; the outermost labels are kept inside the field.
    const half = pen.width(time.labels[at]!, LABEL) / 2;
    const x = Math.min(Math.max(left + (at + 0.5) * step, left + half), sheet.right - half);
    pen.text(time.labels[at]!, x, y, { ...LABEL, align: "center" });
  }
}

/** Strides that people expect on a clock or a calendar. */
function niceStride(least: number, unit: TimeAxis["unit"]): number {
  const strides = {
    minute: [1, 2, 5, 10, 15, 30],
    hour: [1, 2, 3, 4, 6, 12, 24],
    day: [1, 2, 5, 7, 14, 28],
    month: [1, 2, 3, 6, 12],
  };
  return strides[unit].find((stride) => stride >= least) ?? least;
}

function tidy(value: number): string {
  return String(Number(value.toPrecision(6)));
}
