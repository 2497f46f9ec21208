import { expect, test } from "vitest";
import type { Distribution } from "../../compose/model.ts";
import * as palette from "../palette.ts";
import type { Ruler } from "../text-style.ts";
import { chartDrawing } from "./chart-drawing.ts";

const WIDTH = 400;
const ruler: Ruler = {
  width: (text, { size }) => text.length * size * 0.5,
  fit: (text) => text,
};

function bars(bins: Distribution["bins"], logarithmic: boolean, quantity: Distribution["quantity"]) {
  const chart: Distribution = {
    ...{ kind: "distribution", name: "n", title: "t", counted: "things", marks: [], whyEmpty: "w" },
    ...{ bins, logarithmic, quantity },
  };
  return chartDrawing(chart, WIDTH, ruler).shapes.flatMap((shape) =>
    shape.kind === "rectangle" && shape.color === palette.bar && shape.tip !== undefined ? [shape] : [],
  );
}

const even = (step: number) =>
  Array.from({ length: 10 }, (_, at) => ({ from: at * step, until: (at + 1) * step, count: 1n }));

test("bars fill the field, however small or large the values", () => {
  for (const step of [1e-6, 0.001, 1, 1e9]) {
    const drawn = bars(even(step), false, "percent");
    const [first, last] = [drawn[0]!, drawn.at(-1)!];
    expect(last.x + last.width - first.x, String(step)).toBeGreaterThan(0.8 * WIDTH);
    // Equal bins are equally wide.
    for (const bar of drawn) expect(bar.width).toBeCloseTo(first.width, 5);
  }
});

test("on a logarithmic axis equal ratios are equally wide", () => {
  const doubling = Array.from({ length: 8 }, (_, at) => ({
    from: 1000 * 2 ** at,
    until: 2000 * 2 ** at,
    count: BigInt(at),
  }));
  const drawn = bars(doubling, true, "duration");
  for (const bar of drawn) expect(bar.width).toBeCloseTo(drawn[0]!.width, 5);
  expect(drawn.at(-1)!.height).toBeGreaterThan(drawn[1]!.height);
});

test("one bin alone, and one without an end, are drawn", () => {
  expect(bars([{ from: 0, until: 1, count: 1n }], false, "count")).toHaveLength(1);
  expect(bars([{ from: 64, until: null, count: 9n }], true, "volume")[0]!.width).toBeGreaterThan(1);
});
