/** Colours as #rrggbb. Text ones reach a contrast of 4.5:1 on what they stand on; series ones stay apart for colour-blind eyes. */

export const ink = "#1b2530";
export const inkSoft = "#55616d";
export const inkFaint = "#6b7682";
export const accent = "#0b5c94";
export const warning = "#9a3412";
export const warningPaper = "#fdf1e7";
export const paper = "#ffffff";
export const card = "#f3f6f9";
export const noteEdge = "#c9d3dc";
export const hairline = "#dde3e9";
export const grid = "#e6ebf0";
export const gapPaper = "#f1f3f5";
export const gapStroke = "#c3cad1";

/** Okabe and Ito's set without black and pink, with a dark violet and a deeper yellow. Order: neighbours differ most. */
export const series: readonly string[] = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#882a72", "#f2dc5d"];

export const seriesOthers = "#a0a8b0";
export const seriesBelow = "#dfe4e9";

/** Fills under lines: of how values are spread, and of how often they came. */
export const band = "#b9d7ec";
export const bar = "#78b2d8";

/** How many series can be told apart by colour. */
export const MOST_SERIES = series.length;

const heatSteps = ["#eff6fb", "#d3e6f3", "#abd0e8", "#78b2d8", "#4691c4", "#1f6fa9", "#0b4f80"];

export const HEAT_STEPS = heatSteps.length;

/** Paper and ink of a heat map's cell. `strength`: 0..1. */
export function heat(strength: number): { paper: string; ink: string } {
  const step = Math.min(heatSteps.length - 1, Math.max(0, Math.floor(strength * heatSteps.length)));
  return { paper: heatSteps[step]!, ink: step >= 5 ? paper : ink };
}
