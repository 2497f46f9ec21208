export type Weight = "regular" | "semibold";

export interface TextStyle {
  /** Points. */
  readonly size: number;
  readonly weight?: Weight;
  readonly color?: string;
  /** Digits of equal width, for numbers under one another. */
  readonly tabular?: boolean;
  readonly align?: "left" | "right" | "center";
}

/** Distance from one baseline to the next, in font sizes. */
export const LINE = 1.32;

/** Inter's ascender, in font sizes: from the top of a line to its baseline. */
export const ASCENDER = 0.97;

/** Knows how wide texts are in the fonts of the reports. */
export interface Ruler {
  width(text: string, style: TextStyle): number;
  /** Shortens to `maxWidth` points, with an ellipsis. */
  fit(text: string, maxWidth: number, style: TextStyle): string;
}
