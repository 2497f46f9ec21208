import { expect, test } from "vitest";
import * as palette from "./palette.ts";

type Rgb = readonly [number, number, number];

function linear(colour: string): Rgb {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** WCAG 2.2 contrast ratio. */
function contrast(one: string, other: string): number {
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const [low, high] = [luminance(linear(one)), luminance(linear(other))].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

/** Machado, Oliveira and Fernandes 2009, severity 1. */
const seenBy: Record<string, readonly Rgb[]> = {
  everybody: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIE 1976 L*a*b* of linear sRGB, D65. */
function lab([r, g, b]: Rgb): Rgb {
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

test("text can be read on what it stands on", () => {
  for (const text of [palette.ink, palette.inkSoft, palette.inkFaint, palette.accent, palette.warning]) {
    expect(contrast(text, palette.paper), text).toBeGreaterThan(4.5);
  }
  for (const text of [palette.ink, palette.inkSoft]) expect(contrast(text, palette.card)).toBeGreaterThan(4.5);
  expect(contrast(palette.warning, palette.warningPaper)).toBeGreaterThan(4.5);
  for (let strength = 0; strength <= 1; strength += 0.05) {
    const cell = palette.heat(strength);
    expect(contrast(cell.ink, cell.paper), cell.paper).toBeGreaterThan(4.5);
  }
});

test("neighbouring series differ for every kind of eye", () => {
  const stack = [...palette.series, palette.seriesOthers, palette.seriesBelow];
  for (const [eye, matrix] of Object.entries(seenBy)) {
    const seen = stack.map((colour) => {
      const rgb = linear(colour);
      return lab(matrix.map((row) => row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]) as unknown as Rgb);
    });
    const differ = (one: number, other: number, least: number) => {
      const [a, b] = [seen[one]!, seen[other]!];
      const distance = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
      expect(distance, `${stack[one]} beside ${stack[other]} for ${eye}`).toBeGreaterThan(least);
    };
    for (let at = 1; at < palette.series.length; at++) differ(at - 1, at, 17);
    // With few items any colour may lie beside what is summed up.
    for (let at = 0; at < palette.series.length; at++) {
      differ(at, palette.series.length, 17);
      differ(at, palette.series.length + 1, 17);
    }
    differ(palette.series.length, palette.series.length + 1, 17);
  }
});
