import fc from "fast-check";
import { expect, test } from "vitest";
import { svgOf } from "./svg.ts";

const length = fc.double({ min: 1, max: 300, noNaN: true });

test("the lines of a hatch end where it ends", () => {
  fc.assert(
    fc.property(length, length, length, length, (x, y, width, height) => {
      const svg = svgOf({ width: 640, height: 640, shapes: [{ kind: "hatch", x, y, width, height }] }, "a gap");
      const points = [...svg.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, atX, atY]) => [Number(atX), Number(atY)]);
      // Numbers are written in hundredths.
      for (const [atX, atY] of points) {
        expect(atX).toBeGreaterThanOrEqual(x - 0.01);
        expect(atX).toBeLessThanOrEqual(x + width + 0.01);
        expect(atY).toBeGreaterThanOrEqual(y - 0.01);
        expect(atY).toBeLessThanOrEqual(y + height + 0.01);
      }
      if (width > 7) expect(points.length).toBeGreaterThan(0);
    }),
  );
});
