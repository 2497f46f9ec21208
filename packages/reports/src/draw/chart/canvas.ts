import * as palette from "../palette.ts";
import type { Ruler, TextStyle } from "../text-style.ts";

/** What charts are made of. All lengths in points, from the top left corner of the chart. */
export type Shape = Rectangle | Stroke | Area | Disc | Label | Hatch;

export interface Rectangle {
  readonly kind: "rectangle";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
  readonly radius: number;
  /** What a reader who points at it is told, where the medium can. */
  readonly tip?: string;
}

/** A line through points. */
export interface Stroke {
  readonly kind: "stroke";
  readonly points: readonly Point[];
  readonly color: string;
  readonly width: number;
  /** Lengths of dash and space. */
  readonly dash?: readonly [number, number];
}

/** What lies within points. */
export interface Area {
  readonly kind: "area";
  readonly points: readonly Point[];
  readonly color: string;
}

export interface Disc {
  readonly kind: "disc";
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly color: string;
}

/** One line of text; `y` is its top. With `align` other than left, `x` is its right end or its middle. */
export interface Label {
  readonly kind: "label";
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly style: TextStyle;
  /** Read upwards: `x` and `y` are where it begins, at its baseline. */
  readonly upwards?: boolean;
}

/** Where nothing was measured. Lines of all hatches lie on one lattice, so that neighbours look like one. */
export interface Hatch {
  readonly kind: "hatch";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Point = readonly [x: number, y: number];

/** A chart as shapes, for whatever draws them. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

/** Collects shapes from the top: charts move `y` down as they go. */
export class Canvas {
  readonly width: number;
  readonly ruler: Ruler;
  readonly shapes: Shape[] = [];
  y = 0;

  constructor(width: number, ruler: Ruler) {
    this.width = width;
    this.ruler = ruler;
  }

  rect(x: number, y: number, width: number, height: number, color: string, radius = 0, tip?: string): void {
    const shape = { kind: "rectangle", x, y, width, height, color, radius } as const;
    this.shapes.push(tip === undefined ? shape : { ...shape, tip });
  }

  line(fromX: number, fromY: number, toX: number, toY: number, color: string, width = 0.5): void {
    this.shapes.push({
      kind: "stroke",
      points: [
        [fromX, fromY],
        [toX, toY],
      ],
      color,
      width,
    });
  }

  stroke(points: readonly Point[], color: string, width: number, dash?: readonly [number, number]): void {
    this.shapes.push({ kind: "stroke", points, color, width, ...(dash === undefined ? {} : { dash }) });
  }

  area(points: readonly Point[], color: string): void {
    this.shapes.push({ kind: "area", points, color });
  }

  disc(x: number, y: number, radius: number, color: string): void {
    this.shapes.push({ kind: "disc", x, y, radius, color });
  }

  hatch(x: number, y: number, width: number, height: number): void {
    this.rect(x, y, width, height, palette.gapPaper);
    this.shapes.push({ kind: "hatch", x, y, width, height });
  }

  text(text: string, x: number, y: number, style: TextStyle): void {
    this.shapes.push({ kind: "label", text, x, y, style });
  }

  textUpwards(text: string, x: number, y: number, style: TextStyle): void {
    this.shapes.push({ kind: "label", text, x, y, style, upwards: true });
  }

  drawing(): Drawing {
    return { width: this.width, height: this.y, shapes: this.shapes };
  }
}

/** Distance between the lines of a hatch. */
export const LATTICE = 7;

/** The lines of a hatch, each from its lower to its upper end, beyond the hatch itself where they begin or end outside. */
export function hatchLines({ x, y, width, height }: Hatch): [from: Point, to: Point][] {
  const lines: [Point, Point][] = [];
  for (let start = Math.floor((x - height) / LATTICE) * LATTICE; start < x + width; start += LATTICE) {
    lines.push([
      [start, y + height],
      [start + height, y],
    ]);
  }
  return lines;
}
