import { type Drawing, hatchLines, type Point, type Shape } from "../chart/canvas.ts";
import * as palette from "../palette.ts";
import { ASCENDER, type TextStyle } from "../text-style.ts";
import { escaped } from "./escaped.ts";

/** A chart as SVG to stand in a page, read out by its title. */
export function svgOf(drawing: Drawing, title: string): string {
  const [width, height] = [number(drawing.width), number(drawing.height)];
  const shapes = drawing.shapes.map(shapeText).join("");
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">${shapes}</svg>`;
}

function shapeText(shape: Shape): string {
  switch (shape.kind) {
    case "rectangle": {
      const { x, y, width, height, color, radius, tip } = shape;
      const box = `x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(Math.max(0, height))}"`;
      const round = radius > 0 ? ` rx="${number(radius)}"` : "";
      const inner = tip === undefined ? "" : `<title>${escaped(tip)}</title>`;
      return `<rect ${box}${round} fill="${color}">${inner}</rect>`;
    }
    case "stroke": {
      const dash = shape.dash === undefined ? "" : ` stroke-dasharray="${shape.dash.join(" ")}"`;
      return `<polyline points="${pointsText(shape.points)}" fill="none" stroke="${shape.color}" stroke-width="${shape.width}" stroke-linejoin="round"${dash}/>`;
    }
    case "area":
      return `<polygon points="${pointsText(shape.points)}" fill="${shape.color}"/>`;
    case "disc":
      return `<circle cx="${number(shape.x)}" cy="${number(shape.y)}" r="${number(shape.radius)}" fill="${shape.color}"/>`;
    case "label": {
      const { text, x, y, style, upwards } = shape;
      const base = upwards === true ? y : y + style.size * ASCENDER;
      const turn = upwards === true ? ` transform="rotate(-90 ${number(x)} ${number(y)})"` : "";
      return `<text x="${number(x)}" y="${number(base)}"${turn}${styleText(style)}>${escaped(text)}</text>`;
    }
    case "hatch": {
      // Lines are cut to the hatch here: a clip path would need a name of its own on the page.
      const { x, y, width, height } = shape;
      const lines = hatchLines(shape).map(([[fromX], [untilX]]) => {
        const [left, right] = [Math.max(x, fromX), Math.min(x + width, untilX)];
        if (left >= right) return "";
        return `M${number(left)} ${number(y + height - (left - fromX))}L${number(right)} ${number(y + height - (right - fromX))}`;
      });
      return `<path d="${lines.join("")}" stroke="${palette.gapStroke}" stroke-width="0.4"/>`;
    }
  }
}

function styleText({ size, weight, color, tabular, align }: TextStyle): string {
  return [
    ` font-size="${number(size)}" fill="${color ?? palette.ink}"`,
    weight === "semibold" ? ' font-weight="600"' : "",
    tabular ? ' class="n"' : "",
    align === "right" ? ' text-anchor="end"' : align === "center" ? ' text-anchor="middle"' : "",
  ].join("");
}

function pointsText(points: readonly Point[]): string {
  return points.map(([x, y]) => `${number(x)},${number(y)}`).join(" ");
}

/** Hundredths of a point are finer than any screen. */
function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}
