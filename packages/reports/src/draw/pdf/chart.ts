import { type Drawing, hatchLines, type Point, type Shape } from "../chart/canvas.ts";
import * as palette from "../palette.ts";
import { ASCENDER } from "../text-style.ts";
import type { Sheet } from "./sheet.ts";

/** Draws the shapes of a chart at the sheet's `y`, which moves below it. */
export function drawShapes(sheet: Sheet, drawing: Drawing): void {
  const { doc } = sheet;
  doc.save().translate(sheet.left, sheet.y);
  for (const shape of drawing.shapes) drawShape(sheet, shape);
  doc.restore();
  sheet.y += drawing.height;
}

function drawShape({ doc, pen }: Sheet, shape: Shape): void {
  switch (shape.kind) {
    case "rectangle":
      return pen.rect(shape.x, shape.y, shape.width, shape.height, shape.color, shape.radius);
    case "stroke": {
      doc
        .lineWidth(shape.width)
        .lineJoin("round")
        .lineCap(shape.points.length > 2 ? "round" : "butt");
      if (shape.dash !== undefined) doc.dash(shape.dash[0], { space: shape.dash[1] });
      trace(doc, shape.points);
      doc.stroke(shape.color);
      if (shape.dash !== undefined) doc.undash();
      return;
    }
    case "area":
      trace(doc, shape.points);
      doc.closePath().fill(shape.color);
      return;
    case "disc":
      doc.circle(shape.x, shape.y, shape.radius).fill(shape.color);
      return;
    case "label":
      if (shape.upwards !== true) return pen.text(shape.text, shape.x, shape.y, shape.style);
      doc.save().rotate(-90, { origin: [shape.x, shape.y] });
      pen.text(shape.text, shape.x, shape.y - shape.style.size * ASCENDER, shape.style);
      doc.restore();
      return;
    case "hatch":
      doc.save().rect(shape.x, shape.y, shape.width, shape.height).clip();
      for (const [from, to] of hatchLines(shape)) pen.line(...from, ...to, palette.gapStroke, 0.4);
      doc.restore();
      return;
  }
}

function trace(doc: PDFKit.PDFDocument, points: readonly Point[]): void {
  for (const [at, [x, y]] of points.entries()) {
    if (at === 0) doc.moveTo(x, y);
    else doc.lineTo(x, y);
  }
}
